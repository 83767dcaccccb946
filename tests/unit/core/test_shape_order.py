"""Shapes pass each other: the upper one shows, and what lay below is kept."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segdesk.core.document import AnnotationDocument
from segdesk.core.history import Step
from segdesk.core.rules import NOT_LOCKED
from segdesk.core.shape_edits import ShapePlanner
from segdesk.core.shape_order import plan_reorder
from segdesk.core.shapes import Rectangle

SHAPE = (20, 20)


def document() -> AnnotationDocument:
    labels = np.zeros(SHAPE, np.uint8)
    labels[:, 10:] = 9  # painted by hand, before any shape
    return AnnotationDocument(labels, unlabelled=0)


def planner(doc, locked=()) -> ShapePlanner:
    return ShapePlanner(doc.labels, doc.shapes, 0, NOT_LOCKED, locked)


def do(doc, edits) -> None:
    doc.apply(Step("Shape", "polygon", None, edits))


def box(left, top, right, bottom, index) -> Rectangle:
    return Rectangle(class_index=index, left=left, top=top, right=right, bottom=bottom)


def drawn(*shapes) -> AnnotationDocument:
    doc = document()
    for shape in shapes:
        do(doc, planner(doc).add(shape))
    return doc


BOXES = (box(2, 2, 12, 12, 1), box(6, 6, 16, 16, 2), box(8, 0, 11, 20, 3))


def test_reorder_shows_the_upper_shape_when_two_overlap():
    doc = drawn(*BOXES[:2])
    before = doc.labels.copy()
    do(doc, plan_reorder(planner(doc), 0, 1))
    assert [shape.class_index for shape in doc.shapes] == [2, 1]
    assert doc.labels[8, 8] == 1
    do(doc, planner(doc).remove(1))  # the one on top goes: the other is whole again
    assert (doc.labels[6:16, 6:16] == 2).all()
    assert doc.labels[3, 3] == 0
    assert doc.labels[3, 11] == 9
    while doc.undo():
        pass
    np.testing.assert_array_equal(doc.labels, document().labels)
    assert before[8, 8] == 2


def test_reorder_leaves_pixels_alone_when_they_are_painted_over_or_locked():
    doc = drawn(*BOXES[:2])
    doc.labels[7, 7] = 5
    do(doc, plan_reorder(planner(doc), 0, 1))
    assert doc.labels[7, 7] == 5
    doc = drawn(*BOXES[:2])
    do(doc, plan_reorder(planner(doc, locked=(2,)), 0, 1))
    assert doc.labels[8, 8] == 2


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=6))
def test_reorder_looks_as_if_drawn_so_when_moved_any_number_of_times(moves):
    doc = drawn(*BOXES)
    for index, to in moves:
        if index != to:
            do(doc, plan_reorder(planner(doc), index, to))
    fresh = drawn(*doc.shapes)
    np.testing.assert_array_equal(doc.labels, fresh.labels)
    for _ in range(3):  # and it comes apart as if drawn so
        do(doc, planner(doc).remove(0))
        do(fresh, planner(fresh).remove(0))
        np.testing.assert_array_equal(doc.labels, fresh.labels)
