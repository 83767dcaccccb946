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
    differs = before != after
    tops = range(0, differs.shape[0], TILE_PX)
    lefts = np.arange(0, differs.shape[1], TILE_PX)
    if not differs.size:
        return ()
    rows = [differs[top : top + TILE_PX].any(axis=0) for top in tops]
    tiles = np.logical_or.reduceat(np.stack(rows), lefts, axis=1)
    whole = Rect(0, 0, differs.shape[1], differs.shape[0])
    parts = [part.shared(whole) for part in _joined_runs(tiles)]
    around = reduce(Rect.joined, parts, Rect(0, 0, 0, 0))
    apart = sum(part.area + _PART_COST_PX for part in parts)
    return (around,) if around.area + _PART_COST_PX <= apart else tuple(parts)


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
