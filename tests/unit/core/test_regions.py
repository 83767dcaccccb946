"""Connected regions."""

import numpy as np
import pytest

from segdesk.core import regions
from segdesk.core.regions import region_stats


def test_region_stats_counts_by_side_and_corner_when_classes_touch():
    labels = np.array(
        [
            [1, 0, 2, 2],
            [0, 1, 2, 2],
            [0, 0, 0, 1],
        ],
        np.uint8,
    )
    confidence = np.full(labels.shape, 255, np.uint8)
    confidence[2, 3] = 51
    stats = region_stats(labels, 4, confidence, leave_out=[0])
    assert stats.counts.tolist() == [0, 2, 1, 0]
    assert stats.total == 3
    assert stats.mean_area_px == pytest.approx((2 + 4 + 1) / 3)
    assert stats.mean_confidence == pytest.approx((1 + 1 + 0.2) / 3)
    assert region_stats(labels, 4).counts.tolist() == [1, 2, 1, 0]


def test_region_stats_is_empty_when_no_class_is_there():
    stats = region_stats(np.full((5, 5), 255, np.uint8), 3)
    assert (stats.total, stats.mean_area_px, stats.mean_confidence) == (0, 0.0, None)


def test_region_stats_counts_large_regions_when_the_map_is_huge(monkeypatch):
    monkeypatch.setattr(regions, "MAPPED_PIXELS", 10_000)
    monkeypatch.setattr(regions, "_COUNTED_PIXELS", 2_500)
    labels = np.zeros((100, 100), np.uint8)
    labels[10:30, 10:30] = 1
    labels[60:80, 40:80] = 1
    confidence = np.full(labels.shape, 255, np.uint8)
    stats = region_stats(labels, 2, confidence, leave_out=[0], least=200)
    assert stats.total == 2
    assert stats.mean_area_px == pytest.approx(600)
