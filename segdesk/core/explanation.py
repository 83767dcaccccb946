"""Why a model says a class: its heat over the image, and the picture of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.heat import HEAT_LOW, heat_table

_STEPS = 65535
_BRIGHTEST = 150  # of the picture in grey, where nothing is hot
SHOWN_PX = 1200  # the longer side of a picture that is drawn at once
_CROSS, _GAP = 9, 3


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """How much each place of an image speaks for a class.

    Parameters
    ----------
    levels
        (H, W) uint16, 0-65535 for 0 to `peak`.
    peak
        The highest value, in the method's own unit; 0: nothing speaks for it.
    """

    levels: NDArray[np.uint16]
    peak: float

    def at(self, x: int, y: int) -> float:
        """Return the share of the peak at a pixel, 0-1."""
        return float(self.levels[y, x]) / _STEPS

    def values(self) -> NDArray[np.float32]:
        """Return (H, W) values in the method's own unit."""
        scaled = self.levels.astype(np.float32)
        scaled *= self.peak / _STEPS
        return scaled

    def bytes8(self) -> NDArray[np.uint8]:
        """Return (H, W), 0-255 for 0 to the peak."""
        return np.asarray(self.levels >> 8, np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """A model's answer, as it is shown and saved.

    Parameters
    ----------
    confidence, entropy
        (H, W), 0-255 for 0-1.
    chances
        Probability of each class, 0-1: at the pixel `at`, or the mean over the pixels
        that the model gives the class.
    """

    model_id: str
    method: str
    layer: str
    class_index: int
    classes: ClassList
    at: tuple[int, int] | None
    heat: Heat
    confidence: NDArray[np.uint8]
    entropy: NDArray[np.uint8]
    chances: tuple[float, ...]
    device: str
    seconds: float

    @property
    def class_name(self) -> str:
        """Name of the class that is explained."""
        return self.classes.names[self.class_index]

    def strongest(self, count: int = 3) -> tuple[tuple[int, float], ...]:
        """Return (class, probability) of the most probable classes."""
        order = sorted(range(len(self.chances)), key=lambda i: -self.chances[i])
        return tuple((index, self.chances[index]) for index in order[:count])


def hot_colours() -> NDArray[np.uint8]:
    """Return (256, 3) RGB: the colour of heat, from none (dark) to the peak (bright).

    The colours are those of the confidence layer, so that bright means "look here".
    """
    table = heat_table()
    sure = 1 - np.arange(256) / 255 * (1 - HEAT_LOW)
    picked = [table[round(255 * place)] for place in sure]
    return np.array(
        [[one >> 16 & 255, one >> 8 & 255, one & 255] for one in picked], np.uint8
    )


def heat_picture(
    pixels: NDArray[np.uint8],
    levels: NDArray[np.uint8],
    at: tuple[int, int] | None = None,
) -> NDArray[np.uint8]:
    """Lay heat over an image: grey where nothing is hot, in colours where it is.

    Parameters
    ----------
    pixels
        (H, W, 3), RGB.
    levels
        (H, W), 0-255.
    at
        A pixel (x, y) to mark with a cross.

    Returns
    -------
    picture
        (H, W, 3), RGB.
    """
    # Twice the level, at most 90 %: faint heat lets the picture through.
    share = np.minimum(np.arange(256) * 2, 230).astype(np.uint8)
    picture = _blended(pixels, levels, share)
    if at is not None:
        _mark(picture, at)
    return picture


def doubt_picture(
    pixels: NDArray[np.uint8], levels: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Lay how unsure a model is over an image: bright is unsure.

    Parameters
    ----------
    pixels
        (H, W, 3), RGB.
    levels
        (H, W), 0-255 for 0-1.
    """
    return _blended(pixels, levels, np.full(256, 217, np.uint8))


def reduced(values: NDArray[np.uint8], most_px: int = SHOWN_PX) -> NDArray[np.uint8]:
    """Return an image or a map no longer than `most_px` on its longer side."""
    height, width = values.shape[:2]
    scale = most_px / max(height, width)
    if scale >= 1:
        return values
    cv2 = load_cv2()
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small: NDArray[np.uint8] = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    return small


def _blended(
    pixels: NDArray[np.uint8], levels: NDArray[np.uint8], share: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Lay the colours of levels over a grey image; `share` of each level, 0-255."""
    cv2 = load_cv2()
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    grey = cv2.normalize(grey, None, 8, _BRIGHTEST, cv2.NORM_MINMAX)
    base = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    triple = cv2.cvtColor(np.ascontiguousarray(levels), cv2.COLOR_GRAY2RGB)
    colours = cv2.LUT(triple, hot_colours().reshape(1, 256, 3))
    weight = cv2.LUT(triple, share)
    kept = cv2.multiply(base, 255 - weight, scale=1 / 255)
    blended: NDArray[np.uint8] = cv2.add(
        kept, cv2.multiply(colours, weight, scale=1 / 255)
    )
    return blended


def _mark(picture: NDArray[np.uint8], at: tuple[int, int]) -> None:
    """Draw a white cross with a gap in its middle and a dark rim, in place."""
    cv2 = load_cv2()
    x, y = at
    for colour, width in (((16, 17, 18), 3), ((255, 255, 255), 1)):
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            near = (x + dx * _GAP, y + dy * _GAP)
            far = (x + dx * _CROSS, y + dy * _CROSS)
            cv2.line(picture, near, far, colour, width)
