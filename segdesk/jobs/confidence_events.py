"""What the engine says of how sure a model is."""

from pathlib import Path

import msgspec

from segdesk.core.temperature import FittedTemperature
from segdesk.jobs.array_ref import ArrayRef


class CalibrationDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A model's confidence was held against labels.

    Parameters
    ----------
    fitted
        The temperature, and what it gains on images that it was not fitted on.
    failed
        Images that could not be read or predicted.
    """

    model_id: str
    data_dir: Path
    split: str
    fitted: FittedTemperature
    failed: int
    device: str
    seconds: float


class DoubtDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Entropy and margin of an image.

    Parameters
    ----------
    entropy, margin
        (H, W) uint8 each; see `segdesk.engine.tta.Doubts`.
    """

    model_id: str
    image: Path
    entropy: ArrayRef
    margin: ArrayRef
    seconds: float


class PseudoLabelsDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Images were labelled by a model.

    Parameters
    ----------
    images
        With at least one labelled pixel.
    share
        Of the pixels of these images, 0-1, that is labelled.
    shares
        Of the labelled pixels, by class.
    failed, empty
        Images that could not be predicted; images of which nothing is sure enough.
    """

    model_id: str
    folder: Path
    images: int
    share: float
    shares: tuple[float, ...]
    failed: int
    empty: int
    seconds: float
