"""How far a model's confidence can be believed: confidence against accuracy.

Reliability diagram and expected calibration error as in Guo et al., *On Calibration of
Modern Neural Networks*, 2017, with pixels as samples.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.label_map import joint_histogram

BINS = 15
LEVELS = 256
_WRONG, _RIGHT, _LEFT_OUT = 0, 1, 2

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The pixels of one span of confidence.

    Parameters
    ----------
    pixels
        How many.
    confidence, accuracy
        Their mean confidence and the share that is right, 0-1; None without pixels.
    """

    pixels: int
    confidence: float | None = None
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence against accuracy over a data set.

    Parameters
    ----------
    error
        Expected calibration error in percent: the mean of |accuracy - confidence| over
        the bins, weighted with their pixels.
    bins
        Of equal width from 0 to 1.
    """

    error: float
    bins: tuple[ReliabilityBin, ...]


def calibration_counts(
    truth: NDArray[np.uint8],
    prediction: NDArray[np.uint8],
    confidence: NDArray[np.uint8],
    num_classes: int,
) -> Counts:
    """Count wrong and right pixels at each level of confidence.

    Parameters
    ----------
    truth, prediction
        (H, W) class indices. Pixels whose truth is no class are left out.
    confidence
        (H, W), 0-255 for a confidence of 0-1.

    Returns
    -------
    counts
        (2, 256) int64: wrong, right.
    """
    kind = (truth == prediction).view(np.uint8)
    kind[truth >= num_classes] = _LEFT_OUT
    return joint_histogram(kind, confidence)[: _RIGHT + 1]


def calibration_of(counts: Counts) -> Calibration | None:
    """Return the reliability of counts that were added up; None without a pixel.

    Parameters
    ----------
    counts
        (2, 256), as `calibration_counts` returns them.
    """
    total = int(counts.sum())
    if not total:
        return None
    level = np.arange(LEVELS) / (LEVELS - 1)
    place = np.minimum((level * BINS).astype(np.int64), BINS - 1)
    pixels = counts.sum(axis=0)
    of_bin = np.bincount(place, pixels, BINS)
    sure = np.bincount(place, pixels * level, BINS)
    right = np.bincount(place, counts[_RIGHT], BINS)
    error = float(np.abs(right - sure).sum()) / total
    bins = tuple(
        ReliabilityBin(int(n), round(s / n, 4), round(r / n, 4))
        if n
        else ReliabilityBin(0)
        for n, s, r in zip(of_bin.tolist(), sure.tolist(), right.tolist(), strict=True)
    )
    return Calibration(round(100 * error, 2), bins)
