"""What a model takes for what: confusion counts, and the places behind a count."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.label_map import joint_histogram

Labels = NDArray[np.uint8]

# Values of an error map.
RIGHT_OTHER, HIT, EXTRA, MISSED = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class ErrorRegion:
    """One connected place where a class is taken for another.

    Parameters
    ----------
    x, y, width, height
        Its box in pixels of the image.
    area
        Its pixels.
    """

    x: int
    y: int
    width: int
    height: int
    area: int


@dataclass(frozen=True, slots=True)
class RegionMeasure:
    """One connected region of a class.

    Parameters
    ----------
    label
        Class index.
    x, y, width, height
        Its box in pixels.
    area
        Its pixels.
    centre_x, centre_y
        Mean of its pixels' centres; the first pixel's centre is at 0.5.
    mean_confidence
        Of its pixels, 0-1; None where it was not asked for.
    """

    label: int
    x: int
    y: int
    width: int
    height: int
    area: int
    centre_x: float
    centre_y: float
    mean_confidence: float | None = None


def confusion_counts(
    truth: Labels, prediction: Labels, num_classes: int
) -> NDArray[np.int64]:
    """Count the pixels of each pair of truth and prediction.

    Parameters
    ----------
    truth, prediction
        (H, W) class indices. Pixels whose truth is no class are left out.
    num_classes
        C.

    Returns
    -------
    counts
        (C, C + 1) int64: row = truth, column = prediction; the last column counts what
        was predicted as none of the classes.
    """
    both = joint_histogram(truth, prediction)[:num_classes]
    counts = np.zeros((num_classes, num_classes + 1), np.int64)
    counts[:, :num_classes] = both[:, :num_classes]
    counts[:, num_classes] = both[:, num_classes:].sum(axis=1)
    return counts


def error_map(truth: Labels, prediction: Labels, index: int) -> Labels:
    """Return where a class is hit, found too much, or missed.

    Returns
    -------
    errors
        (H, W): HIT, EXTRA (predicted, not true), MISSED (true, not predicted),
        RIGHT_OTHER elsewhere and where the truth is ignored.
    """
    true, said = truth == index, prediction == index
    errors = np.full(truth.shape, RIGHT_OTHER, np.uint8)
    errors[true & said] = HIT
    errors[said & ~true] = EXTRA
    errors[true & ~said] = MISSED
    errors[truth == 255] = RIGHT_OTHER
    return errors


def error_regions(
    truth: Labels, prediction: Labels, is_class: int, taken_for: int, most: int = 1000
) -> tuple[ErrorRegion, ...]:
    """Return the places where one class is taken for another, largest first.

    Parameters
    ----------
    is_class, taken_for
        The cell of the confusion matrix: truth and prediction.
    most
        How many at most.
    """
    found = _components(
        ((truth == is_class) & (prediction == taken_for)).view(np.uint8)
    )
    if found is None:
        return ()
    stats, _, _ = found
    order = np.argsort(-stats[:, 4], kind="stable")[:most]
    return tuple(ErrorRegion(*(int(v) for v in stats[i])) for i in order)


def region_measures(
    labels: Labels,
    num_classes: int,
    leave_out: int | None = None,
    confidence: Labels | None = None,
) -> tuple[RegionMeasure, ...]:
    """Measure every connected region of every class.

    Parameters
    ----------
    labels
        (H, W) class indices.
    num_classes
        Larger indices are left out.
    leave_out
        A class that is left out too, such as the background.
    confidence
        (H, W), 0-255 for 0-1; None: it is not measured.
    """
    measures: list[RegionMeasure] = []
    for index in range(num_classes):
        if index == leave_out:
            continue
        found = _components((labels == index).view(np.uint8), confidence)
        if found is None:
            continue
        stats, centres, sure = found
        means = [None] * len(stats) if sure is None else sure.round(4).tolist()
        rows = zip(stats.tolist(), centres.round(2).tolist(), means, strict=True)
        measures += (
            RegionMeasure(index, x, y, width, height, area, centre_x, centre_y, mean)
            for (x, y, width, height, area), (centre_x, centre_y), mean in rows
        )
    return tuple(measures)


def _components(
    mask: Labels, confidence: Labels | None = None
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64] | None] | None:
    """Return (n, 5) box and area, (n, 2) centres, (n,) confidence of touching pixels.

    The first pixel's centre is at 0.5.
    """
    cv2 = load_cv2()
    left, top, width, height = cv2.boundingRect(mask)
    if width == 0:
        return None
    box = np.s_[top : top + height, left : left + width]
    part = np.ascontiguousarray(mask[box])
    _, numbers, stats, centres = cv2.connectedComponentsWithStats(part, connectivity=8)
    stats = stats[1:].copy()
    stats[:, 0] += left
    stats[:, 1] += top
    sure = None
    if confidence is not None:
        inside = part.view(np.bool_)
        sums = np.bincount(numbers[inside] - 1, weights=confidence[box][inside])
        sure = sums / stats[:, 4] / 255.0
    return stats, centres[1:] + np.array((left + 0.5, top + 0.5)), sure
