"""A small picture of an annotation, laid over a small picture of its image."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FILL = 0.55


def tinted(
    pixels: "NDArray[np.uint8]",
    annotation: Path,
    palette: "NDArray[np.uint8]",
    hidden: int | None,
) -> "NDArray[np.uint8]":
    """Return a picture with the colours of its classes over it.

    Parameters
    ----------
    pixels
        (h, w, 3) RGB.
    annotation
        Index PNG of any size; one that cannot be read leaves the picture as it is.
    palette
        (C, 3) RGB; indices beyond it show nothing.
    hidden
        Index of a class that shows nothing: the background.
    """
    from PIL import Image

    height, width = pixels.shape[:2]
    try:
        with Image.open(annotation) as image:
            if image.mode not in {"P", "L"}:
                return pixels
            small = image.resize((width, height), Image.Resampling.NEAREST)
            labels = np.asarray(small)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return pixels
    shown = labels < len(palette)
    if hidden is not None:
        shown &= labels != hidden
    mixed = pixels.copy()
    colours = palette[labels[shown]].astype(np.float32)
    mixed[shown] = (pixels[shown] * (1 - _FILL) + colours * _FILL).astype(np.uint8)
    return mixed
