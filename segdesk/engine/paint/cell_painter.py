"""Labels of an enlarged image: every pixel is looked at only along the borders.

MMSegmentation resizes the logits to the network's input and from there to the image.
Between the knots of both axes (see `knots`) scores are bilinear, so between four knots
that one class wins, it wins everywhere. The knots are few. What is left are the cells
on the borders of regions: these are cut into parts, and of the parts that still lie on
a border every pixel is looked at, for the few classes that can win there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.engine.paint.band_painter import BandPainter
from segdesk.engine.paint.contests import Contest, highest, joined, overtake
from segdesk.engine.paint.knots import Knots
from segdesk.engine.paint.postprocess import Geometry, Scores, Size, finite_scores
from segdesk.engine.paint.resample import Axis, Segment, segments
from segdesk.engine.paint.strips import Flags, Floats, Labels

Indices = NDArray[np.intp]

# Scores of a band of knots: few enough for a cache, many enough for one call.
_BAND_VALUES = 1 << 20
_BAND_ROWS = 8
_COLUMNS = 64
_PART_POINTS = 36
_CELLS = 8192


@dataclass(frozen=True, slots=True)
class _Band:
    """Rows `cells` of the cells, their pixels, and the resize to their knots."""

    cells: slice
    out: slice
    points: Segment


class CellPainter(BandPainter):
    """Paints labels on the CPU, for an image not smaller than what the network saw.

    Parameters
    ----------
    geometry
        The way from the head to the image.
    head
        (height, width) of the head's output.
    scores
        How the channels become a class.
    channels
        Number of channels of the head.
    """

    def __init__(
        self, geometry: Geometry, head: Size, scores: Scores, channels: int
    ) -> None:
        inner, outer = geometry.inner_axes(head), geometry.outer_axes()
        self._scores = scores
        self._rows, self._columns = map(Knots.of, inner, outer)
        self._is_tall = inner[0].is_identity
        axis = self._columns.points
        self._is_wide = axis.is_identity and len(axis) == axis.n_source
        self._runs = segments(axis, _COLUMNS)
        width = self._columns.cells + 1
        depth = max(_BAND_ROWS, _BAND_VALUES // (width * max(channels, 2)))
        self._bands = list(_bands(self._rows, depth))
        spans = [band.points.source for band in self._bands]
        ends = [band.out.stop for band in self._bands]
        shape = (len(outer[0]), len(outer[1]))
        super().__init__(spans, ends, inner[0].n_source, shape, confidence=False)

    def paint(
        self, source: torch.Tensor, first_row: int, check: Callable[[], None]
    ) -> None:
        """Paint all bands whose sources are there.

        Parameters
        ----------
        source
            (C, rows, w) scores of the head, float32, on the CPU.
        first_row
            Which row of the whole source its first one is.
        check
            Called before every band; raises to cancel.

        Raises
        ------
        ModelError
            When the scores are not numbers.
        """
        stack = finite_scores(self._scores.as_classes(source))
        for index, rows in self._ready(first_row, stack.shape[1]):
            check()
            band = self._bands[index]
            self._paint_band(band, self._knots(stack[:, rows], band.points))

    def _knots(self, part: torch.Tensor, points: Segment) -> Floats:
        """Return (C, rows, columns) scores at the knots."""
        if self._is_tall:
            tall = part[:, : len(points.matrix)]
        else:
            tall = torch.from_numpy(points.matrix) @ part.contiguous()
        if self._is_wide:
            return tall.contiguous().numpy()
        runs = [
            tall[..., run.source] @ torch.from_numpy(run.matrix.T) for run in self._runs
        ]
        return torch.cat(runs, dim=2).numpy()

    def _paint_band(self, band: _Band, grid: Floats) -> None:
        winners = highest(grid)
        parts = self._rows.first_part[band.cells.start : band.cells.stop + 1]
        down = np.repeat(np.arange(len(parts) - 1), np.diff(parts))
        across = np.repeat(np.arange(self._columns.cells), self._columns.parts)
        found = winners[:, across].take(down, axis=0)
        left: list[Contest] = []
        for contest in self._contests(band.cells, grid, winners):
            left.extend(self._cut(contest, found, int(parts[0])))
        wide = found.take(self._columns.part_of, axis=1)
        rows = self._rows.part_of[band.out] - parts[0]
        np.take(wide, rows, axis=0, out=self.labels[band.out])
        for contest in joined(left, _PART_POINTS):
            self._paint_parts(contest)

    def _contests(
        self, cells: slice, grid: Floats, winners: Labels
    ) -> Iterator[Contest]:
        """Yield the cells whose corners have several winners, by size."""
        height = cells.stop - cells.start
        mixed = _mixed(winners)[:height]
        mixed &= (self._rows.counts[cells] > 0)[:, None]
        mixed &= (self._columns.counts > 0)[None, :]
        flat, won = grid.reshape(len(grid), -1), winners.reshape(-1)
        width = grid.shape[2]
        classes = np.arange(len(flat), dtype=np.uint8)[:, None]
        tall, wide = self._rows.is_cut[cells], self._columns.is_cut
        for rows, columns in product((tall, ~tall), (wide, ~wide)):
            place = np.flatnonzero(mixed & rows[:, None] & columns)
            points = self._points(rows, columns, cells.start) if len(place) else 0
            for begin in range(0, len(place), _CELLS):
                y, x = np.divmod(place[begin : begin + _CELLS], mixed.shape[1])
                at = y * width + x
                at = np.stack((at, at + 1, at + width, at + width + 1))
                corners = np.empty((4, len(flat), len(y)), np.float32)
                for out, where in zip(corners, at, strict=True):
                    flat.take(where, axis=1, out=out, mode="clip")
                whole = Contest(
                    corners,
                    np.repeat(classes, len(y), axis=1),
                    np.stack((y + cells.start, x)),
                )
                yield from whole.narrowed(won[at], points)

    def _points(self, rows: Flags, columns: Flags, first: int) -> int:
        """Return how many places of a cell of a kind are looked at."""
        down = self._rows.parts[first + int(rows.argmax())] + 1
        return int(down * (self._columns.parts[columns.argmax()] + 1))

    def _cut(
        self, contest: Contest, found: Labels, first_part: int
    ) -> Iterator[Contest]:
        """Find the winners of the parts of cells; yield the parts on a border.

        Parameters
        ----------
        found
            Gets the winners.
        first_part
            Its first row.
        """
        y, x = contest.cells
        down, across = self._rows.lattice(y), self._columns.lattice(x)
        planes = np.zeros((len(contest.classes), len(down), *across.shape), np.float32)
        planes[1:] = contest.above_first(down, across)
        won = highest(planes)
        every = np.arange(contest.count)
        top = self._rows.first_part[y] - first_part
        begin = top * found.shape[1] + self._columns.first_part[x]
        steps = np.arange(len(down) - 1)[:, None] * found.shape[1]
        steps = steps + np.arange(len(across) - 1)
        classes = contest.classes.reshape(-1)
        index = won[:-1, :-1] * np.intp(contest.count) + every
        found.reshape(-1)[steps[:, :, None] + begin] = classes[index]
        differ = won[:-1, :-1] != won[:-1, 1:]
        differ |= won[:-1, :-1] != won[1:, :-1]
        differ |= won[:-1, :-1] != won[1:, 1:]
        i, j, cell = np.nonzero(differ)
        if not len(i):
            return
        at = (i * len(across) + j) * contest.count + cell
        below = len(across) * contest.count
        corners = (0, contest.count, below, below + contest.count)
        at = np.stack([at + step for step in corners])
        parts = Contest(
            np.stack([planes.reshape(len(planes), -1).take(a, axis=1) for a in at]),
            contest.classes[:, cell],
            np.stack(
                (
                    self._rows.first_part[y[cell]] + i,
                    self._columns.first_part[x[cell]] + j,
                )
            ),
        )
        yield from parts.narrowed(won.reshape(-1)[at], 16)

    def _paint_parts(self, contest: Contest) -> None:
        """Look at every pixel of some parts."""
        y, x = contest.cells
        rows, columns = self._rows.pixels(y), self._columns.pixels(x)
        labels = np.empty((len(rows), *columns.shape), np.uint8)
        labels[:] = contest.classes[0]
        best = np.zeros(labels.shape, np.float32)
        planes = contest.above_first(
            self._rows.share[rows], self._columns.share[columns]
        )
        for plane, classes in zip(planes, contest.classes[1:], strict=True):
            overtake(best, labels, plane, classes)
        at = rows[:, None] * self.labels.shape[1] + columns
        self.labels.reshape(-1)[at] = labels


def _bands(rows: Knots, depth: int) -> Iterator[_Band]:
    """Cut the rows of cells into bands of `depth`, each with its knots' resize."""
    for begin in range(0, rows.cells, depth):
        end = min(begin + depth, rows.cells)
        out = slice(int(rows.begin[begin]), int(rows.begin[end]))
        if out.start == out.stop:
            continue
        points = slice(begin, end + 1)
        axis = rows.points
        part = Axis(axis.first[points], axis.weights[points], axis.n_source)
        (segment,) = segments(part, len(part))
        yield _Band(slice(begin, end), out, segment)


def _mixed(winners: Labels) -> Flags:
    """Return whether the four knots around each cell have several winners."""
    first = winners[:-1, :-1]
    mixed: Flags = first != winners[:-1, 1:]
    mixed |= first != winners[1:, :-1]
    mixed |= first != winners[1:, 1:]
    return mixed
