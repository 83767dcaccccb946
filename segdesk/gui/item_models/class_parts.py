"""The parts of a class's row: swatch, bar, eye; the same in every list of classes."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from segdesk.gui import icons, theme
from segdesk.gui.components.painting import RADIUS_SMALL, rounded, rounded_path

SWATCH_PX = 14
_EYE = 16


def bar_track() -> QColor:
    """Return the colour of an empty share bar."""
    return theme.mix("line2", "panel", 0.7)


def draw_swatch(painter: QPainter, box: QRectF, colour: str, *, visible: bool) -> None:
    """Draw the colour of a class; of a hidden one the edge alone."""
    if visible:
        rounded(painter, box, RADIUS_SMALL, QColor(colour))
    else:
        rounded(painter, box, RADIUS_SMALL, None, QColor(colour), edge_px=1.6)


def draw_ring(painter: QPainter, box: QRectF) -> None:
    """Draw the ring round the swatch of the selected class."""
    ring, edge = box.adjusted(-2, -2, 2, 2), theme.color("text")
    rounded(painter, ring, RADIUS_SMALL + 2, None, edge, edge_px=1.6)


def draw_hatching(painter: QPainter, box: QRectF) -> None:
    """Draw the swatch of ignored pixels."""
    painter.save()
    painter.setClipPath(rounded_path(box, RADIUS_SMALL))
    painter.fillRect(box, theme.color("line2"))
    pen = QPen(theme.color("text"), 1.8)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    for offset in range(-15, 30, 5):
        start = QPointF(box.left() + offset, box.bottom())
        painter.drawLine(start, QPointF(start.x() + box.height(), box.top()))
    painter.restore()


def draw_eye(
    painter: QPainter, left: float, middle: float, *, visible: bool, is_hot: bool
) -> None:
    """Draw the eye that hides a class, or shows it again."""
    name, role = "eye" if visible else "eye-slash", "text" if is_hot else "text3"
    ratio = painter.device().devicePixelRatioF()
    place = QPointF(left, middle - _EYE / 2)
    painter.drawPixmap(place, icons.pixmap(name, role, _EYE, ratio))
