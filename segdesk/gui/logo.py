"""The program's mark, painted; `resources/logo.svg` is the same drawing."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

_SIDE = 100.0
_RADIUS = 25.0
_BLUE, _YELLOW, _TEAL = "#2E6FE6", "#FFC933", "#05C4AC"
_ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)


class Logo(QWidget):
    """The mark in a window."""

    def __init__(self, edge: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(edge, edge)
        self.setAccessibleName("SegDesk")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark."""
        del event
        draw_logo(QPainter(self), QRectF(self.rect()))


def draw_logo(painter: QPainter, rect: QRectF) -> None:
    """Draw the mark into a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / _SIDE, rect.height() / _SIDE)
    card = QPainterPath()
    card.addRoundedRect(QRectF(0, 0, _SIDE, _SIDE), _RADIUS, _RADIUS)
    painter.fillPath(card, QColor(_BLUE))
    painter.fillPath(card.intersected(_sun()), QColor(_YELLOW))
    painter.fillPath(card.intersected(_wave()), QColor(_TEAL))
    painter.restore()


def window_icon() -> QIcon:
    """Return the mark in every size that a window system asks for."""
    icon = QIcon()
    for edge in _ICON_SIZES:
        picture = QPixmap(edge, edge)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        draw_logo(painter, QRectF(0, 0, edge, edge))
        painter.end()
        icon.addPixmap(picture)
    return icon


def _sun() -> QPainterPath:
    path = QPainterPath(QPointF(50, 0))
    path.lineTo(50, 8)
    path.cubicTo(50, 26, 63, 38, 80, 38)
    path.cubicTo(88, 38, 94, 37, 100, 36)
    path.lineTo(100, 0)
    path.closeSubpath()
    return path


def _wave() -> QPainterPath:
    path = QPainterPath(QPointF(0, 62))
    path.cubicTo(9, 56, 20, 55, 31, 59)
    path.cubicTo(42, 63, 51, 69, 62, 69)
    path.cubicTo(78, 69, 90, 62, 100, 53)
    path.lineTo(100, 100)
    path.lineTo(0, 100)
    path.closeSubpath()
    return path
