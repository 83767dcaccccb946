"""Confidence against accuracy."""

import numpy as np
import pytest

from segdesk.core.calibration import BINS, calibration_counts, calibration_of


def test_calibration_is_the_weighted_gap_when_bins_are_off_by_known_amounts():
    truth = np.array([[0] * 10 + [1] * 10 + [255] * 5], np.uint8)
    said = truth.copy()
    said[0, :5] = 1  # half of the unsure ones are wrong
    said[0, 10] = 0  # a tenth of the sure ones
    sure = np.array([[153] * 10 + [255] * 10 + [0] * 5], np.uint8)  # 0.6 and 1.0

    found = calibration_of(calibration_counts(truth, said, sure, 2))

    assert found is not None
    assert len(found.bins) == BINS
    full = {place: one for place, one in enumerate(found.bins) if one.pixels}
    assert {place: one.accuracy for place, one in full.items()} == {9: 0.5, 14: 0.9}
    assert full[9].confidence == pytest.approx(0.6, abs=1e-3)
    assert found.error == pytest.approx(10.0, abs=0.01)


def test_calibration_is_unknown_when_nothing_is_labelled():
    nothing = np.full((4, 4), 255, np.uint8)
    assert calibration_of(calibration_counts(nothing, nothing, nothing, 2)) is None
