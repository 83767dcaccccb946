"""Which shapes are written for an item: its own, or the outlines of its regions."""

import math
from dataclasses import dataclass
from itertools import chain

import numpy as np

from segdesk.core.classes import IGNORE_INDEX, ClassList, is_background_name
from segdesk.core.shapes import (
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Rectangle,
    Ring,
    Shape,
)
from segdesk.formats.drawn_shapes import paint
from segdesk.formats.labelled import Extra, Loaded
from segdesk.formats.outlines import painting_order

_INSET_PX = 0.25


@dataclass(frozen=True, slots=True)
class OutShape:
    """A shape without holes, as formats with lists of points have it.

    Parameters
    ----------
    class_index
        Its class, or 255.
    kind
        "polygon", "rectangle", "circle", "linestrip" or "point".
    points
        (x, y); opposite corners of a rectangle, centre and border of a circle.
    extra
        What the file that it came from said of it besides.
    """

    class_index: int
    kind: str
    points: Ring
    extra: Extra = ()


def ground_of(classes: ClassList) -> int:
    """Return the label of pixels under no shape: background, or 255."""
    for index, name in enumerate(classes.names):
        if is_background_name(name):
            return index
    return IGNORE_INDEX


def shapes_to_write(
    loaded: Loaded, unlabelled: int, *, polygons_only: bool = False
) -> list[OutShape]:
    """Return shapes that give an item's label map, painted in their order.

    Parameters
    ----------
    unlabelled
        Label of pixels under no shape.
    polygons_only
        For formats that know no other kind.
    """
    own = loaded.shapes
    if own and np.array_equal(paint(own, loaded.size, unlabelled), loaded.labels):
        plain = [_plain(one) for one in own]
        kept = [one for one in plain if one is not None]
        allowed = {"polygon"} if polygons_only else {one.kind for one in kept}
        if len(kept) == len(plain) and all(one.kind in allowed for one in kept):
            return kept
    return [
        OutShape(one.label, "polygon", drawn_inside(one.outer))
        for one in painting_order(loaded.labels, unlabelled)
    ]


def drawn_inside(outer: Ring) -> Ring:
    """Return a line along the borders of pixels, a quarter of a pixel further inside.

    No centre of a pixel lies between the two lines. Programs that cut coordinates to
    whole pixels, fill the polygon and draw its line as well get the same pixels: each
    corner falls on the pixel that it goes round.

    Parameters
    ----------
    outer
        Clockwise on screen, whole numbers, level and upright by turns.
    """
    flat = np.fromiter(chain.from_iterable(outer), np.float64, 2 * len(outer))
    corners = flat.reshape(-1, 2)
    way = np.sign(np.roll(corners, -1, axis=0) - corners)
    to_right = np.stack([-way[:, 1], way[:, 0]], axis=1)
    moved = corners + _INSET_PX * (to_right + np.roll(to_right, 1, axis=0))
    return tuple(map(Point, *moved.T.tolist()))


def _plain(shape: Shape) -> OutShape | None:
    """Return a shape in terms of points; None: it cannot be told so."""
    label, extra = shape.class_index, shape.extra
    match shape:
        case Polygon():
            if len(shape.rings) == 1:
                return OutShape(label, "polygon", shape.rings[0], extra)
        case Rectangle():
            corners = shape.handles[0], shape.handles[2]
            return OutShape(label, "rectangle", corners, extra)
        case Ellipse():
            if math.isclose(shape.radius_x, shape.radius_y):
                border = shape.handles[0]
                return OutShape(label, "circle", (shape.centre, border), extra)
        case Polyline():
            kind = "linestrip" if len(shape.points) > 1 else "point"
            return OutShape(label, kind, shape.points, extra)
    return None
