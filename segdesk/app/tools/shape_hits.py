"""What of the shapes lies under the cursor."""

import math
from collections.abc import Container
from dataclasses import dataclass

from segdesk.app.tools.snap import distance, nearest_on_line
from segdesk.core.geometry import Rect
from segdesk.core.rasterize import polygon_spans
from segdesk.core.shape_index import ShapeIndex
from segdesk.core.shapes import Ellipse, Point, Polygon, Polyline, Shape
from segdesk.core.spans import ellipse_spans


@dataclass(frozen=True, slots=True)
class Hit:
    """A part of a shape under the cursor.

    Parameters
    ----------
    index
        Of the shape.
    place
        The handle, or the place of the edge, or the cursor.
    handle
        Index of the handle; None: it is not on one.
    edge
        Index of the vertex behind which a click inserts another one; None: not on an
        edge, or the shape takes none.
    """

    index: int
    place: Point
    handle: int | None = None
    edge: int | None = None


def find_hit(
    index: ShapeIndex,
    place: Point,
    reach: float,
    first: int | None = None,
    hidden: Container[int] = (),
) -> Hit | None:
    """Return the part of a shape under a place.

    Handles and edges of the chosen shape come first, then those of the topmost ones,
    then areas.

    Parameters
    ----------
    reach
        How far a handle or an edge may be, in image pixels.
    first
        Index of the chosen shape.
    hidden
        `id` of the shapes that are left alone.
    """
    around = Rect.between(
        place.x - reach, place.y - reach, place.x + reach, place.y + reach
    )
    near = index.near(around.grown(1))[::-1]
    near = [number for number in near if id(index.shapes[number]) not in hidden]
    if first is not None and first in near:
        near.remove(first)
        near.insert(0, first)
    for number in near:
        hit = _outline_hit(number, index.shapes[number], place, reach)
        if hit:
            return hit
    for number in near:
        if _is_inside(index.shapes[number], place):
            return Hit(number, place)
    return None


def _outline_hit(index: int, shape: Shape, place: Point, reach: float) -> Hit | None:
    handles = shape.handles
    nearest = min(
        range(len(handles)), key=lambda n: distance(handles[n], place), default=None
    )
    if nearest is not None and distance(handles[nearest], place) <= reach:
        return Hit(index, handles[nearest], handle=nearest)
    if not isinstance(shape, Polygon | Polyline):
        return None
    start = 0
    best: tuple[float, Hit] | None = None
    for line in shape.outlines():
        after = line[1:] if isinstance(shape, Polyline) else (*line[1:], line[0])
        for number, (a, b) in enumerate(zip(line, after, strict=False)):
            there = nearest_on_line(a, b, place)
            away = distance(there, place)
            if away <= reach and (best is None or away < best[0]):
                best = (away, Hit(index, there, edge=start + number))
        start += len(line)
    return best[1] if best else None


def _is_inside(shape: Shape, place: Point) -> bool:
    """Tell whether the pixel under a place belongs to a shape."""
    pixel = Rect(math.floor(place.x), math.floor(place.y), 1, 1)
    if isinstance(shape, Polyline):
        pairs = zip(shape.points, shape.points[1:] or shape.points, strict=False)
        return any(
            distance(nearest_on_line(a, b, place), place) <= shape.width / 2
            for a, b in pairs
        )
    if isinstance(shape, Ellipse):
        radii = (shape.radius_x, shape.radius_y)
        return ellipse_spans(shape.centre, radii, shape.angle, pixel).area > 0
    return polygon_spans(shape.outlines(), pixel).area > 0
