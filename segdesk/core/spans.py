"""Runs of pixels, row by row: the exact outcome of scanning a shape.

A pixel belongs to a shape when its centre, at +0.5, lies in it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Rect
from segdesk.core.shapes import Point

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Runs of pixels in ascending rows; runs of one row do not overlap.

    Parameters
    ----------
    rows, starts, stops
        (n,) each: row, first column, first column behind the run.
    """

    rows: NDArray[np.intp]
    starts: NDArray[np.intp]
    stops: NDArray[np.intp]

    @property
    def rect(self) -> Rect:
        """The smallest rectangle round all runs."""
        if not self.rows.size:
            return Rect(0, 0, 0, 0)
        x, y = int(self.starts.min()), int(self.rows[0])
        width = int(self.stops.max()) - x
        return Rect(x, y, width, int(self.rows[-1]) - y + 1)

    @property
    def area(self) -> int:
        """Number of pixels."""
        return int((self.stops - self.starts).sum())

    def without(self, other: "Spans") -> tuple["Spans", "Spans"]:
        """Return what lies left and what lies right of other runs.

        Parameters
        ----------
        other
            One run in each row, no row left out; the same holds for these.
        """
        if not other.rows.size:
            return self, _NO_SPANS
        place = self.rows - other.rows[0]
        beside = (place >= 0) & (place < other.rows.size)
        place = np.where(beside, place, 0)
        first = np.where(beside, other.starts[place], self.stops)
        last = np.where(beside, other.stops[place], self.stops)
        return (
            _used(self.rows, self.starts, np.minimum(self.stops, first)),
            _used(self.rows, np.maximum(self.starts, last), self.stops),
        )

    def bands(self, height: int) -> Iterator["Spans"]:
        """Yield runs in bands, cut at multiples of `height` and at missing rows."""
        if not self.rows.size:
            return
        breaks = np.diff(self.rows // height) > 0
        breaks |= np.diff(self.rows) > 1
        cuts = [0, *(np.flatnonzero(breaks) + 1).tolist(), self.rows.size]
        for low, high in pairwise(cuts):
            part = slice(low, high)
            yield Spans(self.rows[part], self.starts[part], self.stops[part])

    def draw(self, mask: NDArray[np.uint8], rect: Rect, value: int = 1) -> None:
        """Write a value into all runs.

        Parameters
        ----------
        mask
            (h, w), changed in place.
        rect
            Its place; all runs lie in it.
        """
        if not self.rows.size:
            return
        rows, starts = self.rows - rect.y, self.starts - rect.x
        lengths = self.stops - self.starts
        if not mask.flags.c_contiguous:
            runs = zip(rows.tolist(), starts.tolist(), lengths.tolist(), strict=True)
            for row, start, length in runs:
                mask[row, start : start + length] = value
            return
        # Bytes are copied in a third of the time that numpy needs for a short run.
        pixels = mask.reshape(-1).data
        paint = memoryview(bytes((value,)) * int(lengths.max()))
        firsts = (rows * mask.shape[1] + starts).tolist()
        for first, length in zip(firsts, lengths.tolist(), strict=True):
            pixels[first : first + length] = paint[:length]

    def mask(self, rect: Rect | None = None) -> NDArray[np.uint8]:
        """Return a mask of a rectangle that holds all runs, 1 inside them."""
        rect = self.rect if rect is None else rect
        mask = np.zeros((rect.height, rect.width), np.uint8)
        self.draw(mask, rect)
        return mask

    def row_mask(self) -> NDArray[np.uint8]:
        """Return a mask of `rect`, 1 in the runs; one run in each row, no row left out.

        Faster than `mask` for shapes without holes and hollows.
        """
        rect = self.rect
        wide = np.dtype(np.uint32 if rect.width >= 1 << 16 else np.uint16)
        columns = np.arange(rect.width).astype(wide)
        starts = (self.starts - rect.x).astype(wide)
        lengths = (self.stops - self.starts).astype(wide)
        # Left of the start the difference wraps round to something large.
        behind = columns[np.newaxis] - starts[:, np.newaxis]
        inside: NDArray[np.bool_] = behind < lengths[:, np.newaxis]
        return inside.view(np.uint8)


def _used(
    rows: NDArray[np.intp], starts: NDArray[np.intp], stops: NDArray[np.intp]
) -> Spans:
    """Return runs without the empty ones."""
    used = starts < stops
    return Spans(rows[used], starts[used], stops[used])


_NO_SPANS = Spans(*(np.empty(0, np.intp) for _ in range(3)))


def convex_spans(y: int, left: Floats, right: Floats, clip: Rect) -> Spans:
    """Return the runs of a shape that has at most one run in each row.

    Parameters
    ----------
    y
        The first row.
    left, right
        (n,), edges of the shape at the centre of each row; left > right where there is
        none. Pixel centres on an edge belong to the shape.
    clip
        Where runs may lie.
    """
    low, high = clip.x, clip.right
    starts = np.clip(np.ceil(left - 0.5), low, high)
    stops = np.clip(np.floor(right + 0.5), low, high)
    rows = np.arange(y, y + left.size)
    used = (starts < stops) & (rows >= clip.y) & (rows < clip.bottom)
    return Spans(rows[used], starts[used].astype(np.intp), stops[used].astype(np.intp))


def rows_between(top: float, bottom: float, clip: Rect) -> tuple[int, Floats]:
    """Return the first row that two heights enclose, and the centres of all of them."""
    first = max(clip.y, math.ceil(top - 0.5))
    last = min(clip.bottom, math.floor(bottom + 0.5))
    return first, np.arange(first, max(first, last), dtype=np.float64) + 0.5


def capsule_spans(
    start: Point, end: Point, radii: tuple[float, float], clip: Rect
) -> Spans:
    """Return the pixels under a round brush that is drawn from one place to another.

    Parameters
    ----------
    radii
        Of the brush at the start and at the end; it changes evenly between them.
    """
    a, b = radii
    top = min(start.y - a, end.y - b)
    bottom = max(start.y + a, end.y + b)
    y, centres = rows_between(top, bottom, clip)
    left, right = np.full(centres.size, np.inf), np.full(centres.size, -np.inf)
    for centre, radius in ((start, a), (end, b)):
        half = np.sqrt(np.maximum(radius**2 - (centres - centre.y) ** 2, 0.0))
        inside = np.abs(centres - centre.y) <= radius
        np.minimum(left, centre.x - half, out=left, where=inside)
        np.maximum(right, centre.x + half, out=right, where=inside)
    corners = _tangent_points(start, end, a, b)
    if corners:
        _widen(left, right, centres, corners)
    return convex_spans(y, left, right, clip)


def box_spans(start: Point, end: Point, side: float, clip: Rect) -> Spans:
    """Return the pixels under a square brush that is drawn from one place to another.

    Parameters
    ----------
    side
        Of the brush.
    """
    half = side / 2
    top, bottom = min(start.y, end.y) - half, max(start.y, end.y) + half
    y, centres = rows_between(top, bottom, clip)
    dx, dy = end.x - start.x, end.y - start.y
    if dy == 0:
        first, last = np.zeros(centres.size), np.ones(centres.size)
    else:
        # The part of the way, 0-1, on which the square covers the row.
        one, other = (centres - half - start.y) / dy, (centres + half - start.y) / dy
        first = np.clip(np.minimum(one, other), 0.0, 1.0)
        last = np.clip(np.maximum(one, other), 0.0, 1.0)
    here, there = start.x + first * dx, start.x + last * dx
    left, right = np.minimum(here, there) - half, np.maximum(here, there) + half
    return convex_spans(y, left, right, clip)


def ellipse_spans(
    centre: Point, radii: tuple[float, float], angle: float, clip: Rect
) -> Spans:
    """Return the pixels of an ellipse.

    Parameters
    ----------
    radii
        Half axes.
    angle
        Degrees by which they are turned, clockwise on screen.
    """
    a, b = radii
    if a <= 0 or b <= 0:
        return convex_spans(0, np.empty(0), np.empty(0), clip)
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    half_height = math.hypot(a * sin, b * cos)
    y, centres = rows_between(centre.y - half_height, centre.y + half_height, clip)
    # A dx² + 2 B dx dy + C dy² = 1, solved for dx in each row.
    dy = centres - centre.y
    big_a = (cos / a) ** 2 + (sin / b) ** 2
    big_b = cos * sin * (1 / a**2 - 1 / b**2)
    big_c = (sin / a) ** 2 + (cos / b) ** 2
    root = (big_b * dy) ** 2 - big_a * (big_c * dy**2 - 1)
    # Where a row misses it by rounding, the run is less than nothing.
    half = np.where(root >= 0, np.sqrt(np.abs(root)), -1.0) / big_a
    middle = centre.x - big_b * dy / big_a
    return convex_spans(y, middle - half, middle + half, clip)


def _tangent_points(start: Point, end: Point, a: float, b: float) -> list[Point]:
    """Return the corners of the area between two circles, or none if one holds both."""
    dx, dy = end.x - start.x, end.y - start.y
    distance = math.hypot(dx, dy)
    if distance <= abs(a - b):
        return []
    along = (a - b) / distance
    across = math.sqrt(1 - along**2)
    ux, uy = dx / distance, dy / distance
    corners = []
    for side, ends in (
        (across, ((start, a), (end, b))),
        (-across, ((end, b), (start, a))),
    ):
        nx, ny = ux * along - uy * side, uy * along + ux * side
        corners += [Point(c.x + nx * r, c.y + ny * r) for c, r in ends]
    return corners


def _widen(left: Floats, right: Floats, centres: Floats, corners: list[Point]) -> None:
    """Extend the edges of rows to those of a convex polygon."""
    for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
        if a.y == b.y:
            continue
        inside = (centres >= min(a.y, b.y)) & (centres <= max(a.y, b.y))
        x = a.x + (centres - a.y) * ((b.x - a.x) / (b.y - a.y))
        np.minimum(left, x, out=left, where=inside)
        np.maximum(right, x, out=right, where=inside)
