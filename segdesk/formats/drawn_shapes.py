"""Shapes as annotation files tell them, made into shapes of ours and into pixels."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import InputError
from segdesk.core.geometry import Rect, Size
from segdesk.core.language import tr
from segdesk.core.rasterize import shape_mask
from segdesk.core.shapes import (
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Rectangle,
    Shape,
    bounds,
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
    parts: list[Shape | _MaskPart] = []
    if not drawn.shapes:
        problems["images without a shape are unlabelled all over"] += 1
    for one in drawn.shapes:
        if one.label not in classes.labels:
            problems[f"class {one.label!r} is not known: its shapes are left out"] += 1
            continue
        label = classes.labels[one.label]
        parts += _parts_of(one, label, line_width, problems)
    labels = np.full((size.height, size.width), classes.unlabelled, np.uint8)
    for part in parts:
        is_there = _draw(part, labels, size)
        _check_place(part, size, problems, is_there=is_there)
    findings = tuple(
        Finding(text, number, "shapes") for text, number in problems.items()
    )
    return Loaded(labels, _shapes(parts), drawn.extra, (*drawn.findings, *findings))


@dataclass(frozen=True, slots=True, eq=False)
class _MaskPart:
    """A mask with its class: its outlines are found when they are asked for.

    Parameters
    ----------
    x, y
        Its corner in the image.
    bitmap
        (h, w), other than 0 inside.
    """

    class_index: int
    x: int
    y: int
    bitmap: NDArray[np.uint8]
    extra: Extra = ()

    @property
    def rect(self) -> Rect:
        """Its place, which may reach outside the image."""
        height, width = self.bitmap.shape
        return Rect(self.x, self.y, width, height)

    def shapes(self) -> list[Shape]:
        """Return its outlines."""
        corner = self.x, self.y
        found = mask_polygons(self.bitmap, self.class_index, corner)
        return [replace(one, extra=self.extra) for one in found]


class _LaterShapes(Sequence[Shape]):
    """Shapes of which some are outlines of masks, found when they are asked for."""

    def __init__(self, parts: list[Shape | _MaskPart]) -> None:
        self._parts = parts

    @cached_property
    def _shapes(self) -> tuple[Shape, ...]:
        found: list[Shape] = []
        for one in self._parts:
            found += one.shapes() if isinstance(one, _MaskPart) else [one]
        return tuple(found)

    def __len__(self) -> int:
        return len(self._shapes)

    @overload
    def __getitem__(self, index: int) -> Shape: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Shape]: ...

    def __getitem__(self, index: int | slice) -> Shape | Sequence[Shape]:
        return self._shapes[index]


def _shapes(parts: list[Shape | _MaskPart]) -> Sequence[Shape]:
    if any(isinstance(one, _MaskPart) for one in parts):
        return _LaterShapes(parts)
    return tuple(one for one in parts if not isinstance(one, _MaskPart))


def _draw(part: Shape | _MaskPart, labels: NDArray[np.uint8], size: Size) -> bool:
    """Paint one part; tells whether it covers a pixel."""
    if isinstance(part, _MaskPart):
        rect = part.rect.within(size)
        rows = slice(rect.y - part.y, rect.bottom - part.y)
        mask = part.bitmap[rows, rect.x - part.x : rect.right - part.x] != 0
    else:
        rect, shape = shape_mask(part, size)
        mask = shape.view(np.bool_)
    if not rect.area:
        return False
    labels[rect.slices][mask] = part.class_index
    return bool(mask.any())


def paint(shapes: Iterable[Shape], size: Size, unlabelled: int) -> NDArray[np.uint8]:
    """Return the label map (H, W) of shapes painted one over the other."""
    labels = np.full((size.height, size.width), unlabelled, np.uint8)
    for one in shapes:
        _draw(one, labels, size)
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
            tr("The annotation was not read."),
            cause=tr(
                "It says that its image is {width:,} × {height:,} px.",
                width=size.width,
                height=size.height,
            ),
            hint=tr("Put the image beside it, or correct its size."),
        )


def other_keys(content: Mapping[str, Any], known: Iterable[str]) -> Extra:
    """Return what a JSON object has besides the known keys, as (key, JSON text)."""
    read = frozenset(known)
    return tuple(
        (key, json.dumps(value, ensure_ascii=False))
        for key, value in content.items()
        if key not in read
    )


def from_extra(extra: Extra) -> dict[str, Any]:
    """Return kept keys as JSON values again."""
    return {key: json.loads(text) for key, text in extra}


def _parts_of(
    drawn: DrawnShape, label: int, line_width: float, problems: Counter[str]
) -> Sequence[Shape | _MaskPart]:
    points = np.array(drawn.points, np.float64)
    if not points.size or not np.isfinite(points).all():
        problems["shapes without usable points are left out"] += 1
        return ()
    if drawn.kind == "mask" and drawn.bitmap is not None and drawn.bitmap.any():
        x, y = points[0].astype(int).tolist()
        return (_MaskPart(label, x, y, drawn.bitmap, drawn.extra),)
    made = _made(drawn, label, drawn.width or line_width)
    if not made:
        problems[f"{drawn.kind}s with too few points are left out"] += 1
    if drawn.kind == "polygon" and made and _crosses_itself(points):
        problems["polygons that cross themselves are filled by odd and even"] += 1
    return [replace(one, extra=drawn.extra) for one in made] if drawn.extra else made


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
    return []


def _ellipse(
    label: int, centre: tuple[float, float], radius_x: float, radius_y: float
) -> Ellipse:
    return Ellipse(
        class_index=label, centre=Point(*centre), radius_x=radius_x, radius_y=radius_y
    )


def _check_place(
    part: Shape | _MaskPart, size: Size, problems: Counter[str], *, is_there: bool
) -> None:
    if not is_there:
        problems["shapes cover no pixel of the image"] += 1
        return
    if isinstance(part, _MaskPart):
        rect = part.rect
    else:
        rect = bounds(replace(part, width=0.0) if isinstance(part, Polyline) else part)
    allowed = Rect(-1, -1, size.width + 2, size.height + 2)
    if rect.shared(allowed) != rect:
        problems["shapes reach outside the image and are cut off"] += 1


def _crosses_itself(points: NDArray[np.float64]) -> bool:
    """Tell whether two sides of a ring (n, 2) cross, those that are level aside.

    Only sides are held against each other whose rows overlap.
    """
    if not 4 <= len(points) <= _MOST_CHECKED:
        return False
    ends = np.stack([points, np.roll(points, -1, axis=0)])
    ends = ends[:, np.argsort(ends[:, :, 1].min(axis=0), kind="stable")]
    low, high = ends[:, :, 1].min(axis=0), ends[:, :, 1].max(axis=0)
    own = np.arange(len(points))
    counts = np.maximum(np.searchsorted(low, high) - own - 1, 0)
    first = np.repeat(own, counts)
    step = np.arange(first.size) - np.repeat(np.cumsum(counts) - counts, counts)
    one, other = ends[:, first], ends[:, first + step + 1]
    return bool((_parted(one, other) & _parted(other, one)).any())


def _parted(line: NDArray[np.float64], pair: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell where two points lie at different sides of a line; (2, n, 2) each."""
    way, gone = line[1] - line[0], pair - line[0]
    side = np.sign(way[:, 0] * gone[..., 1] - way[:, 1] * gone[..., 0])
    parted: NDArray[np.bool_] = side[0] * side[1] < 0
    return parted
