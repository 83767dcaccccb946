"""What a prediction gets wrong: a code for every pixel, and the colours of codes."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.confusion import EXTRA, HIT, MISSED, RIGHT_OTHER, error_map

Labels = NDArray[np.uint8]

SWAPPED = 4  # one class taken for another one, when no class is asked for
ERROR_RGB = {
    HIT: (0xB9, 0xC0, 0xC9),
    EXTRA: (0xEE, 0x6A, 0x05),
    MISSED: (0x3D, 0x6D, 0xFA),
    SWAPPED: (0xE5, 0x48, 0x4D),
}
_HIT_SHARE = 0.35  # what is right stands back
_SHARE = 0.75


def error_codes(
    truth: Labels, said: Labels, index: int | None, background: int | None
) -> Labels:
    """Return what is right and wrong at every pixel.

    Parameters
    ----------
    truth, said
        (h, w) class indices of one class list.
    index
        The class that is asked for; None: all of them.
    background
        Index of the background, if there is one: what is nothing but that is missed.

    Returns
    -------
    codes
        (h, w): HIT, EXTRA, MISSED, SWAPPED, or RIGHT_OTHER where nothing is to be said
        and where the truth is ignored.
    """
    if index is not None:
        return error_map(truth, said, index)
    codes = np.full(truth.shape, RIGHT_OTHER, np.uint8)
    wrong = (truth != said) & (truth != IGNORE_INDEX)
    codes[wrong] = SWAPPED
    if background is not None:
        codes[wrong & (truth == background)] = EXTRA
        codes[wrong & (said == background)] = MISSED
    return codes


@cache
def error_table() -> tuple[int, ...]:
    """Return the colour of each code, 0xAARRGGBB, not premultiplied."""
    table = [0] * 256
    for code, (red, green, blue) in ERROR_RGB.items():
        alpha = round(255 * (_HIT_SHARE if code == HIT else _SHARE))
        table[code] = alpha << 24 | red << 16 | green << 8 | blue
    return tuple(table)
