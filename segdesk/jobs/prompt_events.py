"""What promptable models answer."""

from pathlib import Path

import msgspec

from segdesk.jobs.array_ref import ArrayRef


class PromptOpened(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A promptable model is resident.

    Parameters
    ----------
    family
        "SAM", "SAM 2" or "EfficientSAM": whose signature it has.
    size
        Longest side of what its encoder sees, in pixels.
    """

    family: str
    size: int
    device: str
    seconds: float


class PromptEncoded(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An image is encoded and kept.

    Parameters
    ----------
    was_there
        It was kept already.
    """

    image: Path
    seconds: float
    was_there: bool = False


class PromptMaskDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The thing that was meant.

    Parameters
    ----------
    rect
        (x, y, width, height) of the smallest rectangle round it; all 0: nothing.
    mask
        (height, width), 1 inside; None: nothing.
    score
        How good the model thinks the mask is, about 0-1.
    """

    image: Path
    rect: tuple[int, int, int, int]
    mask: ArrayRef | None
    score: float
    encode_s: float
    decode_s: float
