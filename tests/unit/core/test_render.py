"""Pictures of a prediction."""

import io

import numpy as np
import pytest
from PIL import Image

from segdesk.core.classes import ClassList
from segdesk.core.render import (
    confidence_colours,
    encode_jpeg,
    overlay,
    side_by_side,
)

CLASSES = ClassList(("background", "road"), ("#000000", "#C86432"))


@pytest.mark.parametrize("opacity", [0.0, 0.3, 1.0])
def test_overlay_blends_shown_classes_only_when_others_are_hidden(opacity):
    pixels = np.full((2, 2, 3), 100, np.uint8)
    labels = np.array([[0, 1], [255, 7]], np.uint8)
    picture = overlay(pixels, labels, CLASSES, opacity, hidden=[0])
    expected = np.rint(100 * (1 - opacity) + np.array([200, 100, 50]) * opacity)
    assert picture[0, 1].tolist() == expected.tolist()
    for untouched in (picture[0, 0], picture[1, 0], picture[1, 1]):
        assert untouched.tolist() == [100, 100, 100]
    assert (pixels == 100).all()


def test_side_by_side_keeps_both_when_widths_differ():
    left = np.zeros((4, 3, 3), np.uint8)
    right = np.full((4, 5, 3), 9, np.uint8)
    both = side_by_side(left, right)
    assert np.array_equal(both[:, :3], left)
    assert np.array_equal(both[:, -5:], right)


def test_confidence_colours_are_bright_when_unsure():
    brightness = confidence_colours().astype(int).sum(axis=1)
    assert brightness[0] > 500 > 20 > brightness[255]


def test_encode_jpeg_keeps_red_first_when_read_back():
    red = np.zeros((16, 16, 3), np.uint8)
    red[:, :, 0] = 200
    read = np.asarray(Image.open(io.BytesIO(encode_jpeg(red))))
    assert np.abs(read[8, 8].astype(int) - (200, 0, 0)).max() <= 3
