"""Which parts of a map differ from what it was: few rectangles, cheap to draw again."""

from collections.abc import Iterable
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Rect

TILE_PX = 64
_PART_COST_PX = 30_000  # what each part costs on its own, as if it were so many pixels


def changed_parts(
    before: NDArray[np.uint8], after: NDArray[np.uint8]
) -> tuple[Rect, ...]:
    """Return rectangles that together hold all pixels in which two maps differ.

    The edge of a large brush that moved on is long and thin: tiles along it are far
    fewer pixels than the rectangle round it. Where one rectangle costs less, it is one.

    Parameters
    ----------
    before, after
        (h, w) each.
    """
    height, width = before.shape
    if not before.size:
        return ()
    whole = Rect(0, 0, width, height)
    tiles = _differing_tiles(before, after)
    if tiles.all():
        return (whole,)
    parts = [part.shared(whole) for part in _joined_runs(tiles)]
    around = reduce(Rect.joined, parts, Rect(0, 0, 0, 0))
    apart = sum(part.area + _PART_COST_PX for part in parts)
    return (around,) if around.area + _PART_COST_PX <= apart else tuple(parts)


def _differing_tiles(
    before: NDArray[np.uint8], after: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    """Return the tiles in which two maps differ, eight pixels looked at as one."""
    height, width = before.shape
    columns = -(-width // TILE_PX)
    differs = np.zeros((height, columns * TILE_PX), np.bool_)
    np.not_equal(before, after, out=differs[:, :width])
    words = differs.view(np.uint64)
    rows = [
        np.bitwise_or.reduce(words[top : top + TILE_PX], axis=0)
        for top in range(0, height, TILE_PX)
    ]
    found = np.stack(rows).reshape(len(rows), columns, -1).max(axis=-1)
    tiles: NDArray[np.bool_] = found != 0
    return tiles


def fewer(parts: Iterable[Rect]) -> tuple[Rect, ...]:
    """Return rectangles round the same, those joined that cost less as one.

    Parameters
    ----------
    parts
        Neighbours follow one another; empty ones are left out.
    """
    kept: list[Rect] = []
    for part in parts:
        if not part.area:
            continue
        joined = kept[-1].joined(part) if kept else part
        if kept and joined.area <= kept[-1].area + part.area + _PART_COST_PX:
            kept[-1] = joined
        else:
            kept.append(part)
    return tuple(kept)


def _joined_runs(tiles: NDArray[np.bool_]) -> list[Rect]:
    """Return the set tiles as rectangles: runs of a row, with equal runs below."""
    parts: list[Rect] = []
    growing: dict[tuple[int, int], int] = {}
    for row, line in enumerate(tiles):
        edges = np.flatnonzero(np.diff(line, prepend=False, append=False)).tolist()
        runs = list(zip(edges[::2], edges[1::2], strict=True))
        grown = {}
        for run in runs:
            place = growing.get(run)
            if place is None:
                place = len(parts)
                left, right = (edge * TILE_PX for edge in run)
                parts.append(Rect(left, row * TILE_PX, right - left, TILE_PX))
            else:
                old = parts[place]
                parts[place] = old._replace(height=old.height + TILE_PX)
            grown[run] = place
        growing = grown
    return parts
