"""Deeds on a whole class."""

import numpy as np
import pytest

from segdesk.app.tools.refining import REFINEMENTS, plan_refinement
from segdesk.core.shapes import bounds

BY_ID = {refinement.id: refinement for refinement in REFINEMENTS}


def scene(it):
    it.labels[50:150, 50:150] = 1
    it.labels[80:84, 80:84] = it.labels[100:130, 100:130] = 0
    it.labels[200:203, 200:203] = 1
    it.shown[...] = it.labels


@pytest.mark.parametrize(
    ("deed", "amount", "pixels"),
    [
        ("fill_holes", 0, 100 * 100 + 9),
        ("fill_holes", 16, 100 * 100 - 900 + 9),
        ("remove_specks", 10, 100 * 100 - 900 - 16),
        ("keep_largest", 0, 100 * 100 - 900 - 16),
        ("shrink", 200, 0),
    ],
)
def test_refinement_is_one_step_when_applied(hand, deed, amount, pixels):
    it = hand("brush")
    scene(it)
    before = it.labels.copy()
    step = plan_refinement(BY_ID[deed], amount, it.context)()
    assert np.array_equal(it.labels, before)
    it.document.apply(step)
    it.shown[...] = it.labels
    assert np.count_nonzero(it.labels == 1) == pixels
    assert (step.title, step.icon) == (BY_ID[deed].title, BY_ID[deed].icon)
    it.undo()
    assert np.array_equal(it.labels, before)


def test_refinement_changes_nothing_when_the_class_is_locked(hand):
    it = hand("brush").use(locked=frozenset({1}))
    scene(it)
    for refinement in REFINEMENTS:
        assert plan_refinement(refinement, 5, it.context)() is None
        assert len(refinement.tip) <= 90
        assert refinement.least <= refinement.default or not refinement.amount


def test_refinement_widens_and_rounds_when_asked(hand):
    it = hand("brush")
    scene(it)
    for deed in ("grow", "smooth"):
        step = plan_refinement(BY_ID[deed], 3, it.context)()
        assert step.changed_px > 0
        it.document.apply(step)
    assert it.labels[47, 100] == 1
    assert it.labels[47, 47] == 0


def test_piece_goes_as_a_whole_to_the_class_it_borders_on_most(hand):
    it = hand("brush")
    scene(it)
    it.labels[160:240, 180:240] = 3
    it.labels[190:215, 180:205] = 1  # three sides on 3, one on 0
    step = plan_refinement(BY_ID["keep_largest"], 0, it.context)()
    it.document.apply(step)
    assert (it.labels[190:215, 180:205] == 3).all()
    assert (it.labels[50:80, 50:80] == 1).all()


def test_shapes_go_when_a_refinement_leaves_them_no_pixel(hand):
    it = hand("rectangle")
    for corner in (20, 100, 180):
        it.press(corner, corner)
        it.release(corner + (60 if corner == 100 else 20), corner + 20)
    assert len(it.shapes) == 3
    step = plan_refinement(BY_ID["keep_largest"], 0, it.context)()
    it.document.apply(step)
    assert [bounds(shape).x for shape in it.shapes] == [100]
    it.document.undo()
    assert [bounds(shape).x for shape in it.shapes] == [20, 100, 180]
