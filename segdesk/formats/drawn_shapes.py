"""Shapes as annotation files tell them, made into shapes of ours and into pixels."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import InputError
from segdesk.core.geometry import Size
from segdesk.core.rasterize import shape_mask
from segdesk.core.shapes import (
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Rectangle,
    Shape,
    ring,
)
from segdesk.formats.labelled import Extra, Finding, Loaded
from segdesk.formats.outlines import mask_polygons

_LARGEST_PX = 1 << 16
_MOST_CHECKED = 1500  # points; crossings are counted in n² steps


@dataclass(frozen=True, slots=True, eq=False)
class DrawnShape:
    """A shape of a file.

    Parameters
    ----------
    label
        Name of its class.
    kind
        "polygon", "rectangle", "circle", "ellipse", "line", "point" or "mask".
    points
        (x, y) pairs; opposite corners of a rectangle, centre and border of a circle,
        centre and half axes of an ellipse.
    bitmap
        (h, w), other than 0 inside; of a mask, whose corner is the first point.
    width
        Of a line, pixels; 0: as the reader's options say.
    extra
        What else the file says of it.
    """

    label: str
    kind: str
    points: tuple[tuple[float, float], ...]
    bitmap: NDArray[np.uint8] | None = None
    width: float = 0.0
    extra: Extra = ()


@dataclass(frozen=True, slots=True, eq=False)
class DrawnImage:
    """What a file says of one image.

    Parameters
    ----------
    size
        Of the image, as the file has it; None: it does not say.
    shapes
        In painting order.
    extra
        What else it says.
    findings
        What could not be understood.
    """

    size: Size | None
    shapes: tuple[DrawnShape, ...]
    extra: Extra = ()
    findings: tuple[Finding, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ShapeClasses:
    """Label by class name, and the label of the ground.

    Parameters
    ----------
    labels
        Class index, or 255, by name.
    unlabelled
        Label of pixels under no shape.
    """

    labels: Mapping[str, int]
    unlabelled: int


def loaded_from(
    drawn: DrawnImage, size: Size, classes: ShapeClasses, line_width: float
) -> Loaded:
    """Return the shapes and the label map of one image.

    Parameters
    ----------
    size
        Of the image.
    line_width
        For lines and points that have none of their own, pixels.

    Raises
    ------
    InputError
        When the size is out of range.
    """
    check_size(size)
    problems: Counter[str] = Counter()
    shapes: list[Shape] = []
    if not drawn.shapes:
        problems["images without a shape are unlabelled all over"] += 1
    for one in drawn.shapes:
        if one.label not in classes.labels:
            problems[f"class {one.label!r} is not known: its shapes are left out"] += 1
            continue
        label = classes.labels[one.label]
        shapes += _shapes_of(one, label, line_width, problems)
    for made in shapes:
        _check_place(made, size, problems)
    labels = paint(shapes, size, classes.unlabelled)
    findings = tuple(
        Finding(text, number, "shapes") for text, number in problems.items()
    )
    return Loaded(labels, tuple(shapes), drawn.extra, (*drawn.findings, *findings))


def paint(shapes: Iterable[Shape], size: Size, unlabelled: int) -> NDArray[np.uint8]:
    """Return the label map (H, W) of shapes painted one over the other."""
    labels = np.full((size.height, size.width), unlabelled, np.uint8)
    for one in shapes:
        rect, mask = shape_mask(one, size)
        if rect.area:
            part = labels[rect.slices]
            part[mask != 0] = one.class_index
    return labels


def check_size(size: Size) -> None:
    """Refuse sizes that no image has.

    Raises
    ------
    InputError
        When a side is not 1 to 65,536.
    """
    if not all(1 <= side <= _LARGEST_PX for side in size):
        raise InputError(
            "The annotation was not read.",
            cause=f"It says that its image is {size.width:,} × {size.height:,} px.",
            hint="Put the image beside it, or correct its size.",
        )


def other_keys(content: Mapping[str, Any], known: Iterable[str]) -> Extra:
    """Return what a JSON object has besides the known keys, as (key, JSON text)."""
    return tuple(
        (key, json.dumps(value, ensure_ascii=False))
        for key, value in content.items()
        if key not in frozenset(known)
    )


def from_extra(extra: Extra) -> dict[str, Any]:
    """Return kept keys as JSON values again."""
    return {key: json.loads(text) for key, text in extra}


def _shapes_of(
    drawn: DrawnShape, label: int, line_width: float, problems: Counter[str]
) -> list[Shape]:
    points = drawn.points
    if not points or not all(math.isfinite(x) and math.isfinite(y) for x, y in points):
        problems["shapes without usable points are left out"] += 1
        return []
    made = _made(drawn, label, drawn.width or line_width)
    if not made:
        problems[f"{drawn.kind}s with too few points are left out"] += 1
    if drawn.kind == "polygon" and made and _crosses_itself(points):
        problems["polygons that cross themselves are filled by odd and even"] += 1
    return [replace(one, extra=drawn.extra) for one in made]


def _made(drawn: DrawnShape, label: int, width: float) -> list[Shape]:
    points = drawn.points
    if drawn.kind == "polygon" and len(points) >= 3:
        return [Polygon(class_index=label, rings=(ring(points),))]
    if drawn.kind == "rectangle" and len(points) >= 2:
        a, b = Point(*points[0]), Point(*points[1])
        return [Rectangle.between(a, b, label)]
    if drawn.kind == "circle" and len(points) >= 2:
        radius = math.dist(points[0], points[1])
        return [_ellipse(label, points[0], radius, radius)]
    if drawn.kind == "ellipse" and len(points) >= 2:
        return [_ellipse(label, points[0], *points[1])]
    if drawn.kind == "line" and len(points) >= 2:
        return [Polyline(class_index=label, points=ring(points), width=width)]
    if drawn.kind == "point":
        return [
            Polyline(class_index=label, points=(Point(*one),), width=width)
            for one in points
        ]
    if drawn.kind == "mask" and drawn.bitmap is not None:
        corner = int(points[0][0]), int(points[0][1])
        return list(mask_polygons(drawn.bitmap, label, corner))
    return []


def _ellipse(
    label: int, centre: tuple[float, float], radius_x: float, radius_y: float
) -> Ellipse:
    return Ellipse(
        class_index=label, centre=Point(*centre), radius_x=radius_x, radius_y=radius_y
    )


def _check_place(shape: Shape, size: Size, problems: Counter[str]) -> None:
    rect, mask = shape_mask(shape, size)
    if not rect.area or not mask.any():
        problems["shapes cover no pixel of the image"] += 1
        return
    if any(
        not (-1 <= x <= size.width + 1 and -1 <= y <= size.height + 1)
        for line in shape.outlines()
        for x, y in line
    ):
        problems["shapes reach outside the image and are cut off"] += 1


def _crosses_itself(points: tuple[tuple[float, float], ...]) -> bool:
    if not 4 <= len(points) <= _MOST_CHECKED:
        return False
    a = np.array(points, np.float64)
    b = np.roll(a, -1, axis=0)
    d = b - a

    def side(origin: Any, way: Any, place: Any) -> Any:  # noqa: ANN401 - arrays
        gone = place - origin
        return np.sign(way[..., 0] * gone[..., 1] - way[..., 1] * gone[..., 0])

    first = side(a[:, None], d[:, None], a[None]) * side(
        a[:, None], d[:, None], b[None]
    )
    return bool(((first < 0) & (first.T < 0)).any())
