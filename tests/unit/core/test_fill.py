"""Regions, holes and closed strokes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.fill import (
    comes_round,
    fill_patch,
    holes_of_class,
    holes_of_region,
    region,
)
from segdesk.core.flood import NOTHING, connected, like, window_round
from segdesk.core.geometry import Rect, Size
from segdesk.core.rules import NOT_LOCKED, ONLY_UNLABELLED
from segdesk.core.shapes import Point


def reached(same, seed):
    """Return what is connected to a pixel, pixel by pixel."""
    found = np.zeros(same.shape, np.uint8)
    todo = [(seed[1], seed[0])]
    while todo:
        y, x = todo.pop()
        inside = 0 <= y < same.shape[0] and 0 <= x < same.shape[1]
        if inside and same[y, x] and not found[y, x]:
            found[y, x] = 1
            todo += [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
    return found


def whole(patch, shape):
    mask = np.zeros(shape, np.uint8)
    if patch.mask.size:
        mask[patch.rect.slices] = patch.mask
    return mask


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9999), st.integers(0, 8), st.integers(0, 6))
def test_region_is_what_walking_from_pixel_to_pixel_reaches_when_random(seed, x, y):
    labels = np.random.default_rng(seed).integers(0, 2, (7, 9), np.uint8)
    labels.flags.writeable = False
    patch = region(labels, Point(x + 0.7, y + 0.2))
    assert np.array_equal(
        whole(patch, labels.shape), reached(labels == labels[y, x], (x, y))
    )
    assert patch.pixels == patch.mask.sum()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9999), st.integers(0, 90))
def test_connected_and_like_keep_to_the_tolerance_when_colours_are_random(seed, near):
    pixels = np.random.default_rng(seed).integers(0, 256, (8, 9, 3), np.uint8)
    place = (4, 3)
    gap = np.abs(pixels.astype(int) - pixels[3, 4].astype(int)).max(axis=-1)
    everywhere = Rect(0, 0, 9, 8)
    patch = like(pixels, place, near, everywhere)
    assert np.array_equal(whole(patch, gap.shape), gap <= near)
    patch = connected(pixels, place, near)
    assert np.array_equal(whole(patch, gap.shape), reached(gap <= near, place))


def test_region_is_unknown_when_it_goes_on_behind_the_window():
    labels = np.zeros((300, 400), np.uint8)
    labels[100:120, 50:350] = 1
    window = window_round(200, 110, Size(400, 300), 128)
    assert region(labels, Point(200, 110), window) is None
    assert region(labels, Point(200, 110)).rect == Rect(50, 100, 300, 20)
    labels[:, 190] = labels[:, 210] = 2
    assert region(labels, Point(200, 110), window).rect == Rect(191, 100, 19, 20)
    # The image's own border holds nothing back.
    corner = window_round(0, 0, Size(400, 300), 128)
    labels[40, :] = labels[:, 40] = 2
    assert region(labels, Point(3, 3), corner).rect == Rect(0, 0, 40, 40)


def test_window_stays_inside_when_the_place_is_near_a_border():
    size = Size(1000, 300)
    assert window_round(10, 10, size, 128) == Rect(0, 0, 128, 128)
    assert window_round(999, 299, size, 128) == Rect(872, 172, 128, 128)
    assert window_round(500, 100, size, 512) == Rect(244, 0, 512, 300)


def rings():
    labels = np.zeros((40, 60), np.uint8)
    labels[5:30, 5:30] = 1
    labels[10:25, 10:25] = 2
    labels[15:20, 15:20] = 1
    labels[5:15, 40:50] = 1
    labels[8:11, 43:46] = 0
    return labels


def test_holes_of_region_are_all_it_encloses_when_there_are_islands():
    labels = rings()
    found = whole(holes_of_region(labels, Point(6, 6)), labels.shape)
    expected = np.zeros_like(labels)
    expected[10:25, 10:25] = 1
    assert np.array_equal(found, expected)
    assert holes_of_region(labels, Point(16, 16)).pixels == 0


@pytest.mark.parametrize(("largest", "pixels"), [(0, 225 + 9 - 25), (9, 9), (8, 0)])
def test_holes_of_class_leave_large_ones_when_told(largest, pixels):
    labels = rings()
    patch = holes_of_class(labels, 1, largest)
    assert patch.pixels == pixels
    assert holes_of_class(labels, 7) is NOTHING


def test_fill_patch_obeys_the_rule_when_a_hole_holds_other_classes():
    labels = rings()
    patch = holes_of_region(labels, Point(6, 6))
    only = ONLY_UNLABELLED.allows(1, (), 0)
    assert fill_patch(labels, patch, 1, only) is None
    assert fill_patch(labels, patch, 1, NOT_LOCKED.allows(1, {2}, 0)) is None
    edit = fill_patch(labels, patch, 1, NOT_LOCKED.allows(1, (), 0))
    edit.apply(labels)
    assert (labels[5:30, 5:30] == 1).all()


def circle(turns, steps=40, radius=100.0):
    angles = np.linspace(0, turns * 2 * np.pi, steps)
    return [Point(radius * np.cos(a), radius * np.sin(a)) for a in angles]


@pytest.mark.parametrize(
    ("way", "round_"),
    [
        ([Point(0, 0)], False),
        ([Point(0, 0), Point(500, 0)], False),
        ([Point(x, 10 * np.sin(x / 40)) for x in range(0, 900, 9)], False),
        (circle(0.8), False),
        (circle(1.0), True),
        (circle(1.3), True),
        (circle(1.0, steps=5), True),
        # A loop in the middle of a fast stroke, crossed between two events.
        ([Point(0, 0), Point(400, 0), Point(400, 300), Point(200, -300)], True),
    ],
)
def test_comes_round_tells_loops_when_strokes_are_slow_or_fast(way, round_):
    assert comes_round(way, 12) is round_
