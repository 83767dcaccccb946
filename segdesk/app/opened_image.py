"""An image as the viewer wants it: pixels and their smaller copies."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.freed_memory import hand_back
from segdesk.core.imaging import LoadedImage, read_image

_SMALLEST_PX = 1024


@dataclass(frozen=True, slots=True)
class OpenedImage:
    """A decoded image with a pyramid for smooth drawing below 100 %.

    Parameters
    ----------
    loaded
        The image and what was converted while it was read.
    pyramid
        (H / 2ⁿ, W / 2ⁿ, 3) RGB uint8 for n = 0, 1, 2, …; the first is the image itself.
    """

    loaded: LoadedImage
    pyramid: tuple[NDArray[np.uint8], ...]

    @property
    def path(self) -> Path:
        """The file."""
        return self.loaded.path

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """(H, W, 3) RGB uint8."""
        return self.pyramid[0]

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])


def open_image(path: Path) -> OpenedImage:
    """Read an image and build its pyramid. Slow: call it on a worker.

    Raises
    ------
    ImageReadError
        When the file cannot be read; it says why.
    """
    loaded = read_image(path)
    opened = OpenedImage(loaded, build_pyramid(loaded.pixels))
    hand_back(loaded.pixels.nbytes)
    return opened


def build_pyramid(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    """Return the image and its halvings by area, down to about 1,024 px.

    Parameters
    ----------
    pixels
        (H, W, 3) RGB uint8.
    """
    from segdesk.core.cv import load_cv2

    cv2 = load_cv2()  # also where there is nothing to halve: the overlay needs it next
    levels = [pixels]
    while max(levels[-1].shape[:2]) > _SMALLEST_PX:
        height, width = levels[-1].shape[:2]
        size = (max(1, width // 2), max(1, height // 2))
        levels.append(cv2.resize(levels[-1], size, interpolation=cv2.INTER_AREA))
    return tuple(levels)
