"""The probabilities of all classes at one pixel."""

import numpy as np
import pytest

from segdesk.core.scores import ScoreMap, Taps


def taps(first: list[int], weights: list[list[float]]) -> Taps:
    return Taps(np.array(first, np.int32), np.array(weights, np.float32))


def two_by_one(values: list[list[float]], rule: str) -> ScoreMap:
    """Return a map of two sources in a column, seen at three rows; one column."""
    small = np.array(values, np.float16).reshape(len(values), 2, 1)
    rows = taps([0, 0, 1], [[1, 0], [0.5, 0.5], [1, 0]])
    return ScoreMap(small, rows, taps([0], [[1]]), rule)


def test_scores_are_interpolated_before_they_become_probabilities():
    scores = two_by_one([[0, 2], [2, 0], [-9, -9]], "softmax")
    assert scores.at(0, 1)[:2] == pytest.approx([0.5, 0.5], abs=1e-3)
    assert scores.at(0, 2)[0] == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-3)


@pytest.mark.parametrize(
    ("rule", "values", "wanted"),
    [
        ("binary", [[0, 0]], [0.5, 0.5]),
        ("sigmoid", [[0, 0], [100, 100]], [0.5, 1.0]),
        ("mask", [[1, 1], [3, 3]], [0.25, 0.75]),
    ],
)
def test_scores_go_by_the_rule_of_the_head(rule, values, wanted):
    assert two_by_one(values, rule).at(0, 0) == pytest.approx(wanted)


def test_runners_up_leave_out_the_winner_even_when_another_scores_higher():
    scores = two_by_one([[1, 1], [3, 3], [2, 2], [0, 0]], "softmax")
    found = scores.runners_up(0, 0, winner=2, count=2)
    assert [index for index, _ in found] == [1, 0]
    assert found[0][1] > found[1][1]


def test_scores_survive_their_bytes():
    scores = two_by_one([[1, 4], [2, 5], [3, 7]], "softmax")
    layout, data = scores.to_bytes()
    assert len(data) == scores.nbytes
    back = ScoreMap.from_bytes(layout, np.frombuffer(data.tobytes(), np.uint8))
    for row in range(3):
        assert np.array_equal(back.at(0, row), scores.at(0, row))
