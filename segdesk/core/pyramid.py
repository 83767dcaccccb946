"""A picture and its halvings, for smooth drawing below its own size."""

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.geometry import Rect, Size
from segdesk.core.mapped import let_go

_SMALLEST_PX = 1024
_LARGE_PIXELS = 32_000_000
_STRIP_ROWS = 2048


class Pyramid:
    """A picture and its halvings by area, down to about 1,024 px.

    The first halving of a large picture would be a fourth of its memory: it is made
    anew of each part that is asked for, in a few milliseconds for what a screen shows.

    Parameters
    ----------
    pixels
        (H, W, 3) RGB uint8; held, not copied.
    large_pixels
        Pixels from which on a picture is large.
    """

    def __init__(
        self, pixels: NDArray[np.uint8], large_pixels: int = _LARGE_PIXELS
    ) -> None:
        self.pixels = pixels
        cv2 = load_cv2()  # also where there is nothing to halve: the overlay needs it
        height, width = pixels.shape[:2]
        self._levels: list[NDArray[np.uint8] | None] = [pixels]
        if height * width >= large_pixels and max(height, width) > 2 * _SMALLEST_PX:
            self._levels += [None, _fourth(pixels)]
        while max(self.size(-1)) > _SMALLEST_PX:
            last = self.part(-1)
            height, width = last.shape[:2]
            size = (max(1, width // 2), max(1, height // 2))
            self._levels.append(cv2.resize(last, size, interpolation=cv2.INTER_AREA))

    def __len__(self) -> int:
        """Return the number of levels, the picture's own counted."""
        return len(self._levels)

    def size(self, level: int) -> Size:
        """Return width and height of a level."""
        stored = self._levels[level]
        height, width = self.pixels.shape[:2]
        if stored is None:
            return Size((width + 1) // 2, (height + 1) // 2)
        return Size(int(stored.shape[1]), int(stored.shape[0]))

    def step(self, level: int) -> tuple[float, float]:
        """Return how many pixels of the picture one of a level is wide and high."""
        if self._levels[level] is None:
            return 2.0, 2.0
        height, width = self.pixels.shape[:2]
        size = self.size(level)
        return width / size.width, height / size.height

    def part(self, level: int, rect: Rect | None = None) -> NDArray[np.uint8]:
        """Return (h, w, 3) RGB of a level; stored ones are not copied.

        Parameters
        ----------
        rect
            Inside the level, in its own pixels; None: all of it.
        """
        rect = rect or Rect(0, 0, *self.size(level))
        stored = self._levels[level]
        if stored is not None:
            return stored[rect.slices]
        whole = Rect(2 * rect.x, 2 * rect.y, 2 * rect.width, 2 * rect.height)
        source = self.pixels[whole.slices]
        over = whole.height - source.shape[0], whole.width - source.shape[1]
        if any(over):  # the last row or column of an odd picture has no other half
            source = np.pad(source, ((0, over[0]), (0, over[1]), (0, 0)), mode="edge")
        size = (rect.width, rect.height)
        half: NDArray[np.uint8] = load_cv2().resize(
            source, size, interpolation=load_cv2().INTER_AREA
        )
        return half


def _fourth(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture at a fourth of its size, made a strip at a time.

    A picture that lies in a file is never in memory as a whole.
    """
    cv2 = load_cv2()
    height, width = pixels.shape[:2]
    rows, columns = max(1, height // 4), max(1, width // 4)
    fourth = np.empty((rows, columns, 3), np.uint8)
    for top in range(0, rows, _STRIP_ROWS // 4):
        end = min(top + _STRIP_ROWS // 4, rows)
        foot = height if end == rows else 4 * end
        size = (columns, end - top)
        cv2.resize(
            pixels[4 * top : foot],
            size,
            dst=fourth[top:end],
            interpolation=cv2.INTER_AREA,
        )
        let_go(pixels)
    return fourth
