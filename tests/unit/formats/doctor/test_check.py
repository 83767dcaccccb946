"""What a check says of a data set as a whole."""

import numpy as np
import pytest
from PIL import Image

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.item_status import ItemFacts, ItemStatus
from segdesk.core.project import Project
from segdesk.formats.project_file import write_project
from segdesk.jobs.codec import Said, decode_said, encode
from segdesk.jobs.events import Succeeded
from segdesk.jobs.training_events import CheckDone


def test_check_leaves_255_alone_when_it_lies_beside_an_object(dataset):
    for name in ("a", "b"):
        labels = dataset.read(dataset.mask(name)).copy()
        labels[labels == 1] = 255
        dataset.save(dataset.mask(name), labels)
    labels = dataset.read(dataset.mask("c")).copy()
    labels[:4] = 255
    dataset.save(dataset.mask("c"), labels)

    assert "binary-255" not in {one.rule for one in dataset.check().findings}


def test_check_finds_255_for_1_when_only_some_masks_hold_it(dataset):
    for name in ("a", "b"):
        dataset.save(dataset.mask(name), dataset.read(dataset.mask(name)) * 255)

    (found,) = dataset.found("binary-255")

    assert (found.level, found.count, found.fix) == ("red", 2, "binary-to-index")


def test_fixes_give_the_labels_back_when_kinds_of_masks_are_mixed(dataset):
    truth = {path: dataset.read(path) for path in dataset.masks()}
    white = {path: labels * np.uint8(255) for path, labels in truth.items()}
    first, second, third, *_ = truth
    for path in truth:
        dataset.save(path, white[path])
    dataset.save(second, np.stack([white[second]] * 3, 2))
    for path in (first, third):
        path.unlink()
        dataset.save(path.with_suffix(".jpg"), white[path], quality=90)

    found = dataset.check(fixes=("all",))

    assert found.count("red") == 0
    assert all(np.array_equal(dataset.read(path), truth[path]) for path in truth)


def test_check_counts_classes_of_splits_and_measures_objects(dataset):
    found = dataset.check()

    train, val = found.splits
    assert (train.name, train.pairs, train.images_with) == ("train", 3, (3, 3))
    assert (val.pairs, sum(val.pixels)) == (2, 2 * 40 * 48)
    assert found.fingerprint.widths == (48,) * 5
    assert found.fingerprint.object_sides[1] == pytest.approx(18, abs=3)


def test_check_measures_objects_and_not_specks(dataset):
    labels = np.zeros((40, 48), np.uint8)
    labels[5:25, 5:25] = 1
    labels[30:38:2, 2:40:8] = 1
    for path in dataset.masks():
        dataset.save(path, labels)

    assert dataset.check().fingerprint.object_sides[1] == 20.0


def test_check_tells_a_bare_folder_from_a_training_set(dataset, tmp_path):
    bare = tmp_path / "bare"
    for name in ("a", "b"):
        dataset.save(bare / "images" / f"{name}.png", Image.open(dataset.image(name)))
        dataset.save(bare / "masks" / f"{name}.png", Image.open(dataset.mask(name)))
    dataset.root = bare

    found = {one.rule: one.level for one in dataset.check().findings}

    assert found == {"not-a-training-set": "amber", "classes-missing": "amber"}


def test_check_takes_grey_masks_for_colours_when_one_of_the_set_is_coloured(dataset):
    dataset.name_classes(
        {"name": "sky", "color": "#000000"}, {"name": "tree", "color": "#00C800"}
    )
    for place, path in enumerate(dataset.masks()):
        labels = dataset.read(path)
        bands = np.zeros((*labels.shape, 3), np.uint8)
        bands[:, :, 1] = labels * 200 if place else 0
        dataset.save(path, bands)

    (found,) = dataset.found("mask-not-indexed")

    assert (found.count, found.fix) == (5, "mask-from-colours")


def as_project(dataset, split_of, classes=("background", "thing")):
    """Turn the data set into a project whose masks SegDesk would have written."""
    items = {}
    for split in ("train", "val"):
        for image in sorted((dataset.root / "img_dir" / split).iterdir()):
            item = f"{image.stem}.png"
            image.rename(dataset.root / item)
            mask = dataset.mask(image.stem, split)
            target = dataset.root / "annotations" / item
            target.parent.mkdir(exist_ok=True)
            mask.rename(target)
            items[item] = ItemFacts(ItemStatus.DONE, split_of(split))
    (dataset.root / "classes.json").unlink()
    names = ClassList.from_names(classes)
    write_project(Project(dataset.root, names, items=items))


def test_check_finds_nothing_when_a_project_is_good(dataset):
    as_project(dataset, lambda split: split)

    found = dataset.check()

    assert [one for one in found.findings if one.level != "blue"] == []
    assert [(split.name, split.pairs) for split in found.splits] == [
        ("train", 3),
        ("val", 2),
    ]


def test_check_asks_for_a_split_when_a_project_has_none(dataset):
    as_project(dataset, lambda _split: "")

    (found,) = dataset.found("split-empty")

    assert (found.level, found.fix) == ("red", "")
    assert "not divided" in found.title


def test_check_takes_255_for_unlabelled_when_a_project_has_no_background(dataset):
    for path in dataset.masks():
        labels = dataset.read(path)
        dataset.save(path, np.where(labels == 0, 255, 0).astype(np.uint8))
    as_project(dataset, lambda split: split, ("road", "car"))

    found = dataset.check()

    assert "binary-255" not in {one.rule for one in found.findings}
    assert found.splits[0].images_with == (3, 0)


def test_check_says_what_to_do_when_labels_are_of_another_kind(dataset):
    (dataset.root / "ann_dir").rename(dataset.root / "polygons")

    with pytest.raises(InputError, match="segdesk convert"):
        dataset.check()


def test_diagnosis_survives_the_codec(dataset):
    dataset.save(dataset.mask("a"), dataset.read(dataset.mask("a")) + np.uint8(9))
    said = Said(1, Succeeded(CheckDone(dataset.check())))

    assert decode_said(encode(said)) == said
