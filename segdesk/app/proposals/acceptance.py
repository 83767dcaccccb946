"""What accepting a part of a proposal changes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.app.view_state import ViewState
from segdesk.core.accept import (
    AcceptRule,
    everything,
    plan_acceptance,
    sure_enough,
    too_unsure,
)
from segdesk.core.edits import RasterEdit
from segdesk.core.flood import Patch
from segdesk.core.prediction import Prediction

Select = Callable[[Prediction], Patch | None]


@dataclass(frozen=True, slots=True)
class Sureness:
    """From which confidence on pixels are taken over, and what becomes of the rest.

    Parameters
    ----------
    at_least
        Confidence, 0-1.
    ignores_rest
        Less sure pixels become ignored (255), else they stay as they are.
    """

    at_least: float = 0.0
    ignores_rest: bool = False

    @classmethod
    def of(cls, view: ViewState) -> "Sureness":
        """Return what the view says."""
        return cls(view.min_confidence, view.ignore_unsure)


def whole(prediction: Prediction) -> Patch | None:
    """Return all pixels of a proposal."""
    return everything(prediction.labels)


def plan_part(
    labels: NDArray[np.uint8],
    prediction: Prediction,
    select: Select,
    sure: Sureness,
    rule: AcceptRule,
) -> RasterEdit | None:
    """Return what accepting a part of a proposal changes; runs on a worker."""
    patch = select(prediction)
    if patch is None:
        return None
    unsure = None
    if sure.ignores_rest and sure.at_least:
        unsure = too_unsure(patch, prediction, sure.at_least)
    elif prediction.confidence is not None and sure.at_least:
        patch = sure_enough(patch, prediction.confidence, sure.at_least)
    return plan_acceptance(labels, prediction.labels, patch, rule, unsure)


def what_is_left(
    labels: NDArray[np.uint8],
    prediction: Prediction,
    sure: Sureness,
    rule: AcceptRule,
) -> tuple[bool, bool]:
    """Tell whether something sure is left to take over, and whether anything is."""
    if plan_part(labels, prediction, whole, sure, rule) is not None:
        return True, True
    if not sure.at_least or sure.ignores_rest:
        return False, False
    return False, plan_part(labels, prediction, whole, Sureness(), rule) is not None
