"""Metrics of a label map against the truth, honest about classes that are absent.

A mean that leaves out every class without a value, as `nanmean` does, hides a class
that the model never predicts: it has no precision, so it raises the mean F-score. Here
a class that occurs in the truth counts in every mean, with 0 where the model finds none
of it.
"""

import math

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import is_background_name

Counts = NDArray[np.float64]
PerClass = dict[str, tuple[float | None, ...]]


def measured(
    intersect: Counts,
    union: Counts,
    predicted: Counts,
    truth: Counts,
    names: tuple[str, ...],
) -> tuple[PerClass, dict[str, float]]:
    """Return the metrics of each class and their means, in percent.

    Parameters
    ----------
    intersect, union, predicted, truth
        (C,) pixels of each class.
    names
        Of the classes. If the first is a background, `fgIoU` is the mean IoU of the
        others: a large background hides how badly they do.

    Returns
    -------
    per_class
        IoU, Acc, Dice, Precision and Recall of each class. A class that is predicted
        where the truth has none gets 0; one in neither gets None.
    means
        aAcc, and mIoU, mAcc, mDice, mPrecision, mRecall over the classes that have a
        value; nan where there is none.
    """
    per_class = {
        "IoU": _shares(intersect, union),
        "Acc": _shares(intersect, truth, also=predicted),
        "Dice": _shares(2 * intersect, predicted + truth),
        "Precision": _shares(intersect, predicted, also=truth),
        "Recall": _shares(intersect, truth, also=predicted),
    }
    labelled = float(truth.sum())
    means = {"aAcc": 100 * float(intersect.sum()) / labelled if labelled else math.nan}
    means |= {f"m{name}": _mean(values) for name, values in per_class.items()}
    if is_background_name(names[0]):
        means["fgIoU"] = _mean(per_class["IoU"][1:])
    return per_class, {name: round(value, 2) for name, value in means.items()}


def _shares(
    part: Counts, whole: Counts, also: Counts | None = None
) -> tuple[float | None, ...]:
    present = whole if also is None else whole + also
    return tuple(
        round(100 * float(p / w), 2) if w else (0.0 if seen else None)
        for p, w, seen in zip(part, whole, present, strict=True)
    )


def _mean(values: tuple[float | None, ...]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else math.nan


def measured_by_confusion(
    confusion: NDArray[np.int64], names: tuple[str, ...]
) -> tuple[PerClass, dict[str, float]]:
    """Return the metrics of a confusion matrix, as `measured` does.

    Parameters
    ----------
    confusion
        (C, C + 1) pixels: row = truth, column = prediction, the last for none of the
        classes.
    names
        Of the classes.
    """
    counts = confusion.astype(np.float64)
    truth, predicted = counts.sum(axis=1), counts.sum(axis=0)[: len(names)]
    intersect = np.diag(counts[:, : len(names)])
    return measured(intersect, truth + predicted - intersect, predicted, truth, names)
