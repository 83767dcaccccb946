"""Strokes leave no gap, obey the rule, and come back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.brush import Brush, Stroke, next_size
from segdesk.core.cv import load_cv2
from segdesk.core.rules import (
    EVERYWHERE,
    NOT_LOCKED,
    ONLY_UNLABELLED,
    replacing_only,
)
from segdesk.core.shapes import Point

places = st.builds(Point, st.floats(-30, 330), st.floats(-30, 300))
ALL = EVERYWHERE.allows(1, (), 0)


def painted(way, brush, shape=(270, 300)):
    labels = np.zeros(shape, np.uint8)
    stroke = Stroke(labels, 1, ALL)
    for place in way:
        stroke.to(place, brush)
    return labels


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(Point, st.floats(5, 290), st.floats(5, 260)), min_size=2, max_size=6
    ),
    st.integers(1, 9),
    st.booleans(),
)
def test_stroke_is_one_piece_when_the_pen_jumps(way, size, square):
    labels = painted(way, Brush(size, square))
    pieces, _ = load_cv2().connectedComponents(labels, connectivity=8)
    assert pieces == 2  # the ground and the stroke
    for place in way:
        assert labels[int(place.y), int(place.x)] == 1


@settings(max_examples=30, deadline=None)
@given(places, places, st.integers(1, 40))
def test_stroke_covers_slow_strokes_when_the_pen_is_fast(start, end, size):
    # Where no border cuts a stroke: beyond it a shallow one differs by more.
    shape = (450, 480)
    start, end = (Point(at.x + 75, at.y + 75) for at in (start, end))
    fast = painted((start, end), Brush(size), shape)
    steps = [
        Point(start.x + (end.x - start.x) * t, start.y + (end.y - start.y) * t)
        for t in np.linspace(0, 1, 25)
    ]
    dabs = np.zeros_like(fast)
    for place in steps:
        dabs |= painted((place,), Brush(size), shape)
    # Dabs snap to whole pixels on their own, so they may differ by 1.4 px at the edge.
    near = load_cv2().dilate(fast, np.ones((5, 5), np.uint8))
    assert not (dabs & ~near & 1).any()
    assert fast.sum() >= dabs.sum() * 0.9


@pytest.mark.parametrize("square", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 40, 41])
def test_dab_is_as_wide_as_its_size_when_it_comes_down_anywhere(size, square):
    for place in (Point(100, 100), Point(100.49, 99.51), Point(100.999, 99.2)):
        labels = painted((place,), Brush(size, square))
        rows, columns = np.flatnonzero(labels.any(1)), np.flatnonzero(labels.any(0))
        assert (rows.size, columns.size) == (size, size)
        assert abs(rows.mean() + 0.5 - place.y) <= 0.5
        assert abs(columns.mean() + 0.5 - place.x) <= 0.5
        if square:
            assert labels.sum() == size * size


@settings(max_examples=40, deadline=None)
@given(
    st.lists(places, min_size=1, max_size=5),
    st.sampled_from(
        [NOT_LOCKED, ONLY_UNLABELLED, replacing_only(3), replacing_only(5)]
    ),
    st.integers(0, 6),
    st.sets(st.integers(0, 6)),
    st.integers(1, 90),
)
def test_locked_classes_never_change_when_painted_over(way, rule, value, locked, size):
    labels = np.random.default_rng(size).integers(0, 6, (270, 300), np.uint8)
    before = labels.copy()
    stroke = Stroke(labels, value, rule.allows(value, locked, 0))
    for place in way:
        stroke.to(place, Brush(size))
    for index in locked:
        assert np.array_equal(before == index, labels == index)
    changed = before != labels
    assert (labels[changed] == value).all()
    if rule is ONLY_UNLABELLED:
        assert (before[changed] == 0).all()
    elif rule.kind == "only class":
        assert (before[changed] == rule.only_class).all()
    edit = stroke.finish()
    if edit is not None:
        edit.revert(labels)
    assert np.array_equal(labels, before)


@pytest.mark.parametrize("rule", [NOT_LOCKED, EVERYWHERE, replacing_only(2)])
def test_rule_paints_all_it_should_when_the_brush_covers_everything(rule):
    labels = np.random.default_rng(1).integers(0, 6, (270, 300), np.uint8)
    before = labels.copy()
    stroke = Stroke(labels, 4, rule.allows(4, {1}, 0))
    stroke.to(Point(150, 130), Brush(900))
    gives_way = {
        NOT_LOCKED: before != 1,
        EVERYWHERE: np.ones_like(before, bool),
        replacing_only(2): before == 2,
    }[rule]
    assert np.array_equal(labels, np.where(gives_way, 4, before))


def test_stroke_leaves_no_trace_when_rolled_back():
    labels = np.random.default_rng(1).integers(0, 4, (600, 700), np.uint8)
    before = labels.copy()
    stroke = Stroke(labels, 4, EVERYWHERE.allows(4, (), 0), keep_mask=True)
    dirty = [
        rect for x in range(0, 700, 37) for rect in stroke.to(Point(x, x), Brush(50))
    ]
    outside = np.ones(labels.shape, bool)
    for rect in dirty:
        outside[rect.slices] = False
    assert np.array_equal(labels[outside], before[outside])
    assert np.array_equal(stroke.mask(stroke.rect) > 0, labels[stroke.rect.slices] == 4)
    stroke.rollback()
    assert np.array_equal(labels, before)


def test_stroke_is_thinner_when_the_pen_is_light():
    labels = np.zeros((200, 400), np.uint8)
    stroke = Stroke(labels, 1, ALL)
    for x, pressure in ((60, 0.0), (200, 0.5), (340, 1.0)):
        stroke.to(Point(x, 100), Brush(80).pressed(pressure))
    widths = labels.sum(axis=0)
    assert widths[60] < widths[200] < widths[340] == 80
    assert (widths[60:340] > 0).all()


def test_stroke_paints_nothing_when_it_stays_outside():
    labels = np.zeros((20, 30), np.uint8)
    stroke = Stroke(labels, 1, ALL)
    assert stroke.to(Point(-500, -500), Brush(60)) == ()
    assert stroke.to(Point(-500, 900), Brush(60)) == ()
    assert stroke.finish() is None


def test_next_size_comes_back_when_stepped_up_and_down():
    size = 1.0
    seen = [size]
    while size < 2000:
        size = next_size(size, larger=True)
        seen.append(size)
    assert seen == sorted(set(seen))
    assert len(seen) < 75
    assert next_size(42, larger=True, fine=True) == 43
    assert next_size(42, larger=False, fine=True) == 41
    assert next_size(1, larger=False) == 1
    assert next_size(2000, larger=True) == 2000
    assert abs(next_size(next_size(400, larger=True), larger=False) - 400) <= 1


def test_stroke_is_the_same_edit_when_spare_moments_were_used():
    way = [Point(100 + 90 * step, 300 + 40 * step) for step in range(8)]
    edits = []
    for spares in (False, True):
        labels = np.random.default_rng(3).integers(0, 3, (900, 1200), np.uint8)
        stroke = Stroke(labels, 1, ALL)
        assert not stroke.spare(1.0), "nothing is painted yet"
        for place in way:
            stroke.to(place, Brush(300))
            while spares and stroke.spare(0.0):
                pass
        left = stroke.unpacked
        edits.append(stroke.finish())
        assert not spares or left < 20, "only tiles under the pen are left"
    assert edits[0] == edits[1]


def test_stroke_paints_the_same_when_the_label_map_is_part_of_a_larger_one():
    whole = np.zeros((400, 500), np.uint8)
    part = whole[50:320, 40:340]
    stroke = Stroke(part, 1, ALL)
    for place in (Point(60, 60), Point(200, 150)):
        stroke.to(place, Brush(41))

    assert np.array_equal(
        part, painted([Point(60, 60), Point(200, 150)], Brush(41), (270, 300))
    )
    assert whole.sum() == part.sum()
