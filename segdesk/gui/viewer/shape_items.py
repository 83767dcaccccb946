"""Lines and handles of a tool: white on a dark halo, the same at any zoom."""

import math
from collections.abc import Callable, Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from segdesk.app.tools.preview import Handle, HandleKind, Line
from segdesk.core.shapes import Point
from segdesk.gui import theme

ToScreen = Callable[[Point], QPointF]

REACH_PX = 10  # from a point: what is drawn round it
_LINE_PX, _HALO_PX = 1.6, 3.5
_HALO_SHARE = 0.8
_DASH = (3.2, 2.6)  # in widths of the line
_HANDLE_PX, _HOVERED_PX, _CLOSING_PX, _EDGE_PX = 7.0, 9.0, 13.0, 6.0
_CLOSING_LINE_PX = 2.4
_EDGE_SHARE = 0.6
_SIGN_PX = 12.0


def paint_lines(painter: QPainter, lines: Iterable[Line], to_screen: ToScreen) -> None:
    """Draw lines, in logical px."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    halo = QPen(theme.veiled("hud", _HALO_SHARE), _HALO_PX)
    line = QPen(theme.color("onFill"), _LINE_PX)
    dashed = QPen(line)
    dashed.setDashPattern(_DASH)
    dashed.setCapStyle(Qt.PenCapStyle.FlatCap)
    for pen in (halo, line, dashed):
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    drawn = [(_polygon(one, to_screen), one.dashed) for one in lines]
    painter.setPen(halo)
    for polygon, _ in drawn:
        painter.drawPolyline(polygon)
    for polygon, is_dashed in drawn:
        painter.setPen(dashed if is_dashed else line)
        painter.drawPolyline(polygon)


def paint_handles(
    painter: QPainter,
    handles: Iterable[Handle],
    to_screen: ToScreen,
    colour: QColor | None,
) -> None:
    """Draw handles, in logical px.

    Parameters
    ----------
    colour
        Of the class that is drawn; the first point shows it when a click will close.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    white, dark = theme.color("onFill"), theme.color("hud")
    for handle in handles:
        at = to_screen(handle.point)
        if handle.kind is HandleKind.FIRST and handle.hovered:
            _paint_closing(painter, at, colour or white)
        elif handle.kind in (HandleKind.PLUS, HandleKind.MINUS):
            _paint_sign(painter, at, handle.kind)
        elif handle.kind is HandleKind.EDGE:
            size = _HOVERED_PX if handle.hovered else _EDGE_PX
            painter.setPen(QPen(dark, 1))
            share = 1.0 if handle.hovered else _EDGE_SHARE
            painter.setBrush(theme.veiled("onFill", share))
            painter.drawEllipse(at, size / 2, size / 2)
        else:
            size = _HOVERED_PX if handle.hovered else _HANDLE_PX
            left, top = (math.floor(c - size / 2 + 0.5) for c in at.toTuple())
            box = QRectF(left, top, size, size)
            painter.fillRect(box.adjusted(-1, -1, 1, 1), dark)
            painter.fillRect(box, white)


def _paint_sign(painter: QPainter, at: QPointF, kind: HandleKind) -> None:
    """Draw what a point says of a thing: green plus, red minus."""
    role = "okFill" if kind is HandleKind.PLUS else "badFill"
    half = _SIGN_PX / 2
    painter.setPen(QPen(theme.color("hud"), 3))
    painter.setBrush(theme.color(role))
    painter.drawEllipse(at, half, half)
    painter.setPen(QPen(theme.color("onFill"), 1.6))
    painter.drawEllipse(at, half, half)
    arm = _SIGN_PX / 4
    painter.drawLine(at - QPointF(arm, 0), at + QPointF(arm, 0))
    if kind is HandleKind.PLUS:
        painter.drawLine(at - QPointF(0, arm), at + QPointF(0, arm))


def _paint_closing(painter: QPainter, at: QPointF, colour: QColor) -> None:
    half = _CLOSING_PX / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.veiled("hud", _HALO_SHARE))
    painter.drawEllipse(at, half + 1, half + 1)
    painter.setPen(QPen(theme.color("onFill"), _CLOSING_LINE_PX))
    painter.setBrush(colour)
    inner = half - _CLOSING_LINE_PX / 2
    painter.drawEllipse(at, inner, inner)


def _polygon(line: Line, to_screen: ToScreen) -> QPolygonF:
    points = [to_screen(point) for point in line.points]
    if line.closed and points:
        points.append(points[0])
    return QPolygonF(points)
