"""Run lengths: COCO's, column by column, as numbers or packed text; CVAT's, by rows.

Written here rather than taken from pycocotools: sixty lines need no compiled package,
and that one does not say what is wrong with a damaged string.

Source of the packing: the format as COCO's files have it. Each number, from the fourth
on as the difference to the one two before it, is cut into groups of five bits, lowest
first; bit 6 says that another group follows; 48 is added to make it printable.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Size

Mask = NDArray[np.uint8]
_GROUP = 5
_MORE, _SIGN, _LOW = 0x20, 0x10, 0x1F


def runs_of(flat: Mask) -> list[int]:
    """Return the lengths of runs of 0 and 1 in turn; the first is of 0, maybe empty."""
    if not flat.size:
        return []
    edges = np.flatnonzero(np.diff(flat)) + 1
    bounds = np.concatenate(([0], edges, [flat.size]))
    lengths: list[int] = np.diff(bounds).tolist()
    return [0, *lengths] if flat[0] else lengths


def flat_of(runs: Iterable[int], length: int) -> Mask:
    """Return the 0 and 1 of runs.

    Raises
    ------
    ValueError
        When a run is negative, or they do not add up to `length`.
    """
    counts = np.array(list(runs), np.int64)
    if counts.size and counts.min() < 0:
        raise ValueError("a run has a negative length")
    if counts.sum() != length:
        msg = f"its runs add up to {counts.sum():,} px of {length:,}"
        raise ValueError(msg)
    values = (np.arange(counts.size) & 1).astype(np.uint8)
    return np.repeat(values, counts)


def decode_coco(counts: object, size: Size) -> Mask:
    """Return the mask (H, W) of COCO's numbers or packed text.

    Raises
    ------
    ValueError, TypeError
        When they are neither, or do not fit the size.
    """
    if isinstance(counts, str | bytes):
        runs = unpack(counts)
    elif isinstance(counts, list):
        runs = [int(one) for one in counts]
    else:
        raise TypeError("its run lengths are neither numbers nor text")
    flat = flat_of(runs, size.width * size.height)
    return np.ascontiguousarray(flat.reshape(size.width, size.height).T)


def unpack(text: str | bytes) -> list[int]:
    """Return the run lengths of COCO's text.

    Raises
    ------
    ValueError
        When it ends within a number, or has a letter that is none of its own.
    """
    data = text.encode("ascii", "replace") if isinstance(text, str) else text
    runs: list[int] = []
    value = shift = 0
    for letter in data:
        group = letter - 48
        if not 0 <= group < 64:
            raise ValueError("its packed runs hold a letter that is not theirs")
        value |= (group & _LOW) << shift
        shift += _GROUP
        if group & _MORE:
            continue
        if group & _SIGN:
            value -= 1 << shift
        runs.append(value + runs[-2] if len(runs) > 2 else value)
        value = shift = 0
    if shift:
        raise ValueError("its packed runs end within a number")
    return runs


def encode_rows(mask: Mask) -> list[int]:
    """Return a mask (h, w) of 0 and 1 as CVAT's numbers, row by row."""
    return runs_of(np.ascontiguousarray(mask).reshape(-1))


def decode_rows(runs: Iterable[int], size: Size) -> Mask:
    """Return the mask (h, w) of CVAT's numbers.

    Raises
    ------
    ValueError
        When they do not fit the size.
    """
    return flat_of(runs, size.width * size.height).reshape(size.height, size.width)
