"""An explanation as files."""

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from segdesk.core.classes import ClassList
from segdesk.core.explanation import (
    Explained,
    Heat,
    doubt_picture,
    heat_picture,
    hot_colours,
    reduced,
)
from segdesk.formats.explanation_files import write_explanation


def explained(at=(3, 1)):
    levels = np.zeros((4, 6), np.uint16)
    levels[1, 3] = 65535
    return Explained(
        model_id="m",
        method="grad-cam",
        layer="backbone.layer4",
        class_index=1,
        classes=ClassList.from_names(("land", "Bare soil/sand")),
        at=at,
        heat=Heat(levels, 2.5),
        confidence=np.full((4, 6), 128, np.uint8),
        entropy=np.full((4, 6), 30, np.uint8),
        chances=(0.25, 0.75),
        device="cpu",
        seconds=1.23456,
    )


def test_explanation_is_written_with_picture_values_and_words(tmp_path):
    pixels = np.full((4, 6, 3), 90, np.uint8)
    paths = write_explanation(tmp_path, Path("/x/tile 1.jpg"), pixels, explained())
    stem = "tile 1-bare-soil-sand-3x1-grad-cam"
    ends = (".png", ".tif", "-confidence.png", "-entropy.png", ".json")
    assert [path.name for path in paths] == [f"{stem}{end}" for end in ends]
    with Image.open(paths[0]) as picture:
        assert picture.size == (6, 4)
    values = tifffile.imread(paths[1])
    assert values.dtype == np.float32
    assert values[1, 3] == pytest.approx(2.5)
    assert values.sum() == pytest.approx(2.5)
    with Image.open(paths[2]) as sure:
        assert (np.asarray(sure) == 128).all()
    told = json.loads(paths[4].read_text())
    assert told["class"] == "Bare soil/sand"
    assert told["probabilities"] == {"land": 0.25, "Bare soil/sand": 0.75}
    assert (told["at"], told["layer"]) == ([3, 1], "backbone.layer4")
    assert told["files"]["heat"] == f"{stem}.tif"
    whole = write_explanation(tmp_path, Path("a.png"), pixels, explained(None))
    assert whole[0].name == "a-bare-soil-sand-grad-cam.png"


def test_heat_shows_the_picture_where_nothing_is_hot():
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, 30:] = 200
    levels = np.zeros((40, 60), np.uint8)
    levels[10:20, 5:15] = 255
    drawn = heat_picture(pixels, levels)
    assert drawn[15, 10].min() > drawn[30, 10].max()  # hot is bright
    cold = drawn[30, 50]
    assert cold.max() - cold.min() <= 2  # grey
    assert cold[0] > drawn[30, 10][0]  # and still a picture
    marked = heat_picture(pixels, levels, (50, 30))
    assert (marked != drawn).any()
    assert (marked[30, 50] == drawn[30, 50]).all()  # its middle stays free
    ramp = hot_colours().astype(int).sum(axis=1)
    assert (np.diff(ramp) >= -6).all()
    assert ramp[255] > 600 > 60 > ramp[0]
    unsure = doubt_picture(pixels, levels)
    assert unsure[15, 10].min() > unsure[30, 10].max()


def test_pictures_are_reduced_when_they_are_larger_than_the_screen():
    large = np.zeros((300, 900, 3), np.uint8)
    assert reduced(large, 300).shape == (100, 300, 3)
    assert reduced(large, 900) is large
