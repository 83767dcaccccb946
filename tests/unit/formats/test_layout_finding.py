"""Masks find their images by their names; a project is made in place."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.errors import InputError
from segdesk.formats.layout_finding import find_layouts, make_project
from segdesk.formats.project_file import read_project
from segdesk.formats.project_store import list_items


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((4, 6, 3), np.uint8)).save(path)


def mask(path: Path, value: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((4, 6), value, np.uint8)).save(path)


def look(root: Path, images: str = "photos", masks: str = "truth"):
    return find_layouts(root / images, root / masks, lambda *_: None)


@pytest.mark.parametrize(
    ("image", "truth"),
    [
        ("{}.jpg", "{}.png"),
        ("{}.jpg", "{}_mask.png"),
        ("{}_rgb.png", "{}_labels.png"),
        ("day/{}.jpg", "day/{}-gt.png"),
    ],
)
def test_masks_find_their_images_when_names_end_otherwise(tmp_path, image, truth):
    for name in ("a_01", "a_02", "b_01"):
        picture(tmp_path / "photos" / image.format(name))
        mask(tmp_path / "truth" / truth.format(name), 2)
    picture(tmp_path / "photos" / image.format("c_09"))
    found = look(tmp_path)
    fit = found.fits[0]
    assert (fit.pairs, found.images, found.masks) == (3, 4, 3)
    assert found.problem == ""
    assert found.classes.names == ("class 0", "class 1", "class 2")

    make_project(found, fit)
    project = read_project(tmp_path)
    items = list_items(project).items
    assert len(items) == 4
    there = [item for item in items if project.annotation_path(item).is_file()]
    assert len(there) == 3


def test_masks_are_refused_in_place_when_they_hold_colours(tmp_path):
    picture(tmp_path / "photos" / "a.jpg")
    picture(tmp_path / "truth" / "a.png")
    found = look(tmp_path)
    assert "hold no class indices" in found.problem


def test_masks_are_refused_when_classes_json_names_too_few(tmp_path):
    picture(tmp_path / "photos" / "a.jpg")
    mask(tmp_path / "truth" / "a.png", 5)
    (tmp_path / "classes.json").write_text('["road", "tree"]')
    found = look(tmp_path)
    assert found.are_named
    assert found.problem.startswith("The masks hold class 5")


def test_folders_are_refused_when_one_lies_in_the_other(tmp_path):
    picture(tmp_path / "photos" / "a.jpg")
    mask(tmp_path / "photos" / "truth" / "a.png")
    with pytest.raises(InputError, match="No project was made"):
        look(tmp_path, masks="photos/truth")
