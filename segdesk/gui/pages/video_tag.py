"""A small card on the picture of a video."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.language import shown
from segdesk.gui import icons, theme
from segdesk.gui.viewer.cards import paint_card
from segdesk.gui.wording import put


class LiveTag(QWidget):
    """A small card on the picture: an icon, a word, a number."""

    def __init__(self, icon: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon, self._words = icon, ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, words: str) -> None:
        """Show other words; "": none."""
        if words != self._words:
            self._words = words
            put(self.setAccessibleName, words)
            metrics = QFontMetrics(theme.font("dock", tabular=True))
            room = 16 + (20 if self._icon else 0)
            self.resize(
                metrics.horizontalAdvance(shown(words)) + room, theme.row_px(24)
            )
            self.update()
        self.setVisible(bool(words))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        painter, box = QPainter(self), QRectF(self.rect())
        paint_card(painter, box)
        left = 8
        if self._icon:
            place = QRectF(8, (box.height() - 14) / 2, 14, 14)
            icons.paint(painter, place, self._icon, theme.color("hudText"))
            left += 20
        painter.setFont(theme.font("dock", tabular=True))
        painter.setPen(theme.color("hudText"))
        painter.drawText(box.adjusted(left, 0, 0, 0), 0x81, shown(self._words))
