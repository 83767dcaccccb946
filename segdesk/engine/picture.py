"""The picture that is predicted, held no longer than it is needed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from segdesk.engine.preprocess import Size

Pixels = NDArray[np.uint8]


class Picture:
    """An image's pixels until the last look at them.

    Parameters
    ----------
    source
        (H, W, 3) RGB, or what gives them: then nobody else holds them, and their
        memory is free while the network runs.
    looks
        How often they are looked at.

    Attributes
    ----------
    size
        (height, width).
    """

    def __init__(self, source: Pixels | Callable[[], Pixels], looks: int) -> None:
        self._pixels: Pixels | None = source() if callable(source) else source
        self._looks = looks
        self.size: Size = (self._pixels.shape[0], self._pixels.shape[1])

    def look(self) -> Pixels:
        """Return the pixels; the last time they are let go."""
        pixels = self._pixels
        assert pixels is not None  # noqa: S101 - looked at more often than was said
        self._looks -= 1
        if self._looks == 0:
            self._pixels = None
        return pixels
