"""Where the classes of a map meet: the pixels that a contour and its halo cover.

Everything is one pass over the map's memory, row ends included, so that another
visibility of a class is on screen at once.
"""

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2

Mask = NDArray[np.bool_]


def edges(values: NDArray[np.uint8], nothing: int) -> Mask:
    """Return the pixels beside another value: neighbour ≠ self, up, down, left, right.

    Parameters
    ----------
    values
        (h, w).
    nothing
        A value that has no edge.
    """
    height, width = values.shape
    edge: Mask = np.zeros((height, width), np.bool_)
    if not values.size:
        return edge
    flat, line = np.ascontiguousarray(values).reshape(-1), edge.reshape(-1)
    beside = flat[1:] != flat[:-1]
    beside[width - 1 :: width] = False  # the last of a row and the first of the next
    line[1:] = beside
    line[:-1] |= beside
    below = flat[width:] != flat[:-width]
    line[width:] |= below
    line[:-width] |= below
    line &= flat != nothing
    return edge


def widened(edge: Mask, values: NDArray[np.uint8], nothing: int, steps: int) -> Mask:
    """Return the edge grown into its own class.

    Parameters
    ----------
    edge
        (h, w), as `edges` returns it for `values` and `nothing`.
    steps
        Pixels that it grows.
    """
    if steps <= 0:
        return edge
    cv2 = load_cv2()
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    inside = values != nothing
    for _ in range(steps):
        grown = cv2.dilate(edge.view(np.uint8), cross).view(np.bool_)
        edge = grown & inside
    return edge


def haloed(edge: Mask, reach: int) -> Mask:
    """Return the edge with all pixels that lie up to `reach` px from it in x and y."""
    if reach <= 0 or not edge.size:
        return edge
    cv2 = load_cv2()
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    wide: Mask = cv2.dilate(edge.view(np.uint8), square).view(np.bool_)
    return wide
