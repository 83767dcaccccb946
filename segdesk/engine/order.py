"""What one image is asked of a predictor, and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from segdesk.core.accept import least_level
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.scores import ScoreMap
from segdesk.engine.stage_clock import StageClock
from segdesk.jobs.specs import Windows


@dataclass(frozen=True, slots=True)
class RawPrediction:
    """What a network says of one image.

    Parameters
    ----------
    labels
        (H, W) uint8, class index of each pixel.
    confidence
        (H, W) uint8, 0-255 for 0-1 in the winning class; None when not asked for, or
        when the model does not tell it.
    seconds
        Wall time by stage: preprocess, network, postprocess.
    scores
        The network's output with the way to the image; None when it was not asked
        for, came in windows or from several looks, or is too large.
    rows
        Where it was stopped: rows from the top that are predicted, 255 below them.
        None: all are.
    fine
        (H, W) uint16, 0-65535 for 0-1: the confidence in finer steps, where it was
        asked for.
    """

    labels: NDArray[np.uint8]
    confidence: NDArray[np.uint8] | None
    seconds: dict[str, float]
    scores: ScoreMap | None = None
    rows: int | None = None
    fine: NDArray[np.uint16] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a predictor was asked for; see `Predictor.predict`."""

    windows: Windows | None
    check: Callable[[], None]
    clock: StageClock
    confidence: bool = False
    wide: bool = False
    scores: bool = False
    keep_rows: bool = False
    tell: Callable[[int, int], None] = lambda _done, _all: None


def drop_unsure(raw: RawPrediction, at_least: float) -> None:
    """Make the pixels ignored of which the model is less sure, in place.

    Parameters
    ----------
    at_least
        Confidence, 0-1; 0 drops nothing.
    """
    if at_least > 0 and raw.confidence is not None:
        raw.labels[raw.confidence < least_level(at_least)] = IGNORE_INDEX


class Painted(Protocol):
    """Labels and confidence that may be painted in part."""

    @property
    def labels(self) -> NDArray[np.uint8]:
        """(H, W)."""
        ...

    @property
    def confidence(self) -> NDArray[np.uint8] | NDArray[np.uint16] | None:
        """(H, W); None: not asked for."""
        ...


def blank_below(painter: Painted, rows: int) -> None:
    """Make what is not painted ignored, of no confidence."""
    painter.labels[rows:] = IGNORE_INDEX
    if painter.confidence is not None:
        painter.confidence[rows:] = 0
