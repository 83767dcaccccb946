"""Vector shapes of an annotation: values that stay editable after they are painted.

Points are (x, y) in image pixels with pixel centres at +0.5; they may lie outside the
image. A shape never changes: editing it makes another one.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Rect


class Point(NamedTuple):
    """A place in the image."""

    x: float
    y: float


Ring = tuple[Point, ...]
_ELLIPSE_POINTS = 96


def ring(points: Iterable[tuple[float, float]] | NDArray[np.float64]) -> Ring:
    """Return pairs of numbers as a ring."""
    return tuple(Point(float(x), float(y)) for x, y in points)


@dataclass(frozen=True, slots=True)
class Underlay:
    """What a shape was painted over, so that moving it brings that back.

    Parameters
    ----------
    rect
        The pixels it covers.
    packed
        Their labels, zlib; only those under the shape count.
    """

    rect: Rect
    packed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """What all shapes have.

    Parameters
    ----------
    class_index
        Its class; 255 paints ignore.
    extra
        (key, JSON text) pairs that a file had and SegDesk keeps without reading.
    underlay
        What it covers, as long as the annotation stays open; never saved.
    """

    class_index: int
    extra: tuple[tuple[str, str], ...] = ()
    underlay: Underlay | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Polygon(_Shape):
    """An area with straight sides, with or without holes.

    Parameters
    ----------
    rings
        Outline and holes, none of them closed by repeating the first point. A pixel is
        inside when an odd number of rings goes round it.
    """

    rings: tuple[Ring, ...]

    @property
    def handles(self) -> Ring:
        """All its vertices, ring by ring."""
        return tuple(point for one in self.rings for point in one)

    def outlines(self) -> tuple[Ring, ...]:
        """Return the closed lines that bound it."""
        return self.rings

    def with_handle(self, index: int, point: Point) -> "Polygon":
        """Return it with one vertex elsewhere."""
        which, place = self.place(index)
        changed = list(self.rings[which])
        changed[place] = point
        return self._with_ring(which, tuple(changed))

    def with_inserted(self, index: int, point: Point) -> "Polygon":
        """Return it with a new vertex behind the one at `index`."""
        which, place = self.place(index)
        old = self.rings[which]
        return self._with_ring(which, (*old[: place + 1], point, *old[place + 1 :]))

    def without(self, index: int) -> "Polygon | None":
        """Return it without a vertex.

        A ring left with two vertices goes too; None: nothing is left.
        """
        which, place = self.place(index)
        old = self.rings[which]
        if len(old) > 3:
            return self._with_ring(which, old[:place] + old[place + 1 :])
        rings = self.rings[:which] + self.rings[which + 1 :]
        return replace(self, rings=rings) if rings and which else None

    def moved(self, dx: float, dy: float) -> "Polygon":
        """Return it at another place."""
        return replace(self, rings=tuple(_moved(one, dx, dy) for one in self.rings))

    def place(self, index: int) -> tuple[int, int]:
        """Return the ring of a vertex and its place in that ring."""
        for which, one in enumerate(self.rings):
            if index < len(one):
                return which, index
            index -= len(one)
        raise IndexError(index)

    def _with_ring(self, which: int, changed: Ring) -> "Polygon":
        rings = (*self.rings[:which], changed, *self.rings[which + 1 :])
        return replace(self, rings=rings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle(_Shape):
    """An upright rectangle.

    Parameters
    ----------
    left, top, right, bottom
        Its edges; left ≤ right, top ≤ bottom.
    """

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def between(cls, a: Point, b: Point, class_index: int) -> "Rectangle":
        """Return the rectangle with two opposite corners."""
        return cls(
            class_index=class_index,
            left=min(a.x, b.x),
            top=min(a.y, b.y),
            right=max(a.x, b.x),
            bottom=max(a.y, b.y),
        )

    @property
    def handles(self) -> Ring:
        """Its corners, clockwise from the top left."""
        return (
            Point(self.left, self.top),
            Point(self.right, self.top),
            Point(self.right, self.bottom),
            Point(self.left, self.bottom),
        )

    def outlines(self) -> tuple[Ring, ...]:
        """Return the closed lines that bound it."""
        return (self.handles,)

    def with_handle(self, index: int, point: Point) -> "Rectangle":
        """Return it with one corner elsewhere and the opposite one kept."""
        fixed = self.handles[(index + 2) % 4]
        moved = Rectangle.between(fixed, point, self.class_index)
        return replace(
            self,
            left=moved.left,
            top=moved.top,
            right=moved.right,
            bottom=moved.bottom,
        )

    def moved(self, dx: float, dy: float) -> "Rectangle":
        """Return it at another place."""
        return replace(
            self,
            left=self.left + dx,
            top=self.top + dy,
            right=self.right + dx,
            bottom=self.bottom + dy,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ellipse(_Shape):
    """An ellipse.

    Parameters
    ----------
    centre
        Its middle.
    radius_x, radius_y
        Half axes in pixels.
    angle
        Degrees by which the axes are turned, clockwise on screen.
    """

    centre: Point
    radius_x: float
    radius_y: float
    angle: float = 0.0

    @property
    def handles(self) -> Ring:
        """Ends of its axes: right, bottom, left, top before it is turned."""
        return tuple(self._at(turn * math.pi / 2) for turn in range(4))

    def outlines(self) -> tuple[Ring, ...]:
        """Return the closed line that bounds it, as a polygon."""
        step = 2 * math.pi / _ELLIPSE_POINTS
        return (tuple(self._at(turn * step) for turn in range(_ELLIPSE_POINTS)),)

    def with_handle(self, index: int, point: Point) -> "Ellipse":
        """Return it with the end of one axis elsewhere, about the same centre."""
        turn = math.radians(self.angle)
        dx, dy = point.x - self.centre.x, point.y - self.centre.y
        if index % 2 == 0:
            along = abs(dx * math.cos(turn) + dy * math.sin(turn))
            return replace(self, radius_x=along)
        across = abs(dy * math.cos(turn) - dx * math.sin(turn))
        return replace(self, radius_y=across)

    def moved(self, dx: float, dy: float) -> "Ellipse":
        """Return it at another place."""
        return replace(self, centre=Point(self.centre.x + dx, self.centre.y + dy))

    def _at(self, turn: float) -> Point:
        along = self.radius_x * math.cos(turn)
        across = self.radius_y * math.sin(turn)
        tilt = math.radians(self.angle)
        return Point(
            self.centre.x + along * math.cos(tilt) - across * math.sin(tilt),
            self.centre.y + along * math.sin(tilt) + across * math.cos(tilt),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Polyline(_Shape):
    """An open line with a width and round ends.

    Parameters
    ----------
    points
        Its vertices; one alone is a dot.
    width
        In pixels.
    """

    points: Ring
    width: float

    @property
    def handles(self) -> Ring:
        """Its vertices."""
        return self.points

    def outlines(self) -> tuple[Ring, ...]:
        """Return its middle line; it is not closed."""
        return (self.points,)

    def with_handle(self, index: int, point: Point) -> "Polyline":
        """Return it with one vertex elsewhere."""
        return replace(
            self, points=(*self.points[:index], point, *self.points[index + 1 :])
        )

    def with_inserted(self, index: int, point: Point) -> "Polyline":
        """Return it with a new vertex behind the one at `index`."""
        return replace(
            self, points=(*self.points[: index + 1], point, *self.points[index + 1 :])
        )

    def without(self, index: int) -> "Polyline | None":
        """Return it without a vertex; None: nothing is left."""
        points = self.points[:index] + self.points[index + 1 :]
        return replace(self, points=points) if len(points) > 1 else None

    def moved(self, dx: float, dy: float) -> "Polyline":
        """Return it at another place."""
        return replace(self, points=_moved(self.points, dx, dy))


Shape = Polygon | Rectangle | Ellipse | Polyline


def bounds(shape: Shape) -> Rect:
    """Return the whole pixels that a shape may cover."""
    if isinstance(shape, Ellipse):
        tilt = math.radians(shape.angle)
        cos, sin = math.cos(tilt), math.sin(tilt)
        half_x = math.hypot(shape.radius_x * cos, shape.radius_y * sin)
        half_y = math.hypot(shape.radius_x * sin, shape.radius_y * cos)
        x, y = shape.centre
        return Rect.between(x - half_x, y - half_y, x + half_x, y + half_y)
    handles = shape.handles
    if not handles:
        return Rect(0, 0, 0, 0)
    margin = shape.width / 2 if isinstance(shape, Polyline) else 0.0
    xs, ys = zip(*handles, strict=True)
    return Rect.between(
        min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin
    )


def _moved(points: Ring, dx: float, dy: float) -> Ring:
    return tuple(Point(x + dx, y + dy) for x, y in points)
