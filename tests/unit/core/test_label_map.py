"""Counts, shares and confidence of classes."""

import numpy as np
import pytest

from segdesk.core.classes import ClassList
from segdesk.core.label_map import class_stats, colour_table, joint_histogram

CLASSES = ClassList(("background", "road", "water"), ("#8A8F98", "#3D6DFA", "#EE6A05"))


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (700, 801)])
def test_class_stats_agrees_with_plain_counting_when_random(shape):
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 7, shape, np.uint8)
    labels[labels == 6] = 255
    confidence = rng.integers(0, 256, shape, np.uint8)
    stats = class_stats(labels, 5, confidence)
    for index in range(5):
        chosen = labels == index
        assert stats.counts[index] == chosen.sum()
        assert stats.shares[index] == pytest.approx(chosen.mean())
        if chosen.any():
            mean = confidence[chosen].mean() / 255
            assert stats.confidences[index] == pytest.approx(mean)
        else:
            assert np.isnan(stats.confidences[index])
    counted = labels < 5
    assert stats.ignored == (~counted).sum()
    if counted.any():
        mean = confidence[counted].mean() / 255
        assert stats.mean_confidence == pytest.approx(mean)
    assert np.array_equal(class_stats(labels, 5).counts, stats.counts)
    assert class_stats(labels, 5).mean_confidence is None


def test_class_stats_has_no_confidence_when_all_is_ignored():
    labels = np.full((4, 4), 255, np.uint8)
    stats = class_stats(labels, 3, labels)
    assert stats.mean_confidence is None
    assert (stats.ignored, stats.shares.tolist()) == (16, [0, 0, 0])


def test_joint_histogram_counts_pairs_when_map_is_cut_from_a_larger_one():
    labels = np.arange(12, dtype=np.uint8).reshape(3, 4)[:, 1:3]
    confidence = np.full((3, 2), 200, np.uint8)
    histogram = joint_histogram(labels, confidence)
    assert histogram[[1, 2, 5, 6, 9, 10], 200].tolist() == [1] * 6
    assert histogram.sum() == 6


def test_colour_table_shows_only_listed_classes_when_some_are_hidden():
    colours, shown = colour_table(CLASSES, hidden={0})
    assert colours[:4].tolist() == [
        [138, 143, 152],
        [61, 109, 250],
        [238, 106, 5],
        [0, 0, 0],
    ]
    assert np.flatnonzero(shown).tolist() == [1, 2]
