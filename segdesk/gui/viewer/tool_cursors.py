"""The cursors of the tools: white on a dark halo, class colour only as inner ring."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRegion

from segdesk.app.tools.preview import CursorKind
from segdesk.gui import icons, theme
from segdesk.gui.components.painting import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALLEST_RING_PX = 6.0
LARGEST_RING_PX = 20_000.0  # beyond, no part of the ring is in any view
REACH_PX = 36  # of everything that has a fixed size
_KEPT_RING_PX = 1400.0
_GAP_PX, _ARM_PX = 3.5, 10.5
_LINE_PX, _HALO_PX = 1.6, 3.6
_RING_PX, _RING_HALO_PX, _INNER_PX = 2.2, 4.4, 1.6
_ERASE_HALO_PX = 3.4
_RING_RIM_PX = 6.0  # inside of the outline, what it touches
_BAND_PX = 48
_DASH = (2.6, 2.2)  # in widths of the line
_HALO_SHARE = 0.85
_BADGE_PX, _BADGE_AT, _BADGE_RADIUS, _BADGE_ICON_PX = 22, 9, 5, 14
_DOT_PX = 8.0
_SIGN_PX = 19.0
_CENTRE_PX = 4.0

_BADGES = {
    CursorKind.FILL: "paint-bucket-fill",
    CursorKind.WAND: "magic-wand-fill",
    CursorKind.EDGE: "magnet-fill",
    CursorKind.PICK: "eyedropper-fill",
}
_DOTTED = (CursorKind.FILL, CursorKind.WAND)
_SIGNS = {
    CursorKind.POINT_ADD: ("okFill", "plus-bold"),
    CursorKind.POINT_REMOVE: ("badFill", "minus-bold"),
    CursorKind.CUT: ("badFill", "minus-bold"),
}
_RINGS = (CursorKind.BRUSH, CursorKind.ERASE, CursorKind.LOCKED)
DRAWN = frozenset({*_RINGS, *_BADGES, *_SIGNS, CursorKind.CROSS})


@dataclass(frozen=True, slots=True)
class Ring:
    """The outline of a brush.

    Parameters
    ----------
    diameter
        Or side, in logical px.
    """

    diameter: float = 0.0
    square: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Worn:
    """A cursor as it is at the moment.

    Parameters
    ----------
    colour
        Of the class that the tool paints; None: it paints none.
    """

    kind: CursorKind
    ring: Ring
    colour: QColor | None


def has_ring(kind: CursorKind, ring: Ring) -> bool:
    """Tell whether a cursor shows the outline of a brush."""
    return kind in _RINGS and ring.diameter >= SMALLEST_RING_PX


@lru_cache(maxsize=2)
def ring_region(
    at: tuple[float, float], ring: Ring, view: tuple[int, int, int, int]
) -> QRegion:
    """Return the part of a view, in logical px, that an outline of a brush touches.

    In bands: the square round a large disc has many times the pixels of its rim.

    Parameters
    ----------
    at
        Its middle.
    view
        Left, top, width, height.
    """
    x, middle = at
    half = min(ring.diameter, LARGEST_RING_PX) / 2
    outer, inner = half + _RING_HALO_PX, max(0.0, half - _RING_RIM_PX)
    top = max(view[1], math.floor(middle - outer))
    foot = min(view[1] + view[3], math.ceil(middle + outer) + 1)
    region = QRegion()
    for y in range(top, foot, _BAND_PX):
        high = min(_BAND_PX, foot - y)
        near, far = _heights(middle - y, high)
        wide = outer if ring.square else _half_chord(outer, near)
        hollow = _half_chord(inner, far)
        if ring.square:
            hollow = inner if far < inner else 0.0
        left, right = math.floor(x - wide), math.ceil(x + wide) + 1
        if hollow <= 0:
            region += QRect(left, y, right - left, high)
            continue
        first, last = math.ceil(x - hollow), math.floor(x + hollow)
        region += QRect(left, y, first - left, high)
        region += QRect(last, y, right - last, high)
    return region.intersected(QRect(*view))


def _heights(middle: float, high: int) -> tuple[float, float]:
    """Return how near and how far from a height a band of that many px comes."""
    far = max(abs(middle), abs(high - middle))
    return (0.0 if 0 <= middle <= high else min(abs(middle), abs(high - middle))), far


def _half_chord(radius: float, height: float) -> float:
    return math.sqrt(max(0.0, radius**2 - height**2))


def paint_cursor(painter: QPainter, at: QPointF, worn: Worn, seen: QRegion) -> None:
    """Draw a cursor, in logical px.

    Parameters
    ----------
    seen
        The parts of the view in which its ring is to be painted.
    """
    kind, ring, colour = worn.kind, worn.ring, worn.colour
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if has_ring(kind, ring):
        painter.save()
        _paint_ring(painter, at, worn, seen)
        painter.restore()
        _paint_centre(painter, at, kind, ring)
    else:
        _haloed(painter, _arms(at, _GAP_PX, _ARM_PX))
    if kind is CursorKind.LOCKED:
        _paint_lock(painter, at, beside=not has_ring(kind, ring))
    if kind in _BADGES:
        dot = colour if kind in _DOTTED else None
        _paint_badge(painter, at, _BADGES[kind], dot)
    if kind in _SIGNS:
        _paint_sign(painter, at, *_SIGNS[kind])
    painter.restore()


def _paint_ring(painter: QPainter, at: QPointF, worn: Worn, seen: QRegion) -> None:
    kind, ring, colour = worn.kind, worn.ring, worn.colour
    if ring.diameter <= _KEPT_RING_PX:
        inner = colour.rgb() if colour and kind is CursorKind.BRUSH else None
        ratio = painter.device().devicePixelRatioF()
        picture = _ring_picture(kind, ring, inner, ratio)
        half = picture.width() / ratio / 2
        corner = QPointF(
            round((at.x() - half) * ratio) / ratio,
            round((at.y() - half) * ratio) / ratio,
        )
        parts: Iterator[QRect] = iter(seen)  # type: ignore[call-overload]
        for part in parts:  # one after the other: see `Backdrop.paint`
            painter.setClipRect(part)
            painter.drawImage(corner, picture)
    elif ring.diameter <= LARGEST_RING_PX and not _lies_within(
        painter.clipBoundingRect(), at, ring
    ):
        _draw_ring(painter, at, kind, ring, colour)


def _paint_centre(painter: QPainter, at: QPointF, kind: CursorKind, ring: Ring) -> None:
    locked, erases = kind is CursorKind.LOCKED, kind is CursorKind.ERASE
    if locked or ring.diameter < 5 * _CENTRE_PX:
        return
    arms = _arms(at, 0.0, _CENTRE_PX)
    if erases:
        reach = _CENTRE_PX
        arms = [
            QLineF(at + QPointF(-reach, -reach), at + QPointF(reach, reach)),
            QLineF(at + QPointF(-reach, reach), at + QPointF(reach, -reach)),
        ]
    _haloed(painter, arms)


def _lies_within(view: QRectF, at: QPointF, ring: Ring) -> bool:
    """Tell whether a view lies inside of an outline, so that nothing of it is seen."""
    inner = ring.diameter / 2 - _RING_RIM_PX
    across = max(at.x() - view.left(), view.right() - at.x())
    down = max(at.y() - view.top(), view.bottom() - at.y())
    farthest = max(across, down) if ring.square else math.hypot(across, down)
    return farthest < inner


@lru_cache(maxsize=4)
def _ring_picture(
    kind: CursorKind, ring: Ring, inner: int | None, ratio: float
) -> QImage:
    """Return a ring as a picture: a large one is slow to draw and fast to copy."""
    edge = math.ceil(ring.diameter + 2 * _RING_HALO_PX) * ratio
    picture = QImage(
        math.ceil(edge), math.ceil(edge), QImage.Format.Format_ARGB32_Premultiplied
    )
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = QPointF(picture.width(), picture.height()) / ratio / 2
    colour = None if inner is None else QColor.fromRgb(inner)
    _draw_ring(painter, middle, kind, ring, colour)
    painter.end()
    return picture


def _draw_ring(
    painter: QPainter,
    at: QPointF,
    kind: CursorKind,
    ring: Ring,
    colour: QColor | None,
) -> None:
    white, halo = theme.color("onFill"), theme.veiled("hud", _HALO_SHARE)
    line = QPen(white, _RING_PX)
    if kind is CursorKind.LOCKED:
        halo, line = white, QPen(theme.color("outline"), _RING_PX)
    if kind is CursorKind.ERASE:
        line.setDashPattern(_DASH)
        line.setCapStyle(Qt.PenCapStyle.FlatCap)
    wide = _ERASE_HALO_PX if kind is CursorKind.ERASE else _RING_HALO_PX
    _outline(painter, at, ring, 0.0, QPen(halo, wide))
    if colour is not None and kind is CursorKind.BRUSH:
        inset = _RING_PX / 2 + _INNER_PX / 2
        _outline(painter, at, ring, inset, QPen(colour, _INNER_PX))
    _outline(painter, at, ring, 0.0, line)


def _outline(
    painter: QPainter, at: QPointF, ring: Ring, inset: float, pen: QPen
) -> None:
    half = max(0.5, ring.diameter / 2 - inset)
    box = QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)
    painter.setPen(pen)
    if ring.square:
        painter.drawRect(box)
    else:
        painter.drawEllipse(box)


def _arms(at: QPointF, gap: float, reach: float) -> list[QLineF]:
    return [
        QLineF(at + QPointF(x, y) * gap, at + QPointF(x, y) * reach)
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1))
    ]


def _haloed(painter: QPainter, lines: list[QLineF]) -> None:
    halo = QPen(theme.veiled("hud", _HALO_SHARE), _HALO_PX)
    halo.setCapStyle(Qt.PenCapStyle.SquareCap)
    painter.setPen(halo)
    painter.drawLines(lines)
    line = QPen(theme.color("onFill"), _LINE_PX)
    line.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(line)
    painter.drawLines(lines)


def _paint_lock(painter: QPainter, at: QPointF, *, beside: bool) -> None:
    if beside:
        _paint_badge(painter, at, "lock-simple-fill", None)
        return
    half = 8.0
    box = QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        icons.paint(
            painter, box.translated(dx, dy), "lock-simple-fill", theme.color("hud")
        )
    icons.paint(painter, box, "lock-simple-fill", theme.color("onFill"))


def _paint_badge(painter: QPainter, at: QPointF, icon: str, dot: QColor | None) -> None:
    box = QRectF(at.x() + _BADGE_AT, at.y() + _BADGE_AT, _BADGE_PX, _BADGE_PX)
    rounded(painter, box, _BADGE_RADIUS, theme.veiled("hud", 0.92))
    inset = (_BADGE_PX - _BADGE_ICON_PX) / 2
    spot = box.adjusted(inset, inset, -inset, -inset)
    icons.paint(painter, spot, icon, theme.color("onFill"))
    if dot is not None:
        painter.setPen(QPen(theme.color("onFill"), 1))
        painter.setBrush(dot)
        half = _DOT_PX / 2
        painter.drawEllipse(box.topRight(), half, half)


def _paint_sign(painter: QPainter, at: QPointF, role: str, icon: str) -> None:
    middle = at + QPointF(15, 15)
    half = _SIGN_PX / 2
    painter.setPen(QPen(theme.color("onFill"), 1.6))
    painter.setBrush(theme.color(role))
    painter.drawEllipse(middle, half, half)
    box = QRectF(middle.x() - 6, middle.y() - 6, 12, 12)
    icons.paint(painter, box, icon, theme.color("onFill"))
