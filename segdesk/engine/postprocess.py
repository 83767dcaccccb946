"""From the logits of a head to the label of every pixel, without full-size logits.

MMSegmentation resizes the logits of all classes to the network's input, crops the
padding, resizes them to the image and takes the argmax. Both resizes are linear, so
here they are one (see `resample`), done tile by tile, and only for the classes that can
win: an interpolated value is a weighted mean of its sources, so a class that lies below
another one in all sources of a tile lies below it in every pixel of the tile. Where one
class is left the tile is filled. The labels are those of the long way round.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.errors import ModelError
from segdesk.engine.confidence import (
    Floats,
    Tile,
    confidence_rule,
    contributors,
    to_bytes,
)
from segdesk.engine.head import HeadKind
from segdesk.engine.resample import Axis, Segment, compose, resize_axis, segments

Size = tuple[int, int]

_SOURCES_A_TILE = 8
_TILE_PX = (32, 96)
# Below this many multiplications OpenBLAS stays in its caller's thread, which is faster
# for matrices that fit a cache.
_PRODUCT = 262_144
_BAND_PX = 65_536
_FINITE = 1e30


@dataclass(frozen=True, slots=True)
class Geometry:
    """The way from the head's output to the image, sizes as (height, width).

    Parameters
    ----------
    network
        Size of what the network saw, padding included.
    content
        Size of the image in it; the rest, right and below, is padding.
    image
        Size of the image.
    align_corners
        As the head's.
    """

    network: Size
    content: Size
    image: Size
    align_corners: bool

    def axes(self, head: Size) -> tuple[Axis, Axis]:
        """Return the rows' and the columns' resize for a head of that output size."""
        rows, columns = (
            compose(
                resize_axis(head[i], self.network[i], align_corners=self.align_corners),
                resize_axis(
                    self.content[i], self.image[i], align_corners=self.align_corners
                ),
            )
            for i in range(2)
        )
        return rows, columns


@dataclass(frozen=True, slots=True)
class Scores:
    """How the channels of a head become a class.

    Parameters
    ----------
    kind
        "softmax": logits, the highest wins. "sigmoid": one logit for each class; with a
        single channel, class 1 where its probability exceeds `threshold`. "mask": sums
        of probabilities, the highest wins.
    threshold
        Probability above which a single channel means class 1.
    """

    kind: HeadKind
    threshold: float = 0.3

    def as_classes(self, scores: torch.Tensor) -> torch.Tensor:
        """Return (C, h, w) scores with one channel for each class.

        A single channel becomes two: class 0 scores the logit of the threshold.
        """
        if self.kind != "sigmoid" or len(scores) > 1:
            return scores
        odds = self.threshold / (1 - self.threshold)
        return torch.cat((torch.full_like(scores, math.log(odds)), scores))


class TilePainter:
    """Paints labels and confidence on the CPU, in rows of tiles from the top.

    Parameters
    ----------
    axes
        The rows' and the columns' resize from the source to the image.
    scores
        How the channels become a class.
    channels
        Number of channels of the head.
    confidence
        Whether to paint the confidence too.
    """

    def __init__(
        self,
        axes: tuple[Axis, Axis],
        scores: Scores,
        channels: int,
        *,
        confidence: bool,
    ) -> None:
        rows, columns = axes
        shape = (len(rows), len(columns))
        self.labels: NDArray[np.uint8] = np.empty(shape, np.uint8)
        self.confidence = np.empty(shape, np.uint8) if confidence else None
        self._scores = scores
        self._rule = confidence_rule(scores.kind, channels)
        self._direct = rows.is_identity and columns.is_identity
        if self._direct:
            band = max(1, _BAND_PX // len(columns))
            self._columns = segments(columns, len(columns))
        else:
            band = _tile_length(rows)
            self._columns = segments(columns, _tile_length(columns))
        self._rows = [] if self._direct else segments(rows, band)
        self._bands = [
            slice(y, min(y + band, shape[0])) for y in range(0, shape[0], band)
        ]
        self._n_source = rows.n_source
        self._done = 0

    @property
    def first_row_needed(self) -> int:
        """First row of the source that a tile not yet painted looks at."""
        if self._done == len(self._bands):
            return self._n_source
        return self._source_rows(self._done).start

    @property
    def reach(self) -> int:
        """Most rows of the source that a row of tiles looks at."""
        spans = [self._source_rows(index) for index in range(len(self._bands))]
        return max(span.stop - span.start for span in spans)

    def paint(
        self, source: torch.Tensor, first_row: int, check: Callable[[], None]
    ) -> None:
        """Paint all tiles whose sources are there.

        Parameters
        ----------
        source
            (C, rows, w) scores of the head, float32, on the CPU.
        first_row
            Which row of the whole source its first one is.
        check
            Called between rows of tiles; raises to cancel.

        Raises
        ------
        ModelError
            When the scores are not numbers: the weights or the precision are to blame.
        """
        stack = _numbers(self._scores.as_classes(source))
        last_row = first_row + stack.shape[1]
        while self._done < len(self._bands):
            rows = self._source_rows(self._done)
            if rows.stop > last_row:
                return
            check()
            part = stack[:, rows.start - first_row : rows.stop - first_row]
            part = part.contiguous().numpy()
            if self._direct:
                self._paint_plain(self._bands[self._done], part)
            else:
                for column in self._columns:
                    self._paint_tile(self._rows[self._done], column, part)
            self._done += 1

    def _source_rows(self, index: int) -> slice:
        return self._bands[index] if self._direct else self._rows[index].source

    def _paint_plain(self, band: slice, part: Floats) -> None:
        """Paint a band whose sources are its pixels: nothing to interpolate."""
        part = part[:, :, : self.labels.shape[1]]
        classes = np.arange(len(part))

        def picked(wanted: Iterable[int]) -> Iterator[Floats]:
            return (part[c] for c in wanted)

        labels, best = _race(classes, picked(classes))
        self.labels[band] = labels
        if self.confidence is not None:
            tile = Tile(classes, picked, lambda: part.sum(axis=0), best, labels)
            self.confidence[band] = to_bytes(self._rule(tile))

    def _paint_tile(self, row: Segment, column: Segment, part: Floats) -> None:
        window = part[:, :, column.source]
        bounds, rivals = _rivals(window)
        where = (row.out, column.out)

        def interpolated(wanted: Iterable[int]) -> Iterator[Floats]:
            return _interpolated(window, np.fromiter(wanted, np.intp), row, column)

        best = None
        if len(rivals) == 1:
            self.labels[where] = rivals[0]
        else:
            self.labels[where], best = _race(rivals, interpolated(rivals))
        if self.confidence is None:
            return
        tile = Tile(
            contributors(bounds),
            interpolated,
            lambda: _one(window.sum(axis=0), row, column),
            _one(window[rivals[0]], row, column) if best is None else best,
            self.labels[where],
        )
        self.confidence[where] = to_bytes(self._rule(tile))


def not_a_number() -> ModelError:
    """Return the error for scores that are not numbers."""
    return ModelError(
        "The image was not predicted.",
        cause="The model's output holds values that are not numbers.",
        hint="Predict with precision fp32; if it stays, the weights are damaged.",
    )


def _numbers(scores: torch.Tensor) -> torch.Tensor:
    """Return scores for which 0 × score is 0."""
    lowest, highest = (value.item() for value in scores.aminmax())
    if math.isnan(highest):
        raise not_a_number()
    if highest > _FINITE or lowest < -_FINITE:
        return scores.clamp(-_FINITE, _FINITE)
    return scores


def _tile_length(axis: Axis) -> int:
    scale = len(axis) / axis.n_source
    low, high = _TILE_PX
    return int(min(high, max(low, _SOURCES_A_TILE * scale)))


def _rivals(window: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Return each class's bound against a strong one, and the classes that can win.

    Parameters
    ----------
    window
        (C, kh, kw) scores at the sources of a tile.
    """
    count, height, width = window.shape
    strong = int(window[:, height // 2, width // 2].argmax())
    gaps = window - window[strong]
    bounds = gaps.reshape(count, -1).max(axis=1)
    rivals = np.flatnonzero(bounds >= 0)
    if len(rivals) > 2:
        corners = gaps[rivals][:, :: max(1, height - 1), :: max(1, width - 1)]
        for other in {int(i) for i in corners.argmax(axis=0).flat}:
            against = gaps[rivals] - gaps[rivals[other]]
            alive = against.reshape(len(rivals), -1).max(axis=1) >= 0
            if not alive.all():
                rivals = rivals[alive]
                break
    return bounds, rivals


def _interpolated(
    window: Floats, classes: NDArray[np.intp], row: Segment, column: Segment
) -> Iterator[Floats]:
    """Yield the tile's (th, tw) scores of each class: `row · window_c · columnᵀ`."""
    height, sources = row.matrix.shape
    width = len(column.matrix)
    block = max(1, _PRODUCT // (height * sources * width))
    for begin in range(0, len(classes), block):
        chosen = window[classes[begin : begin + block]].transpose(1, 0, 2)
        count = chosen.shape[1]
        wide = chosen.reshape(sources * count, -1) @ column.matrix.T
        full = row.matrix @ wide.reshape(sources, count * width)
        full = full.reshape(height, count, width)
        for index in range(count):
            yield full[:, index]


def _one(plane: Floats, row: Segment, column: Segment) -> Floats:
    return row.matrix @ (plane @ column.matrix.T)


def _race(
    classes: NDArray[np.intp], planes: Iterator[Floats]
) -> tuple[NDArray[np.uint8], Floats]:
    """Return the class with the highest score at each place, and that score.

    Ties go to the lower class, as in argmax.
    """
    best = next(planes).copy()
    place = np.zeros(best.shape, np.uint8)
    for rank, plane in enumerate(planes, start=1):
        higher = np.greater(plane, best).view(np.uint8)
        # Ranks only grow, so "the later winner" is a maximum: no masked write.
        np.maximum(place, np.multiply(higher, np.uint8(rank), out=higher), out=place)
        np.maximum(best, plane, out=best)
    return classes.astype(np.uint8)[place], best
