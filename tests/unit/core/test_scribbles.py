"""Scribbles: cut by an eraser, drawn into a raster, numbered anew."""

import pytest

from segdesk.core.geometry import Size
from segdesk.core.scribbles import (
    NONE,
    Scribble,
    classes_in,
    erased,
    rastered,
    renumbered,
)
from segdesk.core.shapes import Point

IMAGE = Size(100, 50)


def line(class_index, *places, width=3.0):
    return Scribble(class_index, width, tuple(Point(*place) for place in places))


def test_erased_cuts_a_stroke_in_two_when_it_is_crossed():
    across = line(1, (10, 20), (90, 20))
    other = line(2, (10, 40), (90, 40))
    left = erased((across, other), (Point(50, 10), Point(50, 30)), 10)
    assert [one.class_index for one in left] == [1, 1, 2]
    assert left[2] is other
    ends = [one.points[0].x for one in left[:2]] + [
        one.points[-1].x for one in left[:2]
    ]
    assert ends == pytest.approx([10, 57, 43, 90], abs=2)
    assert erased(left, (Point(0, 20), Point(100, 20)), 10) == (other,)


def test_erased_leaves_strokes_alone_when_it_only_comes_near():
    diagonal = line(1, (10, 10), (90, 40))
    assert erased((diagonal,), (Point(80, 12),), 4) == (diagonal,)


def test_rastered_lets_later_strokes_win_when_they_cross():
    strokes = (line(0, (10, 25.5), (90, 25.5)), line(3, (50.5, 5), (50.5, 45)))
    raster = rastered(strokes, IMAGE, IMAGE)
    assert raster[25, 50] == 3
    assert raster[25, 20] == 0
    assert raster[5, 5] == NONE
    assert (raster[:, 20] == 0).sum() == 3
    half = rastered(strokes, Size(50, 25), IMAGE)
    assert half[12, 10] == 0
    assert half[12, 25] == 3


def test_renumbered_drops_strokes_when_their_class_is_gone():
    strokes = (line(0, (1, 1)), line(1, (2, 2)), line(2, (3, 3)))
    moved = renumbered(strokes, {0: 1, 2: 0})
    assert classes_in(moved) == (0, 1)
    assert moved[1].points == strokes[2].points


def test_longer_leaves_points_out_when_the_pen_hardly_moves():
    stroke = line(1, (5, 5)).longer([Point(5.2, 5), Point(9, 5), Point(9.1, 5.1)])
    assert stroke.points == (Point(5, 5), Point(9, 5))
    assert stroke.rect.holds(9, 5)
