"""Shapes are values: editing one makes another."""

import pytest

from segdesk.core.geometry import Rect
from segdesk.core.shape_index import ShapeIndex
from segdesk.core.shapes import (
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Rectangle,
    bounds,
    ring,
)


def box(left, top, right, bottom):
    return Rectangle(class_index=1, left=left, top=top, right=right, bottom=bottom)


def test_polygon_edits_its_rings_when_vertices_come_and_go():
    outer, hole = ring([(0, 0), (9, 0), (9, 9)]), ring([(5, 2), (7, 2), (7, 4)])
    shape = Polygon(class_index=1, rings=(outer, hole))
    assert shape.handles == (*outer, *hole)
    assert shape.with_handle(4, Point(1, 1)).rings[1][1] == (1, 1)
    grown = shape.with_inserted(2, Point(0, 9))
    assert grown.rings[0] == (*outer, Point(0, 9))
    assert grown.without(3).rings == shape.rings
    assert shape.without(3).rings == (outer,)
    assert shape.without(0) is None
    with pytest.raises(IndexError):
        shape.place(6)
    line = Polyline(class_index=1, points=outer, width=2)
    assert line.with_inserted(0, Point(4, 0)).without(1) == line
    assert line.without(0).without(0) is None


def test_rectangle_and_ellipse_keep_the_far_side_when_a_handle_moves():
    moved = box(2, 3, 10, 12).with_handle(0, Point(20, 5))
    assert (moved.left, moved.top, moved.right, moved.bottom) == (10, 5, 20, 12)
    ellipse = Ellipse(
        class_index=1, centre=Point(5, 5), radius_x=4, radius_y=2, angle=90
    )
    assert ellipse.handles[0] == pytest.approx((5, 9))
    taller = ellipse.with_handle(2, Point(5, -1))
    assert (taller.radius_x, taller.radius_y) == pytest.approx((6, 2))
    wider = ellipse.with_handle(1, Point(8, 5))
    assert (wider.radius_x, wider.radius_y) == pytest.approx((4, 3))


def test_index_finds_what_meets_a_rectangle_when_shapes_come_and_go():
    shapes = tuple(box(x, x, x + 10, x + 10) for x in range(0, 200, 5))
    index = ShapeIndex(shapes)
    rect = Rect(42, 47, 9, 3)
    expected = [i for i, s in enumerate(shapes) if bounds(s).shared(rect).area]
    assert index.near(rect) == expected == [8, 9]
    other = box(40, 40, 60, 60)
    later = ShapeIndex((*shapes[9:], other), index)
    assert later.near(rect) == [0, len(shapes) - 9]
    assert later.bounds(other) == Rect(40, 40, 20, 20)
    assert ShapeIndex(()).near(rect) == []
