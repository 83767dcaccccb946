"""Cards on the picture: dark in both themes, so that they are read on any picture."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segdesk.app.view_state import Layer
from segdesk.core.confusion import EXTRA, HIT, MISSED
from segdesk.core.error_codes import ERROR_RGB, SWAPPED
from segdesk.core.heat import HEAT_HIGH, HEAT_LOW, heat_table
from segdesk.core.language import joined, shown, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CONTROL, RADIUS_SMALL, rounded
from segdesk.gui.wording import put

_GROUND_SHARE = 0.84
_EDGE_SHARE = 0.14
_NEXT_SHARE = 0.75  # ink of what comes behind the first
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_ERROR_NAMES = (
    (HIT, "hit"),
    (EXTRA, "extra"),
    (MISSED, "missed"),
    (SWAPPED, tr("other class")),
)

ClassLine = tuple[str, QColor, str]


def paint_card(painter: QPainter, rect: QRectF) -> None:
    """Draw the ground that everything on the picture lies on."""
    edge = theme.veiled("hudText", _EDGE_SHARE)
    rounded(painter, rect, RADIUS_CONTROL, theme.veiled("hud", _GROUND_SHARE), edge)


class HeatScale(QWidget):
    """The scale of the heat map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        put(self.setAccessibleName, tr("Scale of the confidence"))
        put(
            self.setAccessibleDescription,
            tr(
                "Bright is unsure: from {heat_low:.1f} to {heat_high:.1f}.",
                heat_low=HEAT_LOW,
                heat_high=HEAT_HIGH,
            ),
        )
        self.resize(180, 42)
        self._layer = Layer.CONFIDENCE

    def show_layer(self, layer: Layer) -> None:
        """Show the numbers of a layer: of the entropy, high is unsure."""
        if layer is not self._layer:
            self._layer = layer
            names = {
                Layer.CONFIDENCE: tr("Scale of the confidence"),
                Layer.ENTROPY: tr("Scale of the entropy"),
                Layer.MARGIN: tr("Scale of the margin"),
            }
            put(self.setAccessibleName, names[layer])
            self.update()

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
        is_turned = self._layer is Layer.ENTROPY
        low, high = (1 - end if is_turned else end for end in (HEAT_LOW, HEAT_HIGH))
        middle = f"{(low + high) / 2:.1f}"
        if self._layer is not Layer.CONFIDENCE:
            middle = tr("Entropy") if is_turned else tr("Margin")
        painter.drawText(row, _LEFT, f"{low:.1f}")
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, shown(middle))
        painter.drawText(row, _RIGHT, f"{high:.1f}")


class ErrorKey(QWidget):
    """What the colours of the errors mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        put(self.setAccessibleName, tr("Key of the errors"))
        put(
            self.setAccessibleDescription,
            joined(", ", (name for _, name in _ERROR_NAMES)),
        )
        metrics = QFontMetrics(theme.font("caption"))
        words = sum(metrics.horizontalAdvance(shown(name)) for _, name in _ERROR_NAMES)
        self.resize(words + 29 * len(_ERROR_NAMES) + 6, theme.row_px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a swatch and a word for each colour."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        paint_card(painter, box)
        painter.setFont(theme.font("caption"))
        x = 10.0
        for code, name in _ERROR_NAMES:
            swatch = QRectF(x, box.center().y() - 4.5, 9, 9)
            rounded(painter, swatch, 3, QColor(*ERROR_RGB[code]))
            painter.setPen(theme.color("hudText"))
            painter.drawText(box.adjusted(x + 14, 0, 0, 0), _LEFT, shown(name))
            x += 29 + painter.fontMetrics().horizontalAdvance(shown(name))


def _heat_strip() -> QImage:
    first, last = round(HEAT_LOW * 255), round(HEAT_HIGH * 255)
    strip = QImage(last - first + 1, 1, QImage.Format.Format_RGB32)
    for place, colour in enumerate(heat_table()[first : last + 1]):
        strip.setPixel(place, 0, colour)
    return strip


def paint_class_tag(
    painter: QPainter, at: QPointF, bounds: QRect, lines: Sequence[ClassLine]
) -> None:
    """Draw the classes at a cursor beside it, where there is room.

    Parameters
    ----------
    at
        The cursor, logical px.
    bounds
        The pane that the tag stays in.
    lines
        Name of a class, its colour, its confidence in words; the first one stands out.
    """
    font = theme.font("smallStrong", tabular=True)
    metrics = QFontMetrics(font)
    words = min(
        max(metrics.horizontalAdvance(shown(name)) for name, _, _ in lines), 180
    )
    numbers = max(metrics.horizontalAdvance(shown(sure)) for _, _, sure in lines)
    width = 9 + 9 + 7 + words + (16 + numbers if numbers else 0) + 10
    row = theme.row_px(26 if len(lines) == 1 else 22)
    box = _beside(at, bounds, width, row * len(lines) + (4 if len(lines) > 1 else 0))
    painter.save()
    paint_card(painter, box)
    painter.setFont(font)
    top = box.y() + (box.height() - row * len(lines)) / 2
    for place, (name, colour, sure) in enumerate(lines):
        line = QRectF(box.x(), top + place * row, width, row)
        swatch = QRectF(line.x() + 9, line.center().y() - 4.5, 9, 9)
        rounded(painter, swatch, RADIUS_SMALL / 2 + 1, colour)
        painter.setPen(theme.veiled("hudText", _NEXT_SHARE if place else 1.0))
        short = metrics.elidedText(shown(name), Qt.TextElideMode.ElideRight, words + 1)
        painter.drawText(line.adjusted(25, 0, 0, 0), _LEFT, short)
        painter.drawText(line.adjusted(0, 0, -10, 0), _RIGHT, shown(sure))
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
    width = 10 + QFontMetrics(font).horizontalAdvance(shown(words)) + 10
    box = _beside(at, bounds, width, theme.row_px(26))
    painter.save()
    paint_card(painter, box)
    painter.setFont(font)
    painter.setPen(theme.color("hudText"))
    painter.drawText(box.adjusted(10, 0, 0, 0), _LEFT, shown(words))
    painter.restore()


def _beside(at: QPointF, bounds: QRect, width: float, height: float) -> QRectF:
    """Return a place for a tag beside a cursor, inside of a pane."""
    x, y = at.x() + 14, at.y() + 12
    if x + width > bounds.right() - 4:
        x = at.x() - 14 - width
    if y + height > bounds.bottom() - 4:
        y = at.y() - 12 - height
    return QRectF(round(x), round(y), width, height)
