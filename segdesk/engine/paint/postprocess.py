"""From the logits of a head to the label of every pixel, without full-size logits.

MMSegmentation resizes the logits of all classes to the network's input, crops the
padding, resizes them to the image and takes the argmax. Both resizes are linear, so
here they are one (see `resample`), done tile by tile, and only for the classes that can
win (see `strips`). The labels are those of the long way round.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from segdesk.core.errors import ModelError
from segdesk.core.language import tr
from segdesk.core.temperature import Temperatures
from segdesk.engine.head import HeadKind
from segdesk.engine.paint.band_painter import BandPainter
from segdesk.engine.paint.confidence import (
    Cooling,
    confidence_rule,
    contributors,
    in_steps,
)
from segdesk.engine.paint.resample import Axis, Segment, compose, resize_axis, segments
from segdesk.engine.paint.strips import (
    Columns,
    Floats,
    PlainStrip,
    Strip,
    TileStrip,
    race,
)

Size = tuple[int, int]

# A tile is as long as this many sources, within these limits in pixels.
_SOURCES_A_TILE = 6
_TILE_PX = (24, 48)
# Up to this many multiplications OpenBLAS computes a product in its caller's thread. A
# strip is as long as that allows: its planes then fit a core's cache, too.
_PRODUCT = 262_144
_BAND_PX = 65_536
_BAND_ROWS = 256
_FINITE = 1e30
# From here on fewer pixels lie on borders than points on the network's grid.
_ENLARGED = 1.5


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
    shown
        What is left of the image, from its corner, where the rest is padding.
    """

    network: Size
    content: Size
    image: Size
    align_corners: bool
    shown: Size | None = None

    @property
    def enlarges(self) -> bool:
        """The image is clearly larger than what of it the network saw."""
        sides = zip(self.image, self.content, strict=True)
        return all(out >= _ENLARGED * seen for out, seen in sides)

    def axes(self, head: Size) -> tuple[Axis, Axis]:
        """Return the rows' and the columns' resize for a head of that output size."""
        inner, outer = self.inner_axes(head), self.outer_axes()
        return compose(inner[0], outer[0]), compose(inner[1], outer[1])

    def inner_axes(self, head: Size) -> tuple[Axis, Axis]:
        """Return the resize from the head's output to the content."""
        rows, columns = (
            resize_axis(
                head[i], self.network[i], align_corners=self.align_corners
            ).cropped(self.content[i])
            for i in range(2)
        )
        return rows, columns

    def outer_axes(self) -> tuple[Axis, Axis]:
        """Return the resize from the content to the image."""
        rows, columns = (
            resize_axis(
                self.content[i], self.image[i], align_corners=self.align_corners
            ).cropped((self.shown or self.image)[i])
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
    temperature
        What the scores are divided by before they become a confidence. Labels are
        those of the scores as they are.
    """

    kind: HeadKind
    threshold: float = 0.3
    temperature: Temperatures = ()

    def as_classes(self, scores: torch.Tensor) -> torch.Tensor:
        """Return (C, h, w) scores with one channel for each class.

        A single channel becomes two: class 0 scores the logit of the threshold.
        """
        if self.kind != "sigmoid" or len(scores) > 1:
            return scores
        odds = self.threshold / (1 - self.threshold)
        return torch.cat((torch.full_like(scores, math.log(odds)), scores))


class TilePainter(BandPainter):
    """Paints labels and confidence on the CPU, in bands of tiles from the top.

    It works in the caller's thread: its calls into numpy are so short that two threads
    spend more on handing each other the interpreter's lock than they gain.

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
    wide
        In 16 bits.
    """

    def __init__(
        self,
        axes: tuple[Axis, Axis],
        scores: Scores,
        channels: int,
        *,
        confidence: bool,
        wide: bool = False,
    ) -> None:
        rows, columns = axes
        shape = (len(rows), len(columns))
        self._scores = scores
        self._plain = rows.is_identity and columns.is_identity
        height = _plain_height(shape[1]) if self._plain else _tile_length(rows)
        self._bands = segments(rows, height)
        spans = [band.source for band in self._bands]
        ends = [band.out.stop for band in self._bands]
        super().__init__(
            spans, ends, rows.n_source, shape, confidence=confidence, wide=wide
        )
        self._cooling = Cooling(scores.temperature)
        self._rule = confidence_rule(scores.kind, channels, self.steps, self._cooling)
        self._columns = [] if self._plain else _strips(columns, self.reach * height)

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
            Called after every band; raises to cancel.

        Raises
        ------
        ModelError
            When the scores are not numbers: the weights or the precision are to blame.
        """
        stack = finite_scores(self._scores.as_classes(source))
        for index, rows in self._ready(first_row, stack.shape[1]):
            self._paint_band(self._bands[index], stack[:, rows])
            check()

    def _paint_band(self, band: Segment, scores: torch.Tensor) -> None:
        part: Floats = scores.contiguous().numpy()
        if self._plain:
            width = self.labels.shape[1]
            self._paint_strip(PlainStrip(part[:, :, :width]), band.out, slice(0, width))
        for columns in self._columns:
            strip = TileStrip(part, band, columns)
            self._paint_strip(strip, band.out, columns.out)

    def _paint_strip(self, strip: Strip, rows: slice, columns: slice) -> None:
        """Find the winners and write them, and their confidence, where they belong."""
        width = columns.stop - columns.start
        sure = self.confidence is not None
        counted = strip.rivals
        if sure:
            counted = contributors(self._cooling.bounds(strip.bounds), self.steps)
        strip.arrange(counted.sum(axis=1))
        height = rows.stop - rows.start
        labels, best = race(strip, height, score=sure)
        self.labels[rows, columns] = strip.restored(labels)[:, :width]
        if self.confidence is not None:
            share = in_steps(self._rule(strip, labels, best), self.steps)
            self.confidence[rows, columns] = strip.restored(share)[:, :width]


def not_a_number() -> ModelError:
    """Return the error for scores that are not numbers."""
    return ModelError(
        tr("The image was not predicted."),
        cause=tr("The model's output holds values that are not numbers."),
        hint=tr("Predict with precision fp32; if it stays, the weights are damaged."),
    )


def finite_scores(scores: torch.Tensor) -> torch.Tensor:
    """Return scores for which 0 × score is 0."""
    lowest, highest = (value.item() for value in scores.aminmax())
    if math.isnan(highest):
        raise not_a_number()
    if highest > _FINITE or lowest < -_FINITE:
        return scores.clamp(-_FINITE, _FINITE)
    return scores


def _plain_height(width: int) -> int:
    return min(_BAND_ROWS, max(1, _BAND_PX // width))


def _tile_length(axis: Axis) -> int:
    low, high = _TILE_PX
    return int(min(high, max(low, _SOURCES_A_TILE * len(axis) / axis.n_source)))


def _strips(axis: Axis, product: int) -> list[Columns]:
    """Cut the columns into strips; `product` multiplications make one column."""
    length = _tile_length(axis)
    runs = segments(axis, length)
    tiles = max(1, _PRODUCT // (product * length))
    return [
        Columns(runs[begin : begin + tiles], axis.n_source)
        for begin in range(0, len(runs), tiles)
    ]
