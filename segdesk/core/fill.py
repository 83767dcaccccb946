"""Filling: a connected region, its holes, what a stroke encloses."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.edits import RasterEdit, plan_mask
from segdesk.core.flood import NOTHING, Patch, connected, holes, trimmed
from segdesk.core.geometry import Rect
from segdesk.core.shapes import Point
from segdesk.core.tiles import size_of

Pixels = NDArray[np.uint8]


def region(labels: Pixels, place: Point, window: Rect | None = None) -> Patch | None:
    """Return the connected region of one label round a place.

    Parameters
    ----------
    labels
        (H, W).
    place
        Inside the image.
    window
        Where to look; None: everywhere.

    Returns
    -------
    patch
        None when the region goes on behind the window.
    """
    return connected(labels, (int(place.x), int(place.y)), window=window)


def holes_of_region(
    labels: Pixels, place: Point, window: Rect | None = None
) -> Patch | None:
    """Return the holes of the region round a place; None as in `region`."""
    patch = region(labels, place, window)
    return patch and trimmed(holes(patch.mask), patch.rect)


def holes_of_class(labels: Pixels, index: int, largest_px: int = 0) -> Patch:
    """Return all holes of all regions of a class. Slow on large images.

    Parameters
    ----------
    labels
        (H, W).
    index
        The class.
    largest_px
        Larger holes stay; 0: none is too large.
    """
    mask = (labels == index).view(np.uint8)
    whole = trimmed(mask, Rect(0, 0, *size_of(labels)))
    if whole is NOTHING:
        return NOTHING
    found = holes(whole.mask)
    if largest_px:
        found = _no_larger(found, largest_px)
    return trimmed(found, whole.rect)


def fill_patch(
    labels: Pixels, patch: Patch, value: int, allowed: NDArray[np.bool_]
) -> RasterEdit | None:
    """Return the edit that gives a patch one class under a rule.

    Parameters
    ----------
    labels
        (H, W), read only.
    allowed
        (256,), what `PaintRule.allows` returned.
    """
    return plan_mask(labels, patch.mask, patch.rect, value, allowed)


def comes_round(way: list[Point], reach: float) -> bool:
    """Tell whether a stroke may enclose something: it comes near where it was.

    Parameters
    ----------
    way
        Where the pen was, in order.
    reach
        How near is near: the size of the brush.
    """
    reach = max(reach, 1.0)
    first_at: dict[tuple[float, float], float] = {}
    gone = 0.0
    for before, place in zip(way[:1] + way, way, strict=False):
        dx, dy = place.x - before.x, place.y - before.y
        length = math.hypot(dx, dy)
        steps = math.ceil(length / reach) or 1
        for part in (step / steps for step in range(1, steps + 1)):
            cell = (before.x + dx * part) // reach, (before.y + dy * part) // reach
            now = gone + length * part
            if any(now - first_at.get(near, now) > 3 * reach for near in _round(*cell)):
                return True
            first_at.setdefault(cell, now)
        gone += length
    return False


def _round(column: float, row: float) -> Iterator[tuple[float, float]]:
    """Yield a cell and its eight neighbours."""
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            yield column + dx, row + dy


def _no_larger(mask: Pixels, largest_px: int) -> Pixels:
    cv2 = load_cv2()
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    keep = stats[:, cv2.CC_STAT_AREA] <= largest_px
    keep[0] = False
    kept: Pixels = keep[numbers].view(np.uint8)
    return kept
