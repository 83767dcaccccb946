"""What of a contour is light when it is dashed."""

import numpy as np
from numpy.typing import NDArray

DASH_PX = 7
_ROW_PX = 2


def dashes(
    shape: tuple[int, ...], anchor: tuple[int, int], ratio: float = 1.0
) -> NDArray[np.bool_]:
    """Return a pattern that is fixed to the picture: any line across it is dashed.

    Each row of dashes is pushed by one more step than the row above was, so that no
    direction follows the dashes from row to row; on a checkerboard a diagonal would.
    No contour has to be traced for it.

    Parameters
    ----------
    shape
        (h, w).
    anchor
        Column and row of the first pixel, counted from the picture's corner.
    ratio
        Device pixels for one logical pixel.

    Returns
    -------
    light
        (h, w); half of it is set.
    """
    length = max(1, round(DASH_PX * ratio))
    row = (np.arange(shape[0]) + anchor[1]) // max(1, round(_ROW_PX * ratio))
    pushed = max(1, round(ratio)) * (row * (row + 1) // 2)
    column = np.arange(shape[1]) + anchor[0]
    period = 2 * length
    column = column % period
    phases = (np.arange(period)[:, None] + column[None, :]) % period < length
    light: NDArray[np.bool_] = phases[pushed % period]
    return light
