"""A strip of tiles of the output: which classes can win in each tile, and which does.

An interpolated score is a weighted mean of the scores around it. So a class that lies
below another one in all sources of a tile lies below it in every pixel of the tile. A
tile is small, so few classes are left in it; a strip of tiles is long, so the work on
it is long enough for numpy: the n-th class of every tile that has one is interpolated
and compared at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from segdesk.engine.paint.resample import Segment

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Labels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Rank:
    """Scores of the n-th class of each tile.

    Parameters
    ----------
    classes
        (columns,) uint8, the class in each column. Where a tile has no n-th class its
        first one stands again.
    plane
        (height, columns) float32. The tiles after these have no n-th class.
    """

    classes: Labels
    plane: Floats


class Strip(Protocol):
    """A strip of the output and the scores that it comes from."""

    @property
    def length(self) -> int:
        """Columns of a tile."""
        ...

    @property
    def bounds(self) -> Floats:
        """(tiles, C) upper bound of each class's score minus that of a strong one."""
        ...

    @property
    def rivals(self) -> Flags:
        """(tiles, C): the classes that can win in each tile."""
        ...

    def arrange(self, counts: NDArray[np.intp]) -> None:
        """Sort the tiles by a count, the highest first."""
        ...

    def ranks(self, wanted: Flags, *, least: int = 1) -> Iterator[Rank]:
        """Yield the scores of the wanted classes, ascending.

        Parameters
        ----------
        wanted
            (tiles, C).
        least
            Leave out tiles with fewer classes at the end of the strip.
        """
        ...

    def total(self) -> Floats:
        """Return the (height, columns) sum of the scores of all classes."""
        ...

    def restored(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return (height, columns) values with the tiles where they belong."""
        ...


class Columns:
    """The columns' resize for one strip: equal tiles, side by side.

    Parameters
    ----------
    runs
        Segments of the columns' axis, of one length but for the last.
    n_source
        Columns of the source.
    """

    def __init__(self, runs: Sequence[Segment], n_source: int) -> None:
        self.out = slice(runs[0].out.start, runs[-1].out.stop)
        length = runs[0].out.stop - runs[0].out.start
        reach = max(run.source.stop - run.source.start for run in runs)
        first = [min(run.source.start, n_source - reach) for run in runs]
        self.sources = np.array(first)[:, None] + np.arange(reach)
        self.matrices = np.zeros((len(runs), reach, length), np.float32)
        for begin, run, matrix in zip(first, runs, self.matrices, strict=True):
            low = run.source.start - begin
            high = run.source.stop - begin
            matrix[low:high, : len(run.matrix)] = run.matrix.T


class TileStrip:
    """A strip whose pixels are interpolated.

    Parameters
    ----------
    part
        (C, k, w) scores at the rows that the strip looks at.
    row
        The rows' resize.
    columns
        The columns' resize.
    """

    def __init__(self, part: Floats, row: Segment, columns: Columns) -> None:
        self._row = row.matrix
        self._columns = columns.matrices
        self.length = columns.matrices.shape[2]
        windows = part[:, :, columns.sources].transpose(2, 0, 1, 3)
        self._windows: Floats = np.ascontiguousarray(windows)
        self.bounds, self.rivals = _rivals(self._windows)
        self._order: NDArray[np.intp] | None = None

    def arrange(self, counts: NDArray[np.intp]) -> None:
        """Sort the tiles by a count, the highest first."""
        if np.all(counts[:-1] >= counts[1:]):
            return
        order = np.argsort(-counts, kind="stable")
        self._order = order
        self._windows = self._windows[order]
        self._columns = self._columns[order]
        self.bounds, self.rivals = self.bounds[order], self.rivals[order]

    def ranks(self, wanted: Flags, *, least: int = 1) -> Iterator[Rank]:
        """Yield the scores of the wanted classes, ascending."""
        counts = wanted.sum(axis=1)
        counts[counts < least] = 0
        most = int(counts.max())
        there = counts[:, None] > np.arange(most)
        classes = np.argsort(~wanted, axis=1, kind="stable")[:, :most]
        classes = np.where(there, classes, classes[:, :1])
        tiles = (len(counts) - there[::-1].argmax(axis=0)).tolist()
        columns = np.repeat(classes.T.astype(np.uint8), self.length, axis=1)
        every = np.arange(len(counts))
        for rank, count in enumerate(tiles):
            windows = self._windows[every[:count], classes[:count, rank]]
            yield Rank(columns[rank, : count * self.length], self._plane(windows))

    def total(self) -> Floats:
        """Return the (height, columns) sum of the scores of all classes."""
        return self._plane(self._windows.sum(axis=1))

    def restored(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return (height, columns) values with the tiles where they belong."""
        if self._order is None:
            return values
        shape = (len(values), *self._columns.shape[::2])
        result = np.empty(shape, values.dtype)
        result[:, self._order] = values.reshape(shape)
        return result.reshape(values.shape)

    def _plane(self, windows: Floats) -> Floats:
        """Interpolate (tiles, k, sources): `row · window · columns` for each tile."""
        wide = windows @ self._columns[: len(windows)]
        tall = wide.transpose(1, 0, 2).reshape(windows.shape[1], -1)
        plane: Floats = self._row @ tall
        return plane


class PlainStrip:
    """A strip whose scores are already at its pixels: one tile, nothing to prune.

    Parameters
    ----------
    part
        (C, height, width) scores.
    """

    def __init__(self, part: Floats) -> None:
        self._part = part
        self.length = part.shape[2]
        self.bounds: Floats = np.zeros((1, len(part)), np.float32)
        self.rivals: Flags = np.ones((1, len(part)), np.bool_)

    def arrange(self, counts: NDArray[np.intp]) -> None:
        """Do nothing: there is one tile."""

    def ranks(self, wanted: Flags, *, least: int = 1) -> Iterator[Rank]:
        """Yield the scores of the wanted classes, ascending."""
        classes = np.flatnonzero(wanted[0])
        for index in classes if len(classes) >= least else ():
            plane = self._part[index]
            yield Rank(np.full(plane.shape[1], index, np.uint8), plane)

    def total(self) -> Floats:
        """Return the (height, columns) sum of the scores of all classes."""
        total: Floats = self._part.sum(axis=0)
        return total

    def restored(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the values."""
        return values


def race(strip: Strip, height: int, *, score: bool) -> tuple[Labels, Floats]:
    """Return the class with the highest score at each pixel, and that score.

    Parameters
    ----------
    strip
        Sorted by the number of classes that are left in a tile.
    height
        Rows of the strip.
    score
        Whether the score of every pixel is wanted. Otherwise only tiles in which
        several classes can win are interpolated.

    Notes
    -----
    Ties go to the lower class, as in argmax. Labels are replaced by bit operations,
    several times faster than a masked write.
    """
    labels = np.repeat(strip.rivals.argmax(axis=1).astype(np.uint8), strip.length)
    labels = np.tile(labels, (height, 1))
    best: Floats = np.empty((height, 0), np.float32)
    for number, rank in enumerate(strip.ranks(strip.rivals, least=1 if score else 2)):
        if number == 0:
            best = rank.plane.copy()
            continue
        columns = rank.plane.shape[1]
        higher = (rank.plane > best[:, :columns]).view(np.uint8)
        np.negative(higher, out=higher)
        now = labels[:, :columns]
        now ^= (now ^ rank.classes) & higher
        np.maximum(best[:, :columns], rank.plane, out=best[:, :columns])
    return labels, best


def _rivals(windows: Floats) -> tuple[Floats, Flags]:
    """Return bounds and rivals; see `Strip`.

    Parameters
    ----------
    windows
        (tiles, C, k, sources).
    """
    count, classes, height, width = windows.shape
    flat = windows.reshape(count, classes, height * width)
    middle = (height // 2) * width + width // 2
    strong = flat[:, :, middle].argmax(axis=1)
    bounds: Floats = (flat - flat[np.arange(count), strong][:, None]).max(axis=2)
    return bounds, bounds >= 0
