"""One axis of an enlarged image: where the way from scores to pixels bends.

The head's points are resized to the network's input and from there to the image, both
times along straight lines. Between two points of the input that lie between the same
two of the head both lines are one: a pixel there can be had from the two ends of such a
stretch. These ends are the knots; there are two for each point of the head at most.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segdesk.engine.paint.resample import Axis

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

# A part of a cell has at most this many pixels along an axis.
_PART_PX = 6


@dataclass(frozen=True)
class Knots:
    """The cells between the knots of one axis, and the parts of these cells.

    A cell of many pixels is cut into 2, 4, 8 … parts.

    Parameters
    ----------
    points
        The resize from the head's points to the knots.
    begin
        (cells + 1,) first pixel of each cell; its last entry is the number of pixels.
    place
        (pixels,) where each pixel lies between the knots of its cell, 0-1.
    """

    points: Axis
    begin: Indices
    place: NDArray[np.float64]

    @classmethod
    def of(cls, inner: Axis, outer: Axis) -> "Knots":
        """Find the knots.

        Parameters
        ----------
        inner
            From the head to the content of the network's input.
        outer
            From there to the image.
        """
        at = _bends(inner)
        pixels = outer.first + outer.weights[:, 1].astype(np.float64)
        cell = np.searchsorted(at, pixels, side="right") - 1
        cell = np.clip(cell, 0, len(at) - 2)
        length = np.maximum(at[cell + 1] - at[cell], 1)
        return cls(
            Axis(inner.first[at], inner.weights[at], inner.n_source),
            np.searchsorted(cell, np.arange(len(at))),
            (pixels - at[cell]) / length,
        )

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.begin) - 1

    @cached_property
    def counts(self) -> Indices:
        """(cells,) pixels of each cell."""
        return np.diff(self.begin)

    @cached_property
    def parts(self) -> Indices:
        """(cells,) into how many parts each cell is cut: small ones are left whole.

        There are two kinds of cells at most, so that many can be done at once.
        """
        most = 1
        while most * _PART_PX < self.counts.max(initial=0):
            most *= 2
        return np.where(self.counts > max(most, _PART_PX), most, 1)

    @cached_property
    def is_cut(self) -> NDArray[np.bool_]:
        """(cells,) whether a cell is cut into parts."""
        return self.parts > 1

    @cached_property
    def first_part(self) -> Indices:
        """(cells + 1,) number of each cell's first part."""
        return np.concatenate(([0], np.cumsum(self.parts)))

    @cached_property
    def part_begin(self) -> Indices:
        """(parts + 1,) first pixel of each part."""
        cell = np.repeat(np.arange(self.cells), self.parts)
        step = np.arange(len(cell)) - self.first_part[cell]
        inside = self.counts[cell] * step // self.parts[cell]
        return np.append(self.begin[cell] + inside, self.begin[-1])

    @cached_property
    def ends(self) -> Floats:
        """(2, parts) where each part begins and ends between the knots of its cell.

        Neighbours meet half-way between their pixels; the first begins at its first
        pixel, the last ends at its last one.
        """
        begin = self.part_begin
        last = len(self.place) - 1
        here = self.place[np.minimum(begin[:-1], last)]
        before = self.place[np.clip(begin[:-1] - 1, 0, last)]
        until = self.place[np.clip(begin[1:] - 1, 0, last)]
        after = self.place[np.clip(begin[1:], 0, last)]
        is_first, is_last = np.zeros((2, len(here)), np.bool_)
        is_first[self.first_part[:-1]] = True
        is_last[self.first_part[1:] - 1] = True
        low = np.where(is_first, here, (before + here) / 2)
        high = np.where(is_last, until, (until + after) / 2)
        return np.stack((low, high)).astype(np.float32)

    @cached_property
    def part_of(self) -> Indices:
        """(pixels,) the part in which each pixel lies."""
        return np.repeat(np.arange(len(self.part_begin) - 1), np.diff(self.part_begin))

    @cached_property
    def share(self) -> Floats:
        """(pixels,) where each pixel lies between the ends of its part, 0-1."""
        low, high = self.ends[:, self.part_of]
        length = high - low
        share = np.zeros(len(low), np.float32)
        np.divide(
            self.place - low, length, out=share, where=length > 0, casting="unsafe"
        )
        return share

    def lattice(self, cells: Indices) -> Floats:
        """Return (parts + 1, n): where the parts of cells of as many parts meet."""
        count = int(self.parts[cells[0]])
        first = self.first_part[cells]
        low = self.ends[0][first + np.arange(count)[:, None]]
        return np.concatenate((low, self.ends[1][first + count - 1][None]))

    def pixels(self, parts: Indices) -> Indices:
        """Return (longest, n) pixels of parts; a short one's last is repeated."""
        begin, after = self.part_begin[parts], self.part_begin[parts + 1]
        steps = np.arange(int((after - begin).max(initial=0)))[:, None]
        return np.minimum(begin + steps, after - 1)


def _bends(inner: Axis) -> Indices:
    """Return the positions of an axis between which it is straight, two at least."""
    place = inner.first + inner.weights[:, 1]
    turns = np.flatnonzero(np.diff(inner.first))
    # Positions before the centre of the first point all lie on it.
    held, last = int(np.count_nonzero(place == place[0])) - 1, len(place) - 1
    edges = np.array((0, last, held, min(held + 1, last)))
    at = np.unique(np.concatenate((edges, turns, turns + 1))).astype(np.intp)
    return at if len(at) > 1 else np.zeros(2, np.intp)
