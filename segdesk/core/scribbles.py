"""Scribbles: thin strokes that say of some pixels which class they are.

They are no labels. A classifier learns from them and says what it thinks of all other
pixels; so few strokes, drawn quickly, are enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.cv import load_cv2
from segdesk.core.geometry import Rect, Size
from segdesk.core.shapes import Point

NONE = IGNORE_INDEX  # in a raster of scribbles: no stroke covers the pixel
_NEAR_PX = 1.0  # a point closer to the one before adds nothing
_STEP_PX = 1.5  # between places of a stroke that an eraser meets one by one
_STRAIGHT_PX = 0.5  # what is left of an erased stroke keeps points that bend it more

Coordinates = NDArray[np.float64]


@dataclass(frozen=True)
class Scribble:
    """One stroke.

    Parameters
    ----------
    class_index
        What its pixels are.
    width
        In image pixels.
    points
        Where the pen went, in image pixels; one point is a dot.
    """

    class_index: int
    width: float
    points: tuple[Point, ...]

    @cached_property
    def rect(self) -> Rect:
        """What it may cover."""
        return way_rect(self.points, self.width)

    def longer(self, points: Iterable[Point]) -> "Scribble":
        """Return it drawn on; points that add nothing are left out."""
        way = list(self.points)
        for point in points:
            if not way or _apart(way[-1], point) >= _NEAR_PX:
                way.append(point)
        return replace(self, points=tuple(way))


Scribbles = tuple[Scribble, ...]


def way_rect(points: Iterable[Point], width: float) -> Rect:
    """Return what a stroke may cover, with a pixel round it."""
    xs, ys = zip(*points, strict=True)
    reach = width / 2 + 1
    return Rect.between(
        min(xs) - reach, min(ys) - reach, max(xs) + reach, max(ys) + reach
    )


def classes_in(scribbles: Scribbles) -> tuple[int, ...]:
    """Return the classes that have a stroke, ascending."""
    return tuple(sorted({scribble.class_index for scribble in scribbles}))


def renumbered(scribbles: Scribbles, places: dict[int, int]) -> Scribbles:
    """Return strokes under other class indices; those of classes that are gone go.

    Parameters
    ----------
    places
        The new index of each old one.
    """
    return tuple(
        replace(scribble, class_index=places[scribble.class_index])
        for scribble in scribbles
        if scribble.class_index in places
    )


def erased(scribbles: Scribbles, way: tuple[Point, ...], width: float) -> Scribbles:
    """Return strokes without what an eraser went over; it may cut one into pieces.

    Parameters
    ----------
    way
        Where the eraser went.
    width
        Of the eraser, in image pixels.
    """
    met = way_rect(way, width)
    found: list[Scribble] = []
    for scribble in scribbles:
        if scribble.rect.shared(met).area:
            found.extend(_cut(scribble, way, width))
        else:
            found.append(scribble)
    return tuple(found)


def rastered(scribbles: Scribbles, size: Size, image: Size) -> NDArray[np.uint8]:
    """Return the class of each pixel that a stroke covers; later strokes win.

    Parameters
    ----------
    size
        Of the result.
    image
        Of the image; where the result is smaller, strokes get thinner with it.

    Returns
    -------
    raster
        (h, w) uint8, `NONE` where there is no stroke.
    """
    raster = np.full((size.height, size.width), NONE, np.uint8)
    scale = np.array((size.width / image.width, size.height / image.height))
    for scribble in scribbles:
        places = np.asarray(scribble.points, np.float64) * scale
        _draw(
            raster,
            places,
            max(1, round(scribble.width * float(scale.mean()))),
            scribble,
        )
    return raster


def _draw(
    raster: NDArray[np.uint8], places: Coordinates, width: int, scribble: Scribble
) -> None:
    """Draw a line of one pixel, then make it as wide as the pen: not wider.

    OpenCV's own thick lines are up to two pixels wider than asked.
    """
    cv2 = load_cv2()
    height, breadth = raster.shape
    way = (Point(float(x), float(y)) for x, y in places)
    part = way_rect(way, width).within(Size(breadth, height))
    if not part.area:
        return
    thin = np.zeros((part.height, part.width), np.uint8)
    pixels = np.floor(places).astype(np.int32) - (part.x, part.y)
    cv2.polylines(thin, [pixels], isClosed=False, color=1)
    across = np.arange(width) - (width - 1) / 2
    disc = np.hypot(across, across[:, None]) <= width / 2
    wide = cv2.dilate(thin, disc.astype(np.uint8))
    raster[part.slices][wide > 0] = scribble.class_index


def _apart(first: Point, second: Point) -> float:
    return float(np.hypot(first.x - second.x, first.y - second.y))


def _cut(scribble: Scribble, way: tuple[Point, ...], width: float) -> list[Scribble]:
    places = _dense(np.asarray(scribble.points, np.float64))
    reach = (width + scribble.width) / 2
    kept = _distance(places, np.asarray(way, np.float64)) > reach
    if kept.all():
        return [scribble]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], kept.view(np.int8), [0]))))
    pieces = zip(edges[::2], edges[1::2], strict=True)
    return [
        replace(scribble, points=_straightened(places[start:end]))
        for start, end in pieces
        if end - start > 1
    ]


def _dense(points: Coordinates) -> Coordinates:
    """Return a way with places between points that lie far from each other."""
    if len(points) == 1:
        return points
    lengths = np.hypot(*np.diff(points, axis=0).T)
    counts = np.maximum(1, np.ceil(lengths / _STEP_PX)).astype(int)
    parts = [
        points[at] + (points[at + 1] - points[at]) * (np.arange(count) / count)[:, None]
        for at, count in enumerate(counts)
    ]
    return np.concatenate((*parts, points[-1:]))


def _distance(places: Coordinates, way: Coordinates) -> Coordinates:
    """Return how far each place is from a way, in px."""
    starts, ends = (way[:-1], way[1:]) if len(way) > 1 else (way, way)
    nearest = np.full(len(places), np.inf)
    for start, end in zip(starts, ends, strict=True):
        along = end - start
        length = float(along @ along)
        share = (places - start) @ along / length if length else np.zeros(len(places))
        foot = start + np.clip(share, 0, 1)[:, None] * along
        np.minimum(nearest, np.hypot(*(places - foot).T), out=nearest)
    return nearest


def _straightened(places: Coordinates) -> tuple[Point, ...]:
    line = places.astype(np.float32).reshape(-1, 1, 2)
    bends = load_cv2().approxPolyDP(line, _STRAIGHT_PX, closed=False)
    return tuple(Point(float(x), float(y)) for x, y in bends.reshape(-1, 2))
