"""Cutting a thing out of its box: GrabCut on a small copy, refined towards full size.

C. Rother, V. Kolmogorov, A. Blake, "GrabCut: interactive foreground extraction using
iterated graph cuts", SIGGRAPH 2004; OpenCV's implementation. Its time grows faster than
the number of pixels, so the whole is cut small, and each larger copy decides anew only
near the border found before.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.errors import InputError
from segdesk.core.flood import Patch, trimmed
from segdesk.core.geometry import Rect, Size
from segdesk.core.language import tr
from segdesk.core.shapes import Ring

Pixels = NDArray[np.uint8]

SMALLEST_BOX_PX = 8
LARGEST_BOX_PX = 20_000_000
_COARSE_PX = 256
_FINE_PX = 1024
_ROUNDS = 3
_BAND = 4  # pixels on both sides of a border that are decided anew
_MARGIN = 0.2


@dataclass(frozen=True, slots=True)
class Hint:
    """A stroke of the user over the picture: this is the thing, or this is not.

    Parameters
    ----------
    points
        Where the pen went.
    width
        Of the stroke in image pixels.
    """

    points: Ring
    width: float
    inside: bool


def check_box(box: Rect, size: Size) -> Rect:
    """Return the part of a box that lies in the image.

    Raises
    ------
    InputError
        When it is too small or too large to cut out.
    """
    box = box.within(size)
    extent = tr("{width:,} × {height:,} px", width=box.width, height=box.height)
    if min(box.width, box.height) < SMALLEST_BOX_PX:
        raise InputError(
            tr("Nothing was cut out."),
            cause=tr(
                "The box is {extent}; it needs {smallest_box_px} px on each side.",
                extent=extent,
                smallest_box_px=SMALLEST_BOX_PX,
            ),
            hint=tr("Draw it round the whole thing."),
        )
    if box.area > LARGEST_BOX_PX:
        raise InputError(
            tr("Nothing was cut out."),
            cause=tr(
                "The box is {extent}, {area:.0f} MP; the limit is "
                "{largest_box_px:.0f} MP.",
                extent=extent,
                area=box.area / 1000000.0,
                largest_box_px=LARGEST_BOX_PX / 1000000.0,
            ),
            hint=tr("Draw a smaller box, or use the edge lasso."),
        )
    return box


def cut_out(image: Pixels, box: Rect, hints: tuple[Hint, ...] = ()) -> Patch:
    """Return the thing in a box. Slow: call it on a worker.

    Parameters
    ----------
    image
        (H, W, 3) RGB, read only.
    box
        Round the whole thing; what lies outside is not part of it.
    hints
        Corrections, oldest first.

    Returns
    -------
    patch
        Without pixels when nothing was found.

    Raises
    ------
    InputError
        When the box is too small or too large.
    """
    cv2 = load_cv2()
    size = Size(image.shape[1], image.shape[0])
    box = check_box(box, size)
    margin = max(SMALLEST_BOX_PX, round(_MARGIN * max(box.width, box.height)))
    crop = box.grown(margin).within(size)
    pixels = image[crop.slices]
    known = _known(crop, box, hints)
    cv2.setRNGSeed(0)  # the same box gives the same thing
    mask = _coarse(pixels, known)
    while max(mask.shape) < min(_FINE_PX, max(crop.width, crop.height)):
        mask = _refined(pixels, known, mask)
    full = _scaled(mask * 255, Size(crop.width, crop.height), smooth=True) > 127
    full &= known != cv2.GC_BGD
    full |= known == cv2.GC_FGD
    return trimmed(full.view(np.uint8), crop)


def _known(crop: Rect, box: Rect, hints: tuple[Hint, ...]) -> Pixels:
    """Return what is certain, as GrabCut's marks."""
    cv2 = load_cv2()
    known = np.full((crop.height, crop.width), cv2.GC_BGD, np.uint8)
    known[box.moved(-crop.x, -crop.y).slices] = cv2.GC_PR_FGD
    for hint in hints:
        points = np.array(hint.points) - (crop.x + 0.5, crop.y + 0.5)
        line = np.rint(points).astype(np.int32).reshape(-1, 1, 2)
        width = max(1, round(hint.width))
        mark = cv2.GC_FGD if hint.inside else cv2.GC_BGD
        cv2.polylines(known, [line], False, int(mark), width)
    return known


def _coarse(pixels: Pixels, known: Pixels) -> Pixels:
    """Cut a small copy; (h, w), 1 inside."""
    cv2 = load_cv2()
    factor = min(1.0, _COARSE_PX / max(known.shape))
    size = _size(known, factor)
    marks = _marks(known, size)
    return _cut(_scaled(pixels, size), marks, _ROUNDS, cv2.GC_INIT_WITH_MASK)


def _refined(pixels: Pixels, known: Pixels, mask: Pixels) -> Pixels:
    """Cut a copy of twice the size again, near the border alone."""
    cv2 = load_cv2()
    factor = min(1.0, 2 * max(mask.shape) / max(known.shape))
    size = _size(known, factor)
    larger = _scaled(mask, size)
    marks = _marks(known, size)
    free = (marks == cv2.GC_PR_FGD) | (marks == cv2.GC_PR_BGD)
    kernel = np.ones((2 * _BAND + 1, 2 * _BAND + 1), np.uint8)
    core, reach = cv2.erode(larger, kernel), cv2.dilate(larger, kernel)
    marks[free & (larger > 0)] = cv2.GC_PR_FGD
    marks[free & (larger == 0)] = cv2.GC_PR_BGD
    marks[free & (core > 0)] = cv2.GC_FGD
    marks[free & (reach == 0)] = cv2.GC_BGD
    return _cut(_scaled(pixels, size), marks, 1, cv2.GC_INIT_WITH_MASK)


def _cut(pixels: Pixels, marks: Pixels, rounds: int, mode: int) -> Pixels:
    cv2 = load_cv2()
    inside = (marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)
    unsure = (marks == cv2.GC_PR_FGD) | (marks == cv2.GC_PR_BGD)
    if inside.any() and not inside.all() and unsure.any():
        models = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.grabCut(np.ascontiguousarray(pixels), marks, None, *models, rounds, mode)
        inside = (marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)
    mask: Pixels = inside.view(np.uint8)
    return mask


def _marks(known: Pixels, size: Size) -> Pixels:
    """Return marks at another size; thin strokes of the user stay."""
    cv2 = load_cv2()
    marks = _scaled(known, size)
    if marks.shape != known.shape:
        stroke = _scaled((known == cv2.GC_FGD).view(np.uint8) * 255, size, smooth=True)
        marks[stroke > 0] = cv2.GC_FGD
    return marks


def _size(known: Pixels, factor: float) -> Size:
    height, width = known.shape
    return Size(max(1, round(width * factor)), max(1, round(height * factor)))


def _scaled(pixels: Pixels, size: Size, *, smooth: bool = False) -> Pixels:
    cv2 = load_cv2()
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels.copy()
    smaller = size.width < pixels.shape[1]
    how = cv2.INTER_NEAREST
    if pixels.ndim == 3 or smooth:
        how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    scaled: Pixels = cv2.resize(pixels, size, interpolation=how)
    return scaled
