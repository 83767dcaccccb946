import json

import numpy as np
import pytest
from PIL import Image

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.item_status import ItemFacts, ItemStatus
from segdesk.core.project import COURSE_LAYOUT, Project
from segdesk.core.splits import SeededSplit
from segdesk.formats.mmseg_dataset import read_mmseg_dataset
from segdesk.formats.project_file import write_project
from segdesk.formats.training_set import read_training_set

CLASSES = ClassList.from_names(("background", "road"))


def picture(path, mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((3, 4), np.uint8)).convert(mode).save(path)


def layout(root, splits=("train", "val")):
    for split in splits:
        picture(root / "img_dir" / split / "deep/b c.jpg")
        picture(root / "img_dir" / split / "a.PNG")
        for name in ("deep/b c.png", "a.png"):
            picture(root / "ann_dir" / split / name, "L")


def project_of(root, facts, links=()):
    for item in facts:
        head, _, rest = item.partition("/")
        folder = dict(links).get(head)
        picture(folder / rest if folder else root / item)
        mask = (root / "annotations" / item).with_suffix(".png")
        picture(mask, "L")
    write_project(Project(root, CLASSES, items=facts, links=links))


def files_of(group):
    return [
        (
            group.image_root / (stem + group.image_suffix),
            group.mask_root / (stem + group.mask_suffix),
        )
        for stem in group.stems
    ]


def test_read_training_set_reads_the_layout_when_classes_lie_beside(tmp_path):
    layout(tmp_path, ("train", "val", "test"))
    (tmp_path / "classes.json").write_text(json.dumps(["ground", "road"]))

    found = read_training_set(tmp_path)

    strict = read_mmseg_dataset(tmp_path)
    assert found.splits["train"] == strict.train
    assert found.splits["val"] == strict.val
    assert list(found.splits) == ["train", "val", "test"]
    groups = found.groups("train")
    assert {(group.image_suffix, group.stems) for group in groups} == {
        (".PNG", ("train/a",)),
        (".jpg", ("train/deep/b c",)),
    }
    assert {group.mask_root for group in groups} == {tmp_path / "ann_dir"}


def test_read_training_set_takes_classes_of_the_project_when_laid_out(tmp_path):
    layout(tmp_path)
    write_project(Project(tmp_path, CLASSES, layout=COURSE_LAYOUT))

    found = read_training_set(tmp_path)

    assert found.classes == CLASSES
    assert {name: len(pairs) for name, pairs in found.splits.items()} == {
        "train": 2,
        "val": 2,
    }


def test_read_training_set_takes_annotated_items_when_it_is_a_project(tmp_path):
    root, other = tmp_path / "p", tmp_path / "other"
    root.mkdir()
    done, draft = ItemStatus.DONE, ItemStatus.DRAFT
    facts = {
        "a.jpg": ItemFacts(done, "train"),
        "in/b.jpg": ItemFacts(draft, "train"),
        "far/c.tif": ItemFacts(done, "val"),
        "far/x/d.tif": ItemFacts(done, "val"),
        "e.jpg": ItemFacts(ItemStatus.REVIEW, "train"),
        "f.jpg": ItemFacts(done, ""),
    }
    project_of(root, facts, (("far", other),))

    found = read_training_set(root)

    names = {
        split: [pair.image.name for pair in pairs]
        for split, pairs in found.splits.items()
    }
    assert names == {"train": ["a.jpg", "b.jpg"], "val": ["c.tif", "d.tif"]}
    for split, pairs in found.splits.items():
        told = [one for group in found.groups(split) for one in files_of(group)]
        assert sorted(told) == sorted((pair.image, pair.mask) for pair in pairs)
    (group,) = found.groups("val")
    assert (group.image_root, group.mask_root) == (other, root / "annotations/far")
    only_done = read_training_set(root, statuses=frozenset({done}))
    assert len(only_done.splits["train"]) == 1


def test_groups_share_a_word_when_the_layout_is_that_of_cityscapes(tmp_path):
    for split in ("train", "val"):
        image = f"leftImg8bit/{split}/ulm/ulm_01_leftImg8bit.png"
        mask = f"gtFine/{split}/ulm/ulm_01_gtFine_labelTrainIds.png"
        picture(tmp_path / image)
        picture(tmp_path / mask, "L")
    (tmp_path / "classes.json").write_text(json.dumps(["ground", "road"]))

    (group,) = read_training_set(tmp_path).groups("val")

    assert group.stems == ("val/ulm/ulm_01",)
    assert group.mask_suffix == "_gtFine_labelTrainIds.png"


def test_read_training_set_divides_only_when_told_to(tmp_path):
    names = [f"{number}.jpg" for number in range(5)]
    project_of(tmp_path, {name: ItemFacts(ItemStatus.DONE) for name in names})

    with pytest.raises(InputError, match="not divided"):
        read_training_set(tmp_path)
    found = read_training_set(tmp_path, fallback_split=SeededSplit(1))

    assert [len(pairs) for pairs in found.splits.values()] == [4, 1]


@pytest.mark.parametrize(
    ("facts", "classes", "words"),
    [
        ({}, CLASSES, "None of its 0 images"),
        ({"a.jpg": ItemFacts(ItemStatus.DONE, "train")}, CLASSES, "is in val"),
        ({"a.jpg": ItemFacts(ItemStatus.DONE, "val")}, None, "names 0 classes"),
    ],
)
def test_read_training_set_says_what_is_missing(tmp_path, facts, classes, words):
    project_of(tmp_path, facts)
    write_project(Project(tmp_path, classes, items=facts))

    with pytest.raises(InputError, match=words):
        read_training_set(tmp_path)


def test_read_training_set_names_images_whose_annotation_is_gone(tmp_path):
    project_of(tmp_path, {"a.jpg": ItemFacts(ItemStatus.DONE, "train")})
    (tmp_path / "annotations/a.png").unlink()

    with pytest.raises(InputError, match=r"gone: a\.jpg"):
        read_training_set(tmp_path)
