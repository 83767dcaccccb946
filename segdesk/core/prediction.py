"""A model's proposal for one image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.scores import ScoreMap


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one image.

    Parameters
    ----------
    labels
        (H, W) uint8, class index of each pixel, H and W of the image as shown.
    confidence
        (H, W) uint8, 0-255 for a confidence of 0-1 in the winning class; None when it
        was not asked for.
    classes
        The model's classes.
    model_id
        Id of the model's card, or the checkpoint's file name.
    device
        Where it ran: "cpu", "cuda:0".
    seconds
        Wall time of each stage, by name: decode, preprocess, network, postprocess.
    scores
        What is thought of every class; None: the model gives no such map.
    """

    labels: NDArray[np.uint8]
    confidence: NDArray[np.uint8] | None
    classes: ClassList
    model_id: str
    device: str
    seconds: dict[str, float]
    scores: ScoreMap | None = None

    def __post_init__(self) -> None:
        if self.labels.ndim != 2 or self.labels.dtype != np.uint8:
            msg = f"labels must be (H, W) uint8, not {self.labels.shape}"
            raise ValueError(msg)
        if self.confidence is not None and self.confidence.shape != self.labels.shape:
            msg = f"confidence is {self.confidence.shape}, labels {self.labels.shape}"
            raise ValueError(msg)
