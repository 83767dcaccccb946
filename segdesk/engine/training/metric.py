"""The metric of a validation, with the values of each class.

mmseg's `IoUMetric` prints the values of the classes and returns only their means, and
a mean there leaves out every class without a value: a class that the model never
predicts has no precision, so it raises the mean F-score. Here a class that occurs in
the truth counts in every mean, with 0 where the model finds none of it.
"""

from typing import Any

import numpy as np

from segdesk.engine.bootstrap import prepare

prepare()

from mmseg.evaluation.metrics import IoUMetric  # noqa: E402 - after the adapter
from mmseg.registry import METRICS  # noqa: E402

from segdesk.core.segmentation_metrics import PerClass, measured  # noqa: E402

CLASS_KEY = "classIoU"


@METRICS.register_module()
class PerClassIoUMetric(IoUMetric):
    """`IoUMetric` that keeps the values of each class.

    Parameters
    ----------
    scored_class
        A class whose IoU is returned as `classIoU` too.

    Attributes
    ----------
    per_class
        For each metric one value in percent for each class; None where the class is
        neither in the truth nor in the prediction.
    """

    def __init__(self, *, scored_class: int | None = None, **options: Any) -> None:  # noqa: ANN401 - mmseg's own
        super().__init__(**options)
        self._scored_class = scored_class
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
        if self._scored_class is not None:
            value = self.per_class["IoU"][self._scored_class]
            metrics[CLASS_KEY] = float("nan") if value is None else value
        return metrics
