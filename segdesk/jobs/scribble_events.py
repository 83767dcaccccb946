"""What the engine answers about scribbles."""

import msgspec

from segdesk.jobs.array_ref import ArrayRef


class ScribbleDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What every pixel is like.

    Parameters
    ----------
    labels, confidence
        (H, W) of the image; None: it was only prepared, or the pixels under the
        strokes are all of one class.
    reduced
        How many pixels of the image one that was worked out is wide; 1: all were.
    seconds
        Wall time of each stage, by name: decode, features, train, classify.
    """

    labels: ArrayRef | None = None
    confidence: ArrayRef | None = None
    reduced: float = 1.0
    seconds: dict[str, float] = {}


class ScribbleApplied(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Images that were labelled by the scribbles of another.

    Parameters
    ----------
    written
        Places of the targets that were written.
    """

    written: tuple[int, ...]


class DeepFeaturesDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What a backbone sees in an image.

    Parameters
    ----------
    planes
        (C, h, w) uint8; h and w are those of the image divided by the same number.
    layer
        What it was taken from.
    """

    planes: ArrayRef
    layer: str
