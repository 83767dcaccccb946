"""Snapping to what is there: vertices, edges of shapes, borders of labels."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from segdesk.app.tools.base import ToolContext
from segdesk.core.geometry import Rect
from segdesk.core.shapes import Point, Polyline, Shape

REACH = 10.0  # logical pixels of the screen
_LARGEST_WINDOW_PX = 256


def snapped(context: ToolContext, place: Point, pixel: float) -> Point:
    """Return the nearest thing to snap to, or the place itself.

    Vertices of shapes come first, so that neighbours share them; then the nearest of
    edges, borders between labels, and the border of the image.

    Parameters
    ----------
    pixel
        Image pixels for one logical pixel of the screen.
    """
    reach = REACH * pixel
    near = Rect.between(
        place.x - reach, place.y - reach, place.x + reach, place.y + reach
    ).grown(1)
    index = context.document.index
    shapes = [index.shapes[number] for number in index.near(near)]
    vertices = [point for shape in shapes for point in shape.handles]
    vertex = _nearest(vertices, place, reach)
    if vertex is not None:
        return vertex
    found = [nearest_on_line(*edge, place) for edge in _edges(shapes)]
    found += _label_border(context.document.labels, place, reach)
    return _nearest(found, place, reach) or place


def nearest_on_line(a: Point, b: Point, place: Point) -> Point:
    """Return the place of a straight line that is nearest to another one."""
    dx, dy = b.x - a.x, b.y - a.y
    length = dx * dx + dy * dy
    if not length:
        return a
    part = ((place.x - a.x) * dx + (place.y - a.y) * dy) / length
    part = min(max(part, 0.0), 1.0)
    return Point(a.x + part * dx, a.y + part * dy)


def distance(a: Point, b: Point) -> float:
    """Return how far two places are apart, in image pixels."""
    return math.hypot(a.x - b.x, a.y - b.y)


def _edges(shapes: list[Shape]) -> Iterator[tuple[Point, Point]]:
    for shape in shapes:
        for line in shape.outlines():
            after = line[1:] if isinstance(shape, Polyline) else (*line[1:], line[0])
            yield from zip(line, after, strict=False)


def _nearest(points: list[Point], place: Point, reach: float) -> Point | None:
    best = min(points, key=lambda point: distance(point, place), default=None)
    return best if best is not None and distance(best, place) <= reach else None


def _label_border(labels: NDArray[np.uint8], place: Point, reach: float) -> list[Point]:
    """Return the nearest corner of pixels at which labels, or the image, end."""
    reach = min(reach, _LARGEST_WINDOW_PX / 2)
    left, top = math.floor(place.x - reach), math.floor(place.y - reach)
    right, bottom = math.ceil(place.x + reach) + 1, math.ceil(place.y + reach) + 1
    height, width = labels.shape
    rows = np.arange(top - 1, bottom)
    columns = np.arange(left - 1, right)
    around = np.full((rows.size, columns.size), -1, np.int16)
    inside = np.ix_((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
    used_rows = rows[(rows >= 0) & (rows < height)]
    used_columns = columns[(columns >= 0) & (columns < width)]
    around[inside] = labels[np.ix_(used_rows, used_columns)]
    # A corner lies between the pixels (y - 1, x - 1) and (y, x).
    corner = around[1:, 1:]
    differs = (corner != around[:-1, :-1]) | (corner != around[1:, :-1])
    differs |= corner != around[:-1, 1:]
    y, x = np.nonzero(differs)
    if not y.size:
        return []
    y, x = y + top, x + left
    best = int(np.argmin(np.hypot(x - place.x, y - place.y)))
    return [Point(float(x[best]), float(y[best]))]
