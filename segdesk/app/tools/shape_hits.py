"""What of the shapes lies under the cursor."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segdesk.app.tools.snap import distance, nearest_on_line
from segdesk.core.geometry import Rect
from segdesk.core.rasterize import polygon_spans
from segdesk.core.shapes import Ellipse, Point, Polygon, Polyline, Shape, bounds
from segdesk.core.spans import ellipse_spans

if TYPE_CHECKING:
    from numpy.typing import NDArray


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


class ShapeHits:
    """Finds what is under the cursor among many shapes."""

    def __init__(self) -> None:
        self._shapes: tuple[Shape, ...] = ()
        self._rects: dict[int, tuple[Shape, Rect]] = {}
        self._edges: NDArray[np.int64] = np.zeros((0, 4), np.int64)

    def find(
        self,
        shapes: tuple[Shape, ...],
        place: Point,
        reach: float,
        first: int | None = None,
    ) -> Hit | None:
        """Return the part under a place.

        Handles and edges of the chosen shape come first, then those of the topmost
        ones, then areas.

        Parameters
        ----------
        reach
            How far a handle or an edge may be, in image pixels.
        first
            Index of the chosen shape.
        """
        near = self._near(shapes, place, reach)
        if first is not None and first in near:
            near.remove(first)
            near.insert(0, first)
        for index in near:
            hit = _outline_hit(index, shapes[index], place, reach)
            if hit:
                return hit
        for index in near:
            if _is_inside(shapes[index], place):
                return Hit(index, place)
        return None

    def _near(self, shapes: tuple[Shape, ...], place: Point, reach: float) -> list[int]:
        """Return shapes whose bounds are near a place, the topmost first."""
        if shapes is not self._shapes:
            self._index(shapes)
        if not shapes:
            return []
        left, top, right, bottom = self._edges.T
        inside = (left - reach <= place.x) & (place.x <= right + reach)
        inside &= (top - reach <= place.y) & (place.y <= bottom + reach)
        return [int(index) for index in np.flatnonzero(inside)[::-1]]

    def _index(self, shapes: tuple[Shape, ...]) -> None:
        """Measure the shapes; those that are known cost nothing."""
        known, self._rects, self._shapes = self._rects, {}, shapes
        for shape in shapes:
            entry = known.get(id(shape))
            if entry is None or entry[0] is not shape:
                entry = (shape, bounds(shape))
            self._rects[id(shape)] = entry
        self._edges = np.array(
            [
                (rect.x, rect.y, rect.right, rect.bottom)
                for rect in (self._rects[id(shape)][1] for shape in shapes)
            ],
            np.int64,
        ).reshape(-1, 4)


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
    pixel = Rect(int(np.floor(place.x)), int(np.floor(place.y)), 1, 1)
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
