"""Shapes and provenance as plain JSON values, for the sidecar and the journal."""

from collections.abc import Iterable, Mapping
from typing import Any

from segdesk.core.document import Provenance
from segdesk.core.history import Source, SourceKind
from segdesk.core.shapes import (
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Rectangle,
    Ring,
    Shape,
)

Plain = dict[str, Any]


def shape_to_plain(shape: Shape) -> Plain:
    """Return a shape as a JSON object; what it was painted over stays out."""
    plain: Plain = {"class": shape.class_index}
    match shape:
        case Polygon():
            plain |= {"kind": "polygon", "rings": [_pairs(r) for r in shape.rings]}
        case Rectangle():
            box = [shape.left, shape.top, shape.right, shape.bottom]
            plain |= {"kind": "rectangle", "box": box}
        case Ellipse():
            plain |= {
                "kind": "ellipse",
                "centre": list(shape.centre),
                "radii": [shape.radius_x, shape.radius_y],
                "angle": shape.angle,
            }
        case Polyline():
            plain |= {
                "kind": "polyline",
                "points": _pairs(shape.points),
                "width": shape.width,
            }
    if shape.extra:
        plain["extra"] = dict(shape.extra)
    return plain


def shape_from_plain(plain: Mapping[str, Any]) -> Shape:
    """Return the shape that `shape_to_plain` told.

    Raises
    ------
    ValueError, KeyError, TypeError
        When it is no such object.
    """
    common: dict[str, Any] = {
        "class_index": _class_index(plain["class"]),
        "extra": tuple((str(k), str(v)) for k, v in plain.get("extra", {}).items()),
    }
    kind = plain["kind"]
    if kind == "polygon":
        return Polygon(**common, rings=tuple(_ring(one) for one in plain["rings"]))
    if kind == "rectangle":
        left, top, right, bottom = map(float, plain["box"])
        return Rectangle(**common, left=left, top=top, right=right, bottom=bottom)
    if kind == "ellipse":
        (centre,) = _ring([plain["centre"]])
        radius_x, radius_y = map(float, plain["radii"])
        angle = float(plain["angle"])
        return Ellipse(
            **common, centre=centre, radius_x=radius_x, radius_y=radius_y, angle=angle
        )
    if kind == "polyline":
        points, width = _ring(plain["points"]), float(plain["width"])
        return Polyline(**common, points=points, width=width)
    msg = f"{kind!r} is no kind of shape"
    raise ValueError(msg)


def provenance_to_plain(provenance: Provenance) -> list[Plain]:
    """Return who made an annotation as a JSON list."""
    return [
        {"by": source.kind.value, "name": source.name, "changed_px": pixels}
        for source, pixels in provenance.changed_px
    ]


def provenance_from_plain(plain: Iterable[Mapping[str, Any]]) -> Provenance:
    """Return the provenance that `provenance_to_plain` told.

    Raises
    ------
    ValueError, KeyError, TypeError
        When it is no such list.
    """
    provenance = Provenance()
    for entry in plain:
        source = Source(SourceKind(entry["by"]), str(entry["name"]))
        provenance = provenance.plus(source, int(entry["changed_px"]))
    return provenance


def _pairs(points: Ring) -> list[list[float]]:
    return [[point.x, point.y] for point in points]


def _ring(pairs: Iterable[Iterable[float]]) -> Ring:
    return tuple(Point(float(x), float(y)) for x, y in pairs)


def _class_index(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value <= 255:
        msg = f"{value!r} is no class index"
        raise ValueError(msg)
    return value
