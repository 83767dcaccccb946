"""Calming the labels of a video: each pixel takes what most frames around it say."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2

# All maps of a window, for so many pixels, stay in a core's cache.
_BAND_PX = 1 << 15


def majority(
    maps: Sequence[NDArray[np.uint8]], centre: int | None = None
) -> NDArray[np.uint8]:
    """Return the label that wins most often at each pixel.

    Where several win equally often, the centre's own label is taken if it is one of
    them, else that of the map nearest to it.

    Parameters
    ----------
    maps
        (H, W) each, of one size; from 1 to 255.
    centre
        Which of them is shown; None: the one in the middle.

    Returns
    -------
    labels
        (H, W); the given map itself where it is the only one.
    """
    middle = len(maps) // 2 if centre is None else centre
    own = maps[middle]
    if len(maps) == 1:
        return own
    # The centre first, then by distance: the first of equals wins.
    order = sorted(range(len(maps)), key=lambda index: (abs(index - middle), index))
    flat = [maps[index].reshape(1, -1) for index in order]
    out = np.empty_like(flat[0])
    for begin in range(0, out.shape[1], _BAND_PX):
        band = slice(begin, begin + _BAND_PX)
        _vote([part[:, band] for part in flat], out[:, band])
    return out.reshape(own.shape)


def _vote(maps: list[NDArray[np.uint8]], out: NDArray[np.uint8]) -> None:
    """Count for each map in how many it is repeated; the first with most wins."""
    cv2 = load_cv2()
    same = np.empty_like(maps[0])
    counts = [np.zeros_like(maps[0]) for _ in maps]
    for i, left in enumerate(maps):
        for j in range(i + 1, len(maps)):
            cv2.compare(left, maps[j], cv2.CMP_EQ, dst=same)
            # 255 is -1 in eight bits: taking it away adds one.
            np.subtract(counts[i], same, out=counts[i])
            np.subtract(counts[j], same, out=counts[j])
    best = counts[0]
    out[:] = maps[0]
    for count, labels in zip(counts[1:], maps[1:], strict=True):
        cv2.compare(count, best, cv2.CMP_GT, dst=same)
        np.maximum(best, count, out=best)
        cv2.copyTo(labels, same, out)
