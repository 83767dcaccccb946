"""Brush strokes: painted into the label map as the pen moves, one edit in the end."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.edits import EditRecorder, RasterEdit
from segdesk.core.geometry import Rect
from segdesk.core.shapes import Point
from segdesk.core.spans import Spans, box_spans, capsule_spans
from segdesk.core.tiles import TILE, SparseMask, size_of

SMALLEST_PX, LARGEST_PX = 1.0, 2000.0
_MOST_RAW = 128  # tiles that wait for a spare moment; more are packed while painting
_LIGHTEST = 0.1  # part of the size that the softest touch of a pen leaves


@dataclass(frozen=True, slots=True)
class Brush:
    """What a stroke is painted with.

    Parameters
    ----------
    size
        Diameter or side in image pixels, 1 to 2,000.
    square
        A square instead of a disc.
    """

    size: float
    square: bool = False

    def pressed(self, pressure: float) -> "Brush":
        """Return it under a pen's pressure, 0-1."""
        part = _LIGHTEST + (1 - _LIGHTEST) * min(max(pressure, 0.0), 1.0)
        return Brush(self.size * part, self.square)

    @property
    def pixels(self) -> int:
        """Its size as it is painted: whole pixels."""
        return round(min(max(self.size, SMALLEST_PX), LARGEST_PX))

    def settled(self, place: Point) -> Point:
        """Return where it is painted: odd sizes on a pixel, even ones between pixels.

        So a brush of N pixels is N pixels wide wherever it comes down.
        """
        if self.pixels % 2:
            return Point(math.floor(place.x) + 0.5, math.floor(place.y) + 0.5)
        return Point(math.floor(place.x + 0.5), math.floor(place.y + 0.5))


def next_size(size: float, *, larger: bool, fine: bool = False) -> float:
    """Return the size one step up or down: an eighth, or one pixel.

    Parameters
    ----------
    fine
        One pixel, whatever the size.
    """
    step = 1 if fine else max(1, round(size / 8))
    if not fine and not larger:
        step = max(1, round(size / 9))
    changed = round(size) + (step if larger else -step)
    return float(min(max(changed, SMALLEST_PX), LARGEST_PX))


def stroke_spans(
    ends: tuple[Point, Point], brushes: tuple[Brush, Brush], clip: Rect
) -> Spans:
    """Return the pixels under a brush that is drawn straight from place to place.

    Parameters
    ----------
    ends
        Where it starts and ends.
    brushes
        What it is there; a square keeps the size of the end.
    """
    (start, end), (first, last) = ends, brushes
    start, end = first.settled(start), last.settled(end)
    if last.square:
        return box_spans(start, end, last.pixels, clip)
    return capsule_spans(start, end, (first.pixels / 2, last.pixels / 2), clip)


class Stroke:
    """One stroke of brush or eraser, painted in place.

    The way between two places is filled, however fast the pen was. Time follows the
    pixels that are painted, never the size of the image.

    Parameters
    ----------
    labels
        (H, W), painted in place.
    value
        Class to paint.
    allowed
        (256,), what `PaintRule.allows` returned: which classes give way.
    keep_mask
        Keep what the brush went over, for `mask`.
    """

    def __init__(
        self,
        labels: NDArray[np.uint8],
        value: int,
        allowed: NDArray[np.bool_],
        *,
        keep_mask: bool = False,
    ) -> None:
        self.value = value
        self._labels = labels
        self._whole = Rect(0, 0, *size_of(labels))
        self._table = np.where(allowed, np.uint8(value), np.arange(256, dtype=np.uint8))
        self._allows_all = bool(allowed.sum() >= allowed.size - 1)
        self._recorder = EditRecorder(labels)
        self._mask = SparseMask(size_of(labels)) if keep_mask else None
        self._paint = np.empty((TILE, 0), np.uint8)
        self._last: tuple[Point, Brush] | None = None
        self._under_pen: Spans | None = None

    @property
    def rect(self) -> Rect:
        """What the brush went over so far, in whole tiles."""
        return self._recorder.rect

    @property
    def last_place(self) -> Point | None:
        """Where the pen was last; None before it came down."""
        return self._last[0] if self._last else None

    def to(self, place: Point, brush: Brush) -> tuple[Rect, ...]:
        """Paint on to a place; the first one is a dab.

        Returns
        -------
        dirty
            The parts to paint again: the edge of a large brush that moved on is long
            and thin, and the rectangle round it is not.
        """
        start, before = self._last or (place, brush)
        self._last = (place, brush)
        spans = stroke_spans((start, place), (before, brush), self._whole)
        # Painting the same pixels again changes nothing, so it is left out.
        done, here = self._under_pen, (place, place)
        self._under_pen = stroke_spans(here, (brush, brush), self._whole)
        parts = (spans,) if done is None else spans.without(done)
        dirty: list[Rect] = []
        for part in parts:
            for band in part.bands(TILE):
                rect = band.rect
                self._paint_band(band, rect)
                dirty.append(rect)
        if self._recorder.raw > _MOST_RAW:
            self._recorder.settle(self._under_pen.rect)
        return tuple(dirty)

    def spare(self, budget_s: float) -> bool:
        """Do a little of what `finish` would have to; tells whether there is more.

        Parameters
        ----------
        budget_s
            How long it may take.
        """
        if self._under_pen is None:
            return False
        return self._recorder.settle(self._under_pen.rect, budget_s)

    def paint_mask(self, mask: NDArray[np.uint8], rect: Rect) -> Rect:
        """Paint a mask under the same rule.

        Parameters
        ----------
        mask
            (h, w), not 0 where to paint.
        rect
            Its place, inside the image.

        Returns
        -------
        dirty
            The part to paint again.
        """
        cv2 = load_cv2()
        self._recorder.touch(rect)
        pixels = self._labels[rect.slices]
        cv2.copyTo(cv2.LUT(pixels, self._table), mask, pixels)
        return rect

    def mask(self, rect: Rect) -> NDArray[np.uint8]:
        """Return what the brush went over, 1 there, in a rectangle of the image."""
        if self._mask is None:
            msg = "this stroke keeps no mask"
            raise ValueError(msg)
        return self._mask.crop(rect)

    @property
    def unpacked(self) -> int:
        """Number of tiles for which `finish` has something to do."""
        return self._recorder.unpacked

    def finish(self) -> RasterEdit | None:
        """End it; None when no pixel changed.

        A worker may call it while nobody paints; the same is returned again.
        """
        return self._recorder.finish()

    def rollback(self) -> Rect:
        """Take it back.

        Returns
        -------
        dirty
            The part to paint again.
        """
        return self._recorder.rollback()

    def _paint_band(self, band: Spans, rect: Rect) -> None:
        self._recorder.touch(rect)
        if self._allows_all and self._mask is None:
            band.draw(self._labels, self._whole, self.value)
            return
        cv2 = load_cv2()
        mask = band.row_mask()
        if self._mask is not None:
            self._mask.add(mask, rect)
        pixels = self._labels[rect.slices]
        if rect.width > self._paint.shape[1]:
            self._paint = np.full((TILE, rect.width), self.value, np.uint8)
        paint = self._paint[: rect.height, : rect.width]
        if not self._allows_all:
            cv2.LUT(pixels, self._table, paint)
        cv2.copyTo(paint, mask, pixels)
