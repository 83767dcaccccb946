"""A part of the status bar: an icon, words, a line behind them."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from segdesk.core.language import shown
from segdesk.gui import icons, theme
from segdesk.gui.components.painting import draw_elided

_GAP = 12
_HEIGHT = 28
_ICON = 14
_WORDS_AT = 20


class StatusPart(QWidget):
    """Shows one fact; without words it takes no room.

    Parameters
    ----------
    most_px
        Most width of the words; what is longer is shortened.
    """

    def __init__(self, most_px: int = 1000) -> None:
        super().__init__()
        self._most_px = most_px
        self._shown = ("check", "text3", "")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    @property
    def words(self) -> str:
        """What it says now."""
        return self._shown[2]

    def show_words(self, icon: str, role: str, words: str) -> bool:
        """Show an icon in the colour of a role, and words; tells whether they are new.

        Parameters
        ----------
        words
            "": nothing is shown.
        """
        if (icon, role, words) == self._shown:
            return False
        self._shown = (icon, role, words)
        self.updateGeometry()
        self.update()
        return True

    def sizeHint(self) -> QSize:
        """Return the width of icon and words."""
        if not self.words:
            return QSize(0, theme.row_px(_HEIGHT))
        metrics = QFontMetrics(theme.font("small", tabular=True))
        width = min(self._most_px, metrics.horizontalAdvance(shown(self.words)) + 1)
        return QSize(width + _WORDS_AT + 2 * _GAP + 1, theme.row_px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Return room for the icon."""
        width = _WORDS_AT + _GAP if self.words else 0
        return QSize(width, theme.row_px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw icon, words and line."""
        del event
        icon, role, words = self._shown
        if not words:
            return
        painter = QPainter(self)
        mark = QRectF(0, (self.height() - _ICON) / 2, _ICON, _ICON)
        icons.paint(painter, mark, icon, theme.color(role))
        painter.setFont(theme.font("small", tabular=True))
        painter.setPen(theme.color("bad" if role == "bad" else "text2"))
        box = self.rect().adjusted(_WORDS_AT, 0, -2 * _GAP, 0)
        if box.width() > _WORDS_AT:
            draw_elided(painter, box, words, Qt.TextElideMode.ElideRight)
        line = QRectF(self.width() - _GAP - 1, self.height() / 2 - 7, 1, 14)
        painter.fillRect(line, theme.color("line2"))
