"""What a view shows of a map: nearest neighbour, whole or in parts."""

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Cover, Rect


def nearest(values: NDArray[np.uint8], cover: Cover) -> NDArray[np.uint8]:
    """Return the values that a view shows, one for each of its device pixels.

    Parameters
    ----------
    values
        (H, W), one for each image pixel.

    Returns
    -------
    values
        (h, w) of the cover.
    """
    rows, columns = cover.rows, cover.columns
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    columns = columns - left
    if bottom - top > rows.size:
        if right - left > columns.size:
            return _picked(values[:, left:right], rows, columns)
        strip = values[rows, left:right]
        return strip.take(columns, axis=1, mode="clip")
    strip = np.ascontiguousarray(values[top:bottom, left:right])
    if right - left == columns.size and bottom - top == rows.size:
        return strip
    return strip.take(columns, axis=1, mode="clip").take(
        rows - top, axis=0, mode="clip"
    )


def _picked(
    values: NDArray[np.uint8], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.uint8]:
    """Return some columns of some rows, without a copy of the rows as they are wide."""
    picked = np.empty((rows.size, columns.size), np.uint8)
    for place, row in enumerate(rows.tolist()):
        values[row].take(columns, out=picked[place], mode="clip")
    return picked


def part_of(cover: Cover, at: Rect) -> Cover:
    """Return a part of a cover.

    Parameters
    ----------
    at
        In device pixels of the cover.
    """
    return Cover(
        cover.x + at.x,
        cover.y + at.y,
        cover.columns[at.x : at.right],
        cover.rows[at.y : at.bottom],
        cover.anchor_x + at.x,
        cover.anchor_y + at.y,
    )


def shown_part(cover: Cover, part: Rect) -> Rect:
    """Return the device pixels of a cover that show a part of the image.

    Parameters
    ----------
    part
        In image pixels.
    """
    left, right = np.searchsorted(cover.columns, (part.x, part.right))
    top, bottom = np.searchsorted(cover.rows, (part.y, part.bottom))
    return Rect(int(left), int(top), int(right - left), int(bottom - top))
