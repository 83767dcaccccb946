"""A proposal becomes labels: all of it, a class, a region, a lasso, what is sure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.accept import (
    AcceptRule,
    everything,
    inside_lasso,
    map_by_name,
    of_class,
    plan_acceptance,
    region_at,
    sure_enough,
)
from segdesk.core.classes import ClassList
from segdesk.core.rules import (
    EVERYWHERE,
    NOT_LOCKED,
    ONLY_UNLABELLED,
    replacing_only,
)
from segdesk.core.shapes import Point, ring

SHAPE = (300, 280)
SAME = np.arange(256, dtype=np.uint8)


def blocks(seed, classes=5):
    rng = np.random.default_rng(seed)
    small = rng.integers(0, classes, (30, 28), np.uint8)
    return np.kron(small, np.ones((10, 10), np.uint8))


def accepted(labels, proposed, patch, rule=NOT_LOCKED, locked=(), class_map=SAME):
    how = AcceptRule(rule, frozenset(locked), 0, class_map)
    before = labels.copy()
    edit = plan_acceptance(labels, proposed, patch, how)
    assert np.array_equal(labels, before)
    after = labels.copy()
    if edit is not None:
        edit.apply(after)
        assert edit.changed_px == np.count_nonzero(after != before)
    return after


rules = st.sampled_from([NOT_LOCKED, ONLY_UNLABELLED, replacing_only(2), EVERYWHERE])


@settings(max_examples=40, deadline=None)
@given(rules, st.sets(st.integers(0, 4)), st.integers(0, 500))
def test_acceptance_follows_the_rule_pixel_by_pixel_when_all_is_accepted(
    rule, locked, seed
):
    labels, proposed = blocks(seed), blocks(seed + 1)
    proposed[:20] = 255  # the model has no opinion
    after = accepted(labels, proposed, everything(proposed), rule, locked)
    expected = labels.copy()
    for value in range(5):
        gives_way = rule.allows(value, locked, 0)[labels]
        expected[(proposed == value) & gives_way] = value
    assert np.array_equal(after, expected)
    assert np.array_equal(after[:20], labels[:20])


def test_of_class_takes_one_class_alone_when_accepted():
    labels, proposed = np.zeros(SHAPE, np.uint8), blocks(1)
    after = accepted(labels, proposed, of_class(proposed, 3))
    assert np.array_equal(after == 3, proposed == 3)
    assert set(np.unique(after)) == {0, 3}
    assert of_class(proposed, 9).rect.area == 0
    assert np.array_equal(accepted(labels, proposed, of_class(proposed, 9)), labels)


def test_region_at_takes_what_is_connected_to_the_click_when_accepted():
    proposed = np.zeros(SHAPE, np.uint8)
    proposed[50:90, 30:60] = proposed[200:220, 30:60] = 2
    after = accepted(
        np.ones(SHAPE, np.uint8), proposed, region_at(proposed, Point(40, 60))
    )
    assert np.array_equal(np.argwhere(after == 2).min(0), (50, 30))
    assert (after == 2).sum() == 40 * 30


def test_inside_lasso_takes_every_class_inside_when_accepted():
    proposed = blocks(4)
    lasso = ring([(30.2, 40.2), (200, 60), (120, 250)])
    patch = inside_lasso(proposed, lasso)
    after = accepted(np.full(SHAPE, 9, np.uint8), proposed, patch)
    inside = np.zeros(SHAPE, bool)
    inside[patch.rect.slices] = patch.mask > 0
    assert inside.sum() == pytest.approx(16_923, rel=0.01)
    assert np.array_equal(after, np.where(inside, proposed, 9))


@pytest.mark.parametrize(("least", "lowest"), [(0.0, 0), (0.5, 128), (1.0, 255)])
def test_sure_enough_drops_what_the_slider_hides_when_accepted(least, lowest):
    proposed = blocks(4)
    confidence = np.random.default_rng(2).integers(0, 256, SHAPE, np.uint8)
    confidence[0, :2] = 127, 128
    patch = sure_enough(everything(proposed), confidence, least)
    after = accepted(np.full(SHAPE, 9, np.uint8), proposed, patch)
    assert np.array_equal(after, np.where(confidence >= lowest, proposed, 9))


def test_classes_are_found_by_name_when_the_orders_differ():
    model = ClassList.from_names(("Road", "water ", "moose", "sky"))
    project = ClassList.from_names(("background", "Water", "sky", "road"))
    class_map = map_by_name(model, project)
    assert class_map[:5].tolist() == [3, 1, 255, 2, 255]
    proposed, labels = blocks(7, 4), np.full(SHAPE, 8, np.uint8)
    after = accepted(labels, proposed, everything(proposed), class_map=class_map)
    for mine, theirs in ((3, 0), (1, 1), (8, 2), (2, 3)):
        assert np.array_equal(after == mine, proposed == theirs)
