"""Shapes are painted, moved, cut and deleted; pixels below them come back."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.document import AnnotationDocument
from segdesk.core.history import Step
from segdesk.core.rasterize import shape_mask
from segdesk.core.rules import NOT_LOCKED, ONLY_UNLABELLED
from segdesk.core.shape_edits import ShapePlanner
from segdesk.core.shapes import (
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Rectangle,
    bounds,
)

SHAPE = (60, 80)


def document(fill=0):
    return AnnotationDocument(np.full(SHAPE, fill, np.uint8), unlabelled=0)


def planner(doc, rule=NOT_LOCKED, locked=()):
    return ShapePlanner(doc.labels, doc.shapes, doc.unlabelled, rule, locked)


def do(doc, edits):
    doc.apply(Step("Shape", "polygon", None, edits))


def box(left, top, right, bottom, index=1):
    return Rectangle(class_index=index, left=left, top=top, right=right, bottom=bottom)


def covered(*shapes):
    mask = np.zeros(SHAPE, bool)
    for shape in shapes:
        rect, inside = shape_mask(shape, document().size)
        mask[rect.slices] |= inside > 0
    return mask


coordinates = st.floats(-10, 90)
points = st.builds(Point, coordinates, coordinates)
shapes = st.one_of(
    st.builds(Rectangle.between, points, points, st.integers(1, 3)),
    st.builds(
        Polygon,
        class_index=st.integers(1, 3),
        rings=st.lists(
            st.lists(points, min_size=3, max_size=5).map(tuple), min_size=1, max_size=2
        ).map(tuple),
    ),
    st.builds(
        Ellipse,
        class_index=st.integers(1, 3),
        centre=points,
        radius_x=st.floats(1, 30),
        radius_y=st.floats(1, 30),
        angle=st.floats(-90, 90),
    ),
    st.builds(
        Polyline,
        class_index=st.integers(1, 3),
        points=st.lists(points, min_size=2, max_size=4).map(tuple),
        width=st.floats(1, 15),
    ),
)


@settings(max_examples=60, deadline=None)
@given(shapes)
def test_bounds_hold_all_pixels_when_shapes_are_random(shape):
    rect, _ = shape_mask(shape, document().size)
    if rect.area:
        assert bounds(shape).joined(rect) == bounds(shape)


@settings(max_examples=60, deadline=None)
@given(st.lists(shapes, max_size=4), st.integers(0, 3), points)
def test_moving_a_shape_to_and_fro_changes_nothing_when_it_is_the_last(some, seed, by):
    doc = document()
    doc.labels[...] = np.random.default_rng(seed).integers(0, 7, SHAPE)
    for shape in some:
        do(doc, planner(doc).add(shape))
    if not some:
        return
    before, last = doc.labels.copy(), len(some) - 1
    do(doc, planner(doc).replace(last, doc.shapes[last].moved(*by)))
    moved = covered(doc.shapes[last])
    assert (doc.labels[moved] == some[-1].class_index).all()
    do(doc, planner(doc).replace(last, doc.shapes[last].moved(-by.x, -by.y)))
    assert np.count_nonzero(doc.labels != before) <= 3  # moved by rounded steps
    do(doc, planner(doc).remove(last))
    while doc.undo():
        pass
    assert doc.shapes == ()


@settings(max_examples=50, deadline=None)
@given(st.lists(shapes, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_label_map_is_the_first_one_when_all_shapes_are_removed(some, random):
    doc = document()
    doc.labels[...] = np.random.default_rng(1).integers(4, 7, SHAPE)
    first = doc.labels.copy()
    for shape in some:
        do(doc, planner(doc).add(shape))
    for index in reversed(range(len(some))):
        do(doc, planner(doc).remove(index))
    assert np.array_equal(doc.labels, first)
    assert doc.shapes == ()


def test_removing_brings_back_the_shape_below_when_nothing_else_is_known():
    doc = document()
    below, above = box(5, 5, 40, 40, 1), box(20, 20, 60, 50, 2)
    doc.shapes = (below, above)  # as read from a file: no underlay
    doc.labels[covered(below)] = 1
    doc.labels[covered(above)] = 2
    do(doc, planner(doc).remove(1))
    assert np.array_equal(doc.labels == 1, covered(below))
    assert (doc.labels[~covered(below)] == 0).all()


def test_paint_stays_when_a_shape_under_it_moves():
    doc = document()
    do(doc, planner(doc).add(box(5, 5, 40, 40, 1)))
    doc.labels[10:20, 10:20] = 6  # a brush went over it
    do(doc, planner(doc).replace(0, doc.shapes[0].moved(30, 0)))
    assert (doc.labels[10:20, 10:20] == 6).all()
    assert (doc.labels[30, 5:35] == 0).all()


def test_lower_shape_stays_below_when_it_is_moved_under_another():
    doc = document()
    do(doc, planner(doc).add(box(5, 5, 20, 20, 1)))
    do(doc, planner(doc).add(box(30, 5, 50, 20, 2)))
    do(doc, planner(doc).replace(0, doc.shapes[0].moved(18, 0)))
    assert np.array_equal(doc.labels == 2, covered(doc.shapes[1]))
    assert np.array_equal(
        doc.labels == 1, covered(doc.shapes[0]) & ~covered(doc.shapes[1])
    )


def test_replace_recolours_only_its_own_pixels_when_its_class_changes():
    doc = document()
    do(doc, planner(doc).add(box(5, 5, 20, 20, 1)))
    doc.labels[8:12, 8:12] = 4
    doc.labels[40:50, 40:50] = 1
    other = box(5, 5, 20, 20, 3)
    do(doc, planner(doc).replace(0, other))
    assert np.count_nonzero(doc.labels == 3) == 15 * 15 - 16
    assert (doc.labels[40:50, 40:50] == 1).all()
    assert (doc.labels[8:12, 8:12] == 4).all()


def test_locked_pixels_stay_when_a_shape_is_added_or_removed():
    doc = document()
    doc.labels[:, 30:35] = 5
    do(doc, planner(doc, locked={5}).add(box(20, 20, 50, 40, 1)))
    assert (doc.labels[:, 30:35] == 5).all()
    do(doc, planner(doc, locked={1}).remove(0))
    assert np.count_nonzero(doc.labels == 1) == 25 * 20
    before = doc.labels.copy()
    edits = planner(doc, ONLY_UNLABELLED).paint(box(0, 0, 80, 60, 2))
    do(doc, edits)
    assert np.array_equal(doc.labels == 2, before == 0)


def test_unite_makes_one_shape_when_two_meet():
    doc = document()
    do(doc, planner(doc).add(box(5, 5, 20, 20, 1)))
    do(doc, planner(doc).add(box(50, 40, 60, 50, 1)))
    do(doc, planner(doc).add(box(10, 30, 20, 40, 2)))
    do(doc, planner(doc).unite(box(15, 10, 40, 18, 1)))
    assert [shape.class_index for shape in doc.shapes] == [1, 2, 1]
    union = doc.shapes[-1]
    assert isinstance(union, Polygon)
    both = covered(box(5, 5, 20, 20), box(15, 10, 40, 18))
    assert np.array_equal(covered(union), both)
    do(doc, planner(doc).remove(2))
    assert not doc.labels[both].any()
    doc.undo()
    doc.undo()
    assert [type(shape) for shape in doc.shapes] == [Rectangle] * 3


def test_unite_adds_a_shape_when_it_meets_none():
    doc = document()
    do(doc, planner(doc).add(box(5, 5, 20, 20, 1)))
    do(doc, planner(doc).unite(box(30, 10, 40, 18, 1)))
    assert len(doc.shapes) == 2


def test_cut_takes_the_class_away_when_drawn_over_shapes_and_paint():
    doc = document(4)
    do(doc, planner(doc).add(box(5, 5, 45, 20, 1)))
    doc.labels[30:40, 20:40] = 1  # painted, no shape
    do(doc, planner(doc).cut(box(20, 0, 30, 60, 1)))
    assert (doc.labels[5:20, 20:30] == 4).all()  # what the shape was drawn on
    assert (doc.labels[30:40, 20:30] == 0).all()  # nothing is known: unlabelled
    assert (doc.labels[0:5] == 4).all()
    assert [type(shape) for shape in doc.shapes] == [Polygon, Polygon]
    assert np.array_equal(
        covered(*doc.shapes), covered(box(5, 5, 20, 20), box(30, 5, 45, 20))
    )
    do(doc, planner(doc).cut(box(8, 8, 12, 12, 1)))
    assert sorted(len(shape.rings) for shape in doc.shapes) == [1, 2]
    do(doc, planner(doc).cut(box(0, 0, 80, 60, 1)))
    assert doc.shapes == ()
    assert not (doc.labels == 1).any()
