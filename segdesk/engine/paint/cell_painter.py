"""Labels of an enlarged image: every pixel is looked at only along the borders.

MMSegmentation resizes the logits to the network's input and from there to the image.
The second resize is bilinear between the points of that grid, so between four points
that one class wins, it wins everywhere. The grid is small. What is left are the cells
on the borders of regions, and in them the few classes that can win.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.engine.paint.band_painter import BandPainter
from segdesk.engine.paint.postprocess import Geometry, Scores, Size, finite_scores
from segdesk.engine.paint.resample import Axis, Segment, segments
from segdesk.engine.paint.strips import Flags, Floats, Labels

Indices = NDArray[np.intp]
Weights = tuple[Floats, Floats]

# Scores of a band of the grid: few enough for a core's cache, many enough for one call.
_BAND_VALUES = 1 << 19
_BAND_ROWS = 8
_COLUMNS = 64
_CELLS = 4096
# Where more classes can win than this, all are looked at, in some cells at once.
_CROWD, _CROWDED_CELLS = 24, 32


@dataclass(frozen=True, slots=True)
class _Cells:
    """One axis of the grid's cells: which pixels lie between two of its points.

    Parameters
    ----------
    first
        (n_out,) point before each pixel.
    begin
        (n_grid + 1,) first pixel of each cell; its last entry is n_out.
    beyond
        (n_out,) weight of the point after each pixel.
    """

    first: Indices
    begin: Indices
    beyond: Floats

    @classmethod
    def of(cls, outer: Axis) -> "_Cells":
        begin = np.searchsorted(outer.first, np.arange(outer.n_source + 1))
        return cls(outer.first, begin, outer.weights[:, 1])

    @property
    def counts(self) -> Indices:
        return np.diff(self.begin)

    def pixels(self, cells: Indices) -> Indices:
        """Return (longest, cells) pixels of cells; a short one's last is repeated."""
        steps = np.arange(int(self.counts.max()))[:, None]
        return np.minimum(self.begin[cells] + steps, self.begin[cells + 1] - 1)


