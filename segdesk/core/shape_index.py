"""Which of many shapes lie near a place."""

import numpy as np

from segdesk.core.geometry import Rect
from segdesk.core.shapes import Shape, bounds


class ShapeIndex:
    """The bounds of shapes, measured once.

    Parameters
    ----------
    shapes
        In the order in which they are painted.
    before
        Index of an earlier list; shapes that are in both are not measured again.

    Attributes
    ----------
    measured
        Each shape with its bounds, by the shape's `id`.
    """

    def __init__(
        self, shapes: tuple[Shape, ...], before: "ShapeIndex | None" = None
    ) -> None:
        known = before.measured if before else {}
        self.shapes = shapes
        self.measured: dict[int, tuple[Shape, Rect]] = {}
        for shape in shapes:
            entry = known.get(id(shape))
            if entry is None or entry[0] is not shape:
                entry = (shape, bounds(shape))
            self.measured[id(shape)] = entry
        self._edges = np.array(
            [(r.x, r.y, r.right, r.bottom) for r in map(self.bounds, shapes)], np.int64
        ).reshape(-1, 4)

    def bounds(self, shape: Shape) -> Rect:
        """Return the whole pixels that one of the shapes may cover."""
        return self.measured[id(shape)][1]

    def near(self, rect: Rect) -> list[int]:
        """Return the indices of shapes whose bounds meet a rectangle, ascending."""
        left, top, right, bottom = self._edges.T
        meets = (left < rect.right) & (right > rect.x)
        meets &= (top < rect.bottom) & (bottom > rect.y)
        return [int(index) for index in np.flatnonzero(meets)]
