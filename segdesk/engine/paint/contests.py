"""Cells in which several classes can win, and which of them do.

Within a cell scores are bilinear between its corners. So a class that lies below
another one at all four corners lies below it in every pixel of the cell.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.engine.paint.knots import Floats, Indices

Flags = NDArray[np.bool_]
Labels = NDArray[np.uint8]

# Cells are taken together by how many classes can win, up to one of these numbers.
_SIZES = np.array((2, 3, 4, 6, 8, 12, 16, 32, 64, 128, 256))
# As many scores at a time as stay in a core's cache.
_VALUES = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """Some cells and the classes that can win in them.

    Parameters
    ----------
    corners
        (4, k, n) scores of k classes in n cells: above left, above right, below left,
        below right.
    classes
        (k, n), ascending; where fewer than k can win the last one stands again.
    cells
        (2, n): which row and which column of cells.
    """

    corners: Floats
    classes: Labels
    cells: Indices

    @property
    def count(self) -> int:
        """Number of cells."""
        return int(self.cells.shape[1])

    def narrowed(self, winners: NDArray[Any], points: int) -> "Iterator[Contest]":
        """Leave out the classes that cannot win; cells of as many then go together.

        Parameters
        ----------
        winners
            (4, n) which of the k is the highest at each corner.
        points
            How many places of a cell will be looked at.
        """
        alive = self._rivals(winners)
        k, n = alive.shape
        counts = np.count_nonzero(alive, axis=0)
        starts = np.cumsum(counts) - counts
        which = np.flatnonzero(np.ascontiguousarray(alive.T))
        which -= np.repeat(np.arange(0, n * k, k), counts)
        sizes = np.searchsorted(_SIZES, counts)
        for index in np.flatnonzero(np.bincount(sizes)).tolist():
            chosen = np.flatnonzero(sizes == index)
            size = min(int(_SIZES[index]), k)
            step = max(1, _VALUES // (size * points))
            for begin in range(0, len(chosen), step):
                some = chosen[begin : begin + step]
                rank = np.minimum(np.arange(size)[:, None], counts[some] - 1)
                place = which[starts[some] + rank]
                place *= n
                place += some
                yield Contest(
                    self.corners.reshape(4, -1).take(place, axis=1),
                    self.classes.reshape(-1).take(place),
                    self.cells[:, some],
                )

    def above_first(self, down: Floats, across: Floats) -> Floats:
        """Return how far each class but the first is above it, at places of the cells.

        Parameters
        ----------
        down, across
            (h, n) and (w, n): where these lie between the corners, 0-1.

        Returns
        -------
        planes
            (k - 1, h, w, n).
        """
        a, b, c, d = self.corners[:, 1:, None] - self.corners[:, :1, None]
        left, right = (c - a) * down, (d - b) * down
        left += a
        right += b
        right -= left
        planes: Floats = right[:, :, None] * across
        planes += left[:, :, None]
        return planes

    def _rivals(self, winners: NDArray[Any]) -> Flags:
        """Return (k, n): the classes that no corner's winner beats at all corners."""
        alive: Flags = np.ones(self.classes.shape, np.bool_)
        flat = self.corners.reshape(4, -1)
        every = np.arange(self.count)
        for strong in winners[[0, 3]]:
            bars = flat.take(strong * np.intp(self.count) + every, axis=1)
            holds = self.corners[0] >= bars[0]
            for scores, bar in zip(self.corners[1:], bars[1:], strict=True):
                holds |= scores >= bar
            alive &= holds
        return alive


def joined(contests: Iterable[Contest], points: int) -> Iterator[Contest]:
    """Put contests of as many classes together, as many cells as are done at once.

    Parameters
    ----------
    points
        How many places of a cell will be looked at.
    """
    alike: dict[int, list[Contest]] = {}
    for contest in contests:
        alike.setdefault(len(contest.classes), []).append(contest)
    for size, some in alike.items():
        corners = np.concatenate([one.corners for one in some], axis=2)
        classes = np.concatenate([one.classes for one in some], axis=1)
        cells = np.concatenate([one.cells for one in some], axis=1)
        step = max(1, _VALUES // (size * points))
        for begin in range(0, cells.shape[1], step):
            part = slice(begin, begin + step)
            yield Contest(corners[..., part], classes[:, part], cells[:, part])


def highest(planes: Floats) -> Labels:
    """Return which of (k, …) planes is the highest; ties go to the lower one."""
    best = planes[0].copy()
    labels: Labels = np.zeros(best.shape, np.uint8)
    for index in range(1, len(planes)):
        overtake(best, labels, planes[index], index)
    return labels


def overtake(best: Floats, labels: Labels, plane: Floats, label: Labels | int) -> None:
    """Write a label where its scores are higher than the best so far, in place.

    Parameters
    ----------
    label
        Higher than all before, so that the highest of the labels is the last one.
    """
    higher = (plane > best).view(np.uint8)
    higher *= np.asarray(label, np.uint8)
    np.maximum(labels, higher, out=labels)
    np.maximum(best, plane, out=best)
