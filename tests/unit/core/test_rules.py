"""Which classes give way to which."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdesk.core.rules import (
    EVERYWHERE,
    NOT_LOCKED,
    ONLY_UNLABELLED,
    replacing_only,
)

indices = st.integers(0, 255)
rules = st.sampled_from([EVERYWHERE, NOT_LOCKED, ONLY_UNLABELLED, replacing_only(3)])


@given(rules, indices, st.sets(indices, max_size=9), st.sampled_from([0, 255]))
def test_locked_classes_neither_give_nor_take_when_the_rule_keeps_them(
    rule, value, locked, unlabelled
):
    allowed = rule.allows(value, locked, unlabelled)
    assert not allowed[value]
    if rule is EVERYWHERE:
        assert allowed.sum() == 255
    else:
        assert not allowed[list(locked)].any()
        assert not (value in locked and allowed.any())


@pytest.mark.parametrize(
    ("rule", "gives_way"),
    [
        (NOT_LOCKED, {0, 3, 4, 255}),
        (ONLY_UNLABELLED, {255}),
        (replacing_only(3), {3}),
        (replacing_only(2), set()),
    ],
)
def test_allows_what_the_rule_says_when_class_2_is_locked(rule, gives_way):
    allowed = rule.allows(1, {2}, 255)
    assert {n for n in (0, 1, 2, 3, 4, 255) if allowed[n]} == gives_way


def test_eraser_is_not_bound_to_what_has_no_label_when_the_brush_is():
    assert ONLY_UNLABELLED.for_erasing() == NOT_LOCKED
    assert replacing_only(3).for_erasing() == replacing_only(3)
    assert EVERYWHERE.for_erasing() == EVERYWHERE.locks_alone() == EVERYWHERE
    assert replacing_only(3).locks_alone() == NOT_LOCKED
    erased = np.flatnonzero(ONLY_UNLABELLED.for_erasing().allows(0, {5}, 0))
    assert set(range(1, 256)) - {5} == set(erased.tolist())
