"""The cursors of the canvas: white on a dark halo."""

from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QCursor, QPainter, QPen, QPixmap

from segdesk.gui import theme

_EDGE_PX = 37
_GAP_PX, _ARM_PX = 5.0, 17.0  # from the middle: where an arm begins and ends
_LINE_PX, _HALO_PX = 2.0, 4.0
_LINE_SHARE, _HALO_SHARE = 0.8, 0.6


def paint_cross(painter: QPainter, middle: QPointF) -> None:
    """Draw a thin cross that leaves its middle free, in logical px."""
    arms = [
        QLineF(middle + QPointF(x, y) * _GAP_PX, middle + QPointF(x, y) * _ARM_PX)
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1))
    ]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    flat = Qt.PenCapStyle.FlatCap
    solid = Qt.PenStyle.SolidLine
    halo = theme.veiled("hud", _HALO_SHARE)
    reach = [
        QLineF(arm.pointAt(-1 / arm.length()), arm.pointAt(1 + 1 / arm.length()))
        for arm in arms
    ]
    painter.setPen(QPen(halo, _HALO_PX, solid, flat))
    painter.drawLines(reach)
    painter.setPen(QPen(theme.veiled("onFill", _LINE_SHARE), _LINE_PX, solid, flat))
    painter.drawLines(arms)
    painter.restore()


@lru_cache(maxsize=8)
def cross_cursor(ratio: float) -> QCursor:
    """Return the cross as a cursor.

    Parameters
    ----------
    ratio
        Device pixels for one logical pixel.
    """
    edge = round(_EDGE_PX * ratio)
    picture = QPixmap(edge, edge)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    half = _EDGE_PX // 2
    paint_cross(painter, QPointF(half, half))
    painter.end()
    return QCursor(picture, half, half)
