"""Connected patches: of one label, or of like colour, round a place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.geometry import Rect, Size

Pixels = NDArray[np.uint8]

_REACHED = 2
_STRIP_CELLS = 32
MOST_STEP = 15  # one pixel of a larger cell is lost in rounding
WINDOW_PX = 1024  # side of the part that is searched while the user waits


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Some pixels of an image.

    Parameters
    ----------
    rect
        The smallest rectangle round them; empty when there are none.
    mask
        (h, w) uint8, 1 inside.
    """

    rect: Rect
    mask: Pixels

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return int(load_cv2().countNonZero(self.mask))


NOTHING = Patch(Rect(0, 0, 0, 0), np.zeros((0, 0), np.uint8))


def trimmed(mask: Pixels, rect: Rect) -> Patch:
    """Return the pixels of a mask with no empty margin.

    Parameters
    ----------
    mask
        (h, w), 1 inside.
    rect
        Its place in the image.
    """
    x, y, width, height = load_cv2().boundingRect(mask)
    part = Rect(x, y, width, height)
    return Patch(part.moved(rect.x, rect.y), mask[part.slices]) if width else NOTHING


def window_round(x: float, y: float, size: Size, side: int = WINDOW_PX) -> Rect:
    """Return a square of the image round a place, moved inward at the borders."""
    left = min(max(int(x) - side // 2, 0), max(size.width - side, 0))
    top = min(max(int(y) - side // 2, 0), max(size.height - side, 0))
    return Rect(left, top, side, side).within(size)


def connected(
    pixels: Pixels,
    seed: tuple[int, int],
    tolerance: int = 0,
    window: Rect | None = None,
    *,
    in_part: bool = False,
) -> Patch | None:
    """Return what is connected to a pixel by its sides, and like it.

    Parameters
    ----------
    pixels
        (H, W) labels or (H, W, 3) colours, read only.
    seed
        x, y of the pixel, in the window.
    tolerance
        How far each channel may be from the seed's; labels are alike or not.
    window
        Where to look; None: everywhere. Time follows what is looked at.
    in_part
        Return what lies in the window even when there is more behind it.

    Returns
    -------
    patch
        None when it goes on behind an inner border of the window.
    """
    cv2 = load_cv2()
    whole = Rect(0, 0, pixels.shape[1], pixels.shape[0])
    window = whole if window is None else window
    mask = _alike(pixels, seed, tolerance, window)
    place = (seed[0] - window.x, seed[1] - window.y)
    _, _, _, found = cv2.floodFill(mask, None, place, _REACHED, 0, 0, 4)
    inner = Rect(*found)
    rect = inner.moved(window.x, window.y)
    if not in_part and _leaves(rect, window, whole):
        return None
    return Patch(rect, (mask[inner.slices] == _REACHED).view(np.uint8))


def connected_coarsely(labels: Pixels, seed: tuple[int, int], step: int) -> Patch:
    """Return about what is connected to a pixel and has its label, on a coarse grid.

    A cell counts when any of its pixels has the label, so thin lines do not break; what
    is apart by less than a cell counts as connected. Takes a fraction of the time and
    of the memory of `connected`.

    Parameters
    ----------
    labels
        (H, W), read only.
    seed
        x, y of the pixel.
    step
        Side of a cell, 1 to `MOST_STEP` px.

    Returns
    -------
    patch
        In cells.
    """
    cv2 = load_cv2()
    height, width = labels.shape
    rows, columns = -(-height // step), -(-width // step)
    cells = np.zeros((rows, columns), np.uint8)
    label = int(labels[seed[1], seed[0]])
    for top in range(0, rows, _STRIP_CELLS):
        bottom = min(rows, top + _STRIP_CELLS)
        strip = labels[top * step : bottom * step]
        alike = cv2.compare(strip, label, cv2.CMP_EQ)
        below, right = (bottom - top) * step - len(strip), columns * step - width
        if below or right:
            alike = cv2.copyMakeBorder(
                alike, 0, below, 0, right, cv2.BORDER_CONSTANT, value=0
            )
        size = (columns, bottom - top)
        shares = cv2.resize(alike, size, interpolation=cv2.INTER_AREA)
        np.minimum(shares, 1, out=cells[top:bottom])
    place = seed[0] // step, seed[1] // step
    _, _, _, found = cv2.floodFill(cells, None, place, _REACHED, 0, 0, 4)
    rect = Rect(*found)
    return Patch(rect, (cells[rect.slices] == _REACHED).view(np.uint8))


def like(pixels: Pixels, seed: tuple[int, int], tolerance: int, window: Rect) -> Patch:
    """Return all pixels of a window that are like a pixel.

    Parameters
    ----------
    pixels
        (H, W) labels or (H, W, 3) colours, read only.
    seed
        x, y of the pixel, anywhere in the image.
    tolerance
        How far each channel may be from the seed's.
    """
    return trimmed(_alike(pixels, seed, tolerance, window), window)


def _alike(
    pixels: Pixels, seed: tuple[int, int], tolerance: int, window: Rect
) -> Pixels:
    """Return (h, w), 1 where a pixel is like the seed."""
    part = pixels[window.slices]
    if part.ndim == 2:
        same: Pixels = (part == pixels[seed[1], seed[0]]).view(np.uint8)
        return same
    cv2 = load_cv2()
    colour = pixels[seed[1], seed[0]].astype(int)
    low, high = (
        tuple((colour - tolerance).tolist()),
        tuple((colour + tolerance).tolist()),
    )
    near: Pixels = cv2.inRange(part, low, high)
    return np.minimum(near, 1, out=near)


def holes(mask: Pixels) -> Pixels:
    """Return the pixels that an area encloses without being part of it.

    Corners close: what is enclosed touches the outside by no side.

    Parameters
    ----------
    mask
        (h, w), 1 inside.

    Returns
    -------
    holes
        (h, w) uint8, 1 in the holes.
    """
    cv2 = load_cv2()
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(framed, None, (0, 0), 1, 0, 0, 4)
    inside: Pixels = cv2.bitwise_xor(framed[1:-1, 1:-1], 1)
    return inside


def _leaves(patch: Rect, window: Rect, whole: Rect) -> bool:
    """Tell whether a patch reaches a border of the window that is not the image's."""
    return (
        (patch.x == window.x > whole.x)
        or (patch.y == window.y > whole.y)
        or (patch.right == window.right < whole.right)
        or (patch.bottom == window.bottom < whole.bottom)
    )
