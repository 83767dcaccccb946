"""Metrics of a validation that say where there is nothing to measure.

mmseg's `IoUMetric` prints the values of the classes and returns only their means, and
a mean there leaves out every class without a value: a class that the model never
predicts has no precision, so it raises the mean F-score. Here a class that occurs in
the truth counts in every mean, with 0 where the model finds none of it.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.engine.bootstrap import prepare

prepare()

from mmseg.evaluation.metrics import IoUMetric  # noqa: E402 - after the adapter
from mmseg.registry import METRICS  # noqa: E402

from segdesk.core.classes import is_background_name  # noqa: E402

Counts = NDArray[np.float64]
PerClass = dict[str, tuple[float | None, ...]]


@METRICS.register_module()
class PerClassIoUMetric(IoUMetric):
    """`IoUMetric` that keeps the values of each class.

    Attributes
    ----------
    per_class
        For each metric one value in percent for each class; None where the class is
        neither in the truth nor in the prediction.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - mmseg's own
        super().__init__(**options)
        self.per_class: PerClass = {}

    def compute_metrics(self, results: list[Any]) -> dict[str, float]:
        """Return the means in percent, and keep the values of the classes.

        Parameters
        ----------
        results
            For each picture the pixels of intersection, union, prediction and truth.
        """
        intersect, union, predicted, truth = (
            np.sum([np.asarray(row[i], np.float64) for row in results], 0)
            for i in range(4)
        )
        names = tuple(self.dataset_meta["classes"])
        self.per_class, metrics = measured(intersect, union, predicted, truth, names)
        return metrics


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
