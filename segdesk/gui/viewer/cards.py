"""Cards on the picture: dark in both themes, so that they are read on any picture."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.heat import HEAT_HIGH, HEAT_LOW, heat_table
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CONTROL, RADIUS_SMALL, rounded

_GROUND_SHARE = 0.84
_EDGE_SHARE = 0.14
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def paint_card(painter: QPainter, rect: QRectF) -> None:
    """Draw the ground that everything on the picture lies on."""
    edge = theme.veiled("hudText", _EDGE_SHARE)
    rounded(painter, rect, RADIUS_CONTROL, theme.veiled("hud", _GROUND_SHARE), edge)


class HeatScale(QWidget):
    """The scale of the heat map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Scale of the confidence")
        self.setAccessibleDescription(
            f"Bright is unsure: from {HEAT_LOW:.1f} to {HEAT_HIGH:.1f}."
        )
        self.resize(180, 42)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the colours and three numbers."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        paint_card(painter, box)
        bar = QRectF(10, 7, box.width() - 20, 8)
        painter.drawImage(bar, _heat_strip())
        painter.setFont(theme.font("caption", tabular=True))
        painter.setPen(theme.color("hudText"))
        row = QRectF(bar.x(), 18, bar.width(), 18)
        middle = (HEAT_LOW + HEAT_HIGH) / 2
        painter.drawText(row, _LEFT, f"{HEAT_LOW:.1f}")
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, f"{middle:.1f}")
        painter.drawText(row, _RIGHT, f"{HEAT_HIGH:.1f}")


def _heat_strip() -> QImage:
    first, last = round(HEAT_LOW * 255), round(HEAT_HIGH * 255)
    strip = QImage(last - first + 1, 1, QImage.Format.Format_RGB32)
    for place, colour in enumerate(heat_table()[first : last + 1]):
        strip.setPixel(place, 0, colour)
    return strip


def paint_class_tag(
    painter: QPainter, at: QPointF, bounds: QRect, line: tuple[str, QColor, str]
) -> None:
    """Draw the class at a cursor beside it, where there is room.

    Parameters
    ----------
    at
        The cursor, logical px.
    bounds
        The pane that the tag stays in.
    line
        Name of the class, its colour, its confidence in words.
    """
    name, colour, sure = line
    font = theme.font("smallStrong", tabular=True)
    metrics = QFontMetrics(font)
    words = min(metrics.horizontalAdvance(name), 180)
    numbers = metrics.horizontalAdvance(sure)
    width = 9 + 9 + 7 + words + (16 + numbers if sure else 0) + 10
    height = theme.row_px(26)
    x, y = at.x() + 14, at.y() + 12
    if x + width > bounds.right() - 4:
        x = at.x() - 14 - width
    if y + height > bounds.bottom() - 4:
        y = at.y() - 12 - height
    box = QRectF(round(x), round(y), width, height)
    painter.save()
    paint_card(painter, box)
    swatch = QRectF(box.x() + 9, box.center().y() - 4.5, 9, 9)
    rounded(painter, swatch, RADIUS_SMALL / 2 + 1, colour)
    painter.setFont(font)
    painter.setPen(theme.color("hudText"))
    left = box.adjusted(25, 0, 0, 0)
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, words + 1)
    painter.drawText(left, _LEFT, shown)
    painter.drawText(box.adjusted(0, 0, -10, 0), _RIGHT, sure)
    painter.restore()


def paint_words_tag(painter: QPainter, at: QPointF, bounds: QRect, words: str) -> None:
    """Draw a few words beside a cursor, where there is room.

    Parameters
    ----------
    at
        The cursor, logical px.
    bounds
        The pane that the tag stays in.
    """
    font = theme.font("smallStrong", tabular=True)
    width = 10 + QFontMetrics(font).horizontalAdvance(words) + 10
    height = theme.row_px(26)
    x, y = at.x() + 14, at.y() + 12
    if x + width > bounds.right() - 4:
        x = at.x() - 14 - width
    if y + height > bounds.bottom() - 4:
        y = at.y() - 12 - height
    box = QRectF(round(x), round(y), width, height)
    painter.save()
    paint_card(painter, box)
    painter.setFont(font)
    painter.setPen(theme.color("hudText"))
    painter.drawText(box.adjusted(10, 0, 0, 0), _LEFT, words)
    painter.restore()