@dataclass(frozen=True, slots=True)
class _Band:
    """Cells `cells` of the rows, the points around them, and their sources."""

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
        self._rows, self._columns = (_Cells.of(axis) for axis in outer)
        self._widened = _Widened(geometry, head, inner[1])
        self._is_tall = inner[0].is_identity
        width = len(inner[1])
        depth = max(_BAND_ROWS, _BAND_VALUES // (width * max(channels, 2)))
        self._bands = list(_bands(inner[0], self._rows, depth))
        spans = [band.points.source for band in self._bands]
        n_source = inner[0].n_source
        ends = [band.out.stop for band in self._bands]
        shape = (len(outer[0]), len(outer[1]))
        super().__init__(spans, ends, n_source, shape, confidence=False)

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
            self._paint_band(band, self._grid(stack[:, rows], band.points))

    def _grid(self, part: torch.Tensor, points: Segment) -> Floats:
        """Return (C, points, columns) scores at the points of the grid."""
        if self._is_tall:
            tall = part[:, : len(points.matrix)].contiguous()
        else:
            tall = torch.from_numpy(points.matrix) @ part.contiguous()
        return self._widened(tall.numpy())

    def _paint_band(self, band: _Band, grid: Floats) -> None:
        winners = _winners(grid)
        rows = self._rows.first[band.out] - band.cells.start
        wide = winners[:, self._columns.first]
        np.take(wide, rows, axis=0, out=self.labels[band.out])
        above = slice(0, band.cells.stop - band.cells.start)
        mixed = _mixed(winners)[above]
        mixed &= (self._rows.counts[band.cells] > 0)[:, None]
        mixed &= (self._columns.counts > 0)[None, :]
        place = np.flatnonzero(mixed)
        for begin in range(0, len(place), _CELLS):
            y, x = np.divmod(place[begin : begin + _CELLS], mixed.shape[1])
            corners = _Corners(grid, winners, y, x)
            self._paint_cells(corners, y + band.cells.start, x)

    def _paint_cells(self, corners: "_Corners", y: Indices, x: Indices) -> None:
        """Paint cells pixel by pixel; the most contested come first.

        A class is compared by how far it is above the first one of the cell.
        """
        alive = corners.rivals()
        counts = alive.sum(axis=0, dtype=np.uint8)
        order = np.argsort(~counts, kind="stable")
        counts, y, x = counts[order].astype(np.intp), y[order], x[order]
        corners.arrange(order)
        classes = np.flatnonzero(alive.T[order]) % len(alive)
        starts = np.cumsum(counts) - counts
        rows, columns = self._rows.pixels(y), self._columns.pixels(x)
        down = self._rows.beyond[rows][:, None]
        across = self._columns.beyond[columns]
        first = classes[starts]
        shape = (len(rows), len(columns), len(y))
        labels = np.empty(shape, np.uint8)
        labels[:] = first.astype(np.uint8)
        best = np.zeros(shape, np.float32)
        crowded = int(np.searchsorted(-counts, -_CROWD, side="left"))
        for rank in range(1, int(counts[crowded:].max(initial=0))):
            there = int(np.searchsorted(-counts, -rank, side="left"))
            part = slice(crowded, there)
            now = classes[starts[part] + rank]
            weights = down[..., part], across[:, part]
            plane = corners.plane(now, first[part], part, weights)
            _overtake(best[..., part], labels[..., part], plane, now)
        for begin in range(0, crowded, _CROWDED_CELLS):
            part = slice(begin, min(begin + _CROWDED_CELLS, crowded))
            weights = down[..., part], across[:, part]
            labels[..., part] = corners.winners(part, weights)
        self.labels[rows[:, None], columns[None]] = labels


class _Widened:
    """The resize of scores along the rows, from the head's columns to the content's.

    Parameters
    ----------
    head
        (height, width) of the head's output.
    inner
        The columns' resize.
    """

    def __init__(self, geometry: Geometry, head: Size, inner: Axis) -> None:
        self._width = len(inner)
        self._whole = geometry.network[1]
        self._is_plain = head[1] == self._whole
        # OpenCV's own knows one rule for the corners only; it is six times as fast.
        self._runs = segments(inner, _COLUMNS) if geometry.align_corners else []

    def __call__(self, tall: Floats) -> Floats:
        """Return (C, points, columns) of (C, points, w) scores."""
        if self._is_plain:
            return np.ascontiguousarray(tall[:, :, : self._width])
        flat = tall.reshape(-1, tall.shape[2])
        if not self._runs:
            wide = load_cv2().resize(flat, (self._whole, len(flat)))[:, : self._width]
        else:
            wide = np.empty((len(flat), self._width), np.float32)
            for run in self._runs:
                np.matmul(flat[:, run.source], run.matrix.T, out=wide[:, run.out])
        grid: Floats = wide.reshape(*tall.shape[:2], self._width)
        return grid


class _Corners:
    """The scores at the four corners of cells.

    Parameters
    ----------
    grid
        (C, points, columns) scores.
    winners
        (points, columns) their argmax.
    y, x
        (n,) the point above and left of each cell.
    """

    def __init__(self, grid: Floats, winners: Labels, y: Indices, x: Indices) -> None:
        width = grid.shape[2]
        flat = grid.reshape(len(grid), -1)
        y = y * width
        y_after = np.minimum(y + width, flat.shape[1] - width)
        x_after = np.minimum(x + 1, width - 1)
        self._places = (y + x, y + x_after, y_after + x, y_after + x_after)
        self._scores = [flat.take(at, axis=1, mode="clip") for at in self._places]
        self._winners = winners.reshape(-1)
        self._cells: Indices = np.arange(len(x))

    def rivals(self) -> Flags:
        """Return (C, n): the classes that no corner's winner beats at all corners."""
        alive: Flags = np.ones(self._scores[0].shape, np.bool_)
        for place in (self._places[0], self._places[3]):
            strong = self._winners[place]
            holds = self._scores[0] >= self._scores[0][strong, self._cells]
            for scores in self._scores[1:]:
                holds |= scores >= scores[strong, self._cells]
            alive &= holds
        return alive

    def arrange(self, order: Indices) -> None:
        """Sort the cells."""
        self._cells = order

    def plane(
        self, classes: Indices, rivals: Indices, part: slice, weights: Weights
    ) -> Floats:
        """Interpolate how far one class is above another in each of some cells.

        Parameters
        ----------
        classes, rivals
            (m,) which class, and which one is taken off.
        part
            Which cells.
        weights
            (height, 1, m) and (width, m), of the corners below and right.

        Returns
        -------
        plane
            (height, width, m).
        """
        cells = self._cells[part]
        down, across = weights
        a, b, c, d = (
            scores[classes, cells] - scores[rivals, cells] for scores in self._scores
        )
        above: Floats = np.multiply(b - a, across)
        above += a
        below: Floats = np.multiply(d - c, across)
        below += c
        below -= above
        plane: Floats = np.multiply(below, down)
        plane += above
        return plane

    def winners(self, part: slice, weights: Weights) -> Labels:
        """Return the (height, width, m) argmax over all classes in some cells.

        Parameters
        ----------
        part, weights
            As those of `plane`.
        """
        cells = self._cells[part]
        down, across = weights[0], weights[1][..., None]
        a, b, c, d = (scores[:, cells].T for scores in self._scores)
        above, below = a + (b - a) * across, c + (d - c) * across
        below -= above
        rows = [(above + below * row[0][:, None]).argmax(axis=2) for row in down]
        return np.stack(rows).astype(np.uint8)


def _bands(inner: Axis, rows: _Cells, depth: int) -> list[_Band]:
    """Cut the rows of cells into bands of `depth`, each with its points' resize."""
    found = []
    count = len(rows.begin) - 1
    for begin in range(0, count, depth):
        end = min(begin + depth, count)
        out = slice(int(rows.begin[begin]), int(rows.begin[end]))
        if out.start == out.stop:
            continue
        # The last row of cells needs the points below it.
        points = slice(begin, min(end + 1, count))
        part = Axis(inner.first[points], inner.weights[points], inner.n_source)
        (segment,) = segments(part, len(part))
        found.append(_Band(slice(begin, end), out, segment))
    return found


def _winners(grid: Floats) -> Labels:
    """Return the argmax over classes, (points, columns); ties go to the lower one."""
    best = grid[0].copy()
    labels: Labels = np.zeros(best.shape, np.uint8)
    for index in range(1, len(grid)):
        _overtake(best, labels, grid[index], np.uint8(index))
    return labels


def _overtake(
    best: Floats, labels: Labels, plane: Floats, classes: Indices | np.uint8
) -> None:
    """Write a class where its scores are higher than the best so far, in place.

    Parameters
    ----------
    classes
        Higher than all before, so that the highest of the labels is the last one.
    """
    higher = (plane > best).view(np.uint8)
    higher *= np.asarray(classes, np.uint8)
    np.maximum(labels, higher, out=labels)
    np.maximum(best, plane, out=best)


def _mixed(winners: Labels) -> Flags:
    """Return whether the four points around each cell have several winners."""
    after = np.concatenate((winners[:, 1:], winners[:, -1:]), axis=1)
    differ = winners != after
    mixed: Flags = differ.copy()
    mixed[:-1] |= differ[1:]
    mixed[:-1] |= winners[1:] != winners[:-1]
    mixed[:-1] |= after[1:] != winners[:-1]
    return mixed
