"""SegDesk's own project folder, converted to what a training reads."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.cli import run_command
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.item_status import ItemFacts, ItemStatus
from segdesk.core.project import PROJECT_FILE, Project
from segdesk.core.shapes import Rectangle
from segdesk.core.splits import ListSplit, plan_split
from segdesk.formats.mmseg_dataset import check_masks, read_mmseg_dataset
from segdesk.formats.native import (
    AnnotationState,
    Expected,
    sidecar_path,
    write_annotation,
)
from segdesk.formats.png_mask import read_mask
from segdesk.formats.project_file import write_project
from segdesk.formats.registry import read
from segdesk.formats.split_items import with_random_split

CLASSES = ClassList(("background", "road"), ("#8A8F98", "#EE6A05"))
ITEMS = ("a.jpg", "day 1/b.png", "day 1/deep/c.jpg", "train/d.jpg", "val/d.jpg")
ROAD = Rectangle(class_index=1, left=1, top=1, right=4, bottom=3)


def road(value: int = 1) -> np.ndarray:
    labels = np.zeros((5, 7), np.uint8)
    labels[1:3, 1:4] = value
    return labels


def annotate(project: Project, item: str, labels: np.ndarray) -> None:
    shapes = (ROAD,) if labels[1, 1] == 1 else ()
    state = AnnotationState(
        Path(item).name, labels, shapes=shapes, status=ItemStatus.DONE
    )
    write_annotation(project.annotation_path(item), state, CLASSES, Expected())


@pytest.fixture
def project(tmp_path):
    """Make a project of five annotated images and one that is not."""
    made = Project(tmp_path / "my_images", CLASSES)
    for item in (*ITEMS, "bare.jpg"):
        path = made.image_path(item)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (7, 5), (9, 90, 190)).save(path)
    for item in ITEMS:
        annotate(made, item, road())
        made = made.with_facts(item, ItemFacts(ItemStatus.DONE))
    write_project(made)
    return made


def contents(folder: Path) -> dict[Path, bytes]:
    return {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def convert(*words) -> int:
    return run_command(["convert", *map(str, words)])


def test_project_becomes_a_set_to_train_on_when_converted(tmp_path, project, capfd):
    before, out = contents(project.root), tmp_path / "data"
    code = convert(project.root, "--to", "mmseg", "--val", 0.2, "--out", out, "--json")
    said = json.loads(capfd.readouterr().out)
    assert code == 0
    assert said["from"] == "segdesk"
    assert said["findings"] == [
        {
            "text": "images without an annotation are left out",
            "count": 1,
            "unit": "files",
        }
    ]
    assert contents(project.root) == before
    dataset = read_mmseg_dataset(out)
    check_masks(dataset)
    assert dataset.classes == CLASSES
    assert len(dataset.train) + len(dataset.val) == len(ITEMS)
    for pair in (*dataset.train, *dataset.val):
        assert np.array_equal(read_mask(pair.mask), road())


def test_project_keeps_its_split_when_names_meet_in_one_part(tmp_path, project):
    rule = ListSplit((("val", ("train/d.jpg", "val/d.jpg")), ("train", ITEMS[:3])))
    write_project(project.with_split(rule, plan_split(ITEMS, rule)))
    out = tmp_path / "data"
    assert convert(project.root, "--to", "mmseg", "--val", 0.5, "--out", out) == 0
    dataset = read_mmseg_dataset(out)
    assert [pair.mask.name for pair in dataset.train] == ["a.png", "b.png", "c.png"]
    assert [pair.mask.name for pair in dataset.val] == ["d.png", "d.png"]


def test_project_gives_shapes_when_they_are_what_was_painted(project):
    sidecar_path(project.annotation_path("a.jpg")).write_text("{")
    labelled = read(project.root)[1]
    found = {item.name: item.read() for item in labelled.items}
    assert found["day 1/b"].shapes == (ROAD,)
    assert found["a"].shapes == ()
    assert np.array_equal(found["a"].labels, road())
    assert "shapes left out" in found["a"].findings[0].text


def test_project_tells_of_labels_when_no_class_has_them(project):
    mask = project.annotation_path("a.jpg")
    mask.unlink()
    sidecar_path(mask).unlink()
    annotate(project, "a.jpg", road(7))
    items = {item.name: item for item in read(project.root)[1].items}
    loaded = items["a"].read()
    assert np.array_equal(loaded.labels, road(255))
    assert [(one.text, one.count) for one in loaded.findings] == [
        ("value 7 is in no class and is ignored", 6)
    ]


def test_project_fails_one_row_when_its_mask_is_gone(tmp_path, project, capfd):
    project.annotation_path("day 1/b.png").unlink()
    out = tmp_path / "data"
    assert convert(project.root, "--to", "mmseg", "--out", out) == 1
    assert "its file is gone" in capfd.readouterr().err.replace("\n", " ")
    assert len(list((out / "ann_dir").rglob("*.png"))) == len(ITEMS) - 1


def test_project_is_refused_when_it_has_no_classes_or_labels(tmp_path):
    root = tmp_path / "new"
    root.mkdir()
    Image.new("RGB", (7, 5)).save(root / "a.jpg")
    write_project(Project(root))
    with pytest.raises(InputError) as caught:
        read(root)
    assert "names no classes" in caught.value.cause
    write_project(Project(root, CLASSES))
    with pytest.raises(InputError) as caught:
        read(root)
    assert "None of its 1 images" in caught.value.cause
    (root / PROJECT_FILE).unlink()
    with pytest.raises(InputError, match="was not read"):
        read(root, "segdesk")


def test_random_split_gives_val_one_item_when_there_are_two(project):
    for item in ITEMS[2:]:
        project.image_path(item).unlink()
    labelled = with_random_split(read(project.root)[1], 0.2, 0)
    assert sorted(item.split for item in labelled.items) == ["train", "val"]


def test_convert_exits_with_1_when_no_image_lies_beside_a_mask(tmp_path, capfd):
    (tmp_path / "src" / "masks").mkdir(parents=True)
    for name in ("a.png", "b.png"):
        Image.fromarray(road()).save(tmp_path / "src" / "masks" / name)
    call = (tmp_path / "src", "--from", "index", "--to", "mmseg", "--out")
    assert convert(*call, tmp_path / "data") == 1
    said = " ".join(capfd.readouterr().err.split())
    assert "No image was found for its mask, and a training needs both." in said
    assert not (tmp_path / "data" / "ann_dir").exists()
    assert convert(*call, tmp_path / "masks", "--no-images") == 0
