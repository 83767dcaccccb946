"""The parts of the dialog of a batch: cards that are checked, choices of places."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.components import CheckBox, Select
from segdesk.gui.components.painting import (
    RADIUS_CONTROL,
    RADIUS_SMALL,
    draw_elided,
    rounded,
)
from segdesk.gui.wording import put

_CARD_PX = 46
_BOX = 16
_LEFT = 12
_TEXT = 38


class CheckCard(QPushButton):
    """A check box as a card with two lines.

    Parameters
    ----------
    title
        What is written.
    words
        As which kind of file.
    """

    def __init__(self, title: str, words: str) -> None:
        super().__init__()
        self._title = title
        self._words = words
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name()

    @property
    def words(self) -> str:
        """The second line."""
        return self._words

    def set_words(self, words: str) -> None:
        """Show another second line."""
        if words != self._words:
            self._words = words
            self._name()
            self.update()

    def sizeHint(self) -> QSize:
        """Return the design's size."""
        return QSize(170, theme.row_px(_CARD_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw card, box and lines."""
        del event
        painter = QPainter(self)
        box, on = QRectF(self.rect()), self.isChecked()
        hot = self.underMouse() or self.hasFocus()
        fill = theme.color("sel" if on else "hover" if hot else "panel")
        edge = theme.color("accent" if on or self.hasFocus() else "line2")
        rounded(painter, box, RADIUS_CONTROL, fill, edge)
        check = QRectF(_LEFT, round((box.height() - _BOX) / 2), _BOX, _BOX)
        if on:
            rounded(painter, check, RADIUS_SMALL, theme.color("accentFill"))
            inside = check.adjusted(2, 2, -2, -2)
            icons.paint(painter, inside, "check-bold", theme.color("onFill"))
        else:
            edge = theme.color("outline")
            rounded(painter, check, RADIUS_SMALL, theme.color("panel"), edge)
        half, room = box.height() / 2, box.width() - _TEXT - 8
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.color("text"))
        draw_elided(painter, QRectF(_TEXT, half - 19, room, 19), self._title)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        draw_elided(painter, QRectF(_TEXT, half, room, 17), self._words)

    def _name(self) -> None:
        put(
            self.setAccessibleName,
            tr("{title}, {words}", title=self._title, words=self._words),
        )


class PlaceSelect(Select):
    """A choice of places of a fixed width; the last rows ask for another one.

    Parameters
    ----------
    width
        In px.
    """

    def __init__(self, name: str, width: int, icon: str = "") -> None:
        super().__init__(name, icon=icon)
        self._width = width
        self.setFixedWidth(width)

    def sizeHint(self) -> QSize:
        """Return the designed width."""
        return QSize(self._width, theme.row_px(28))

    def list_places(
        self, rows: "list[tuple[str, str, object]]", chosen: object
    ) -> None:
        """Show other rows, given as icon, words and value."""
        self.blockSignals(True)
        self.clear()
        at = -1
        for place, (name, words, value) in enumerate(rows):
            mark = icons.icon(name, "text3", active_role="onFill")
            self.addItem(mark, words, value)
            at = place if value == chosen else at
        self.setCurrentIndex(at)
        self.blockSignals(False)


def check(box: CheckBox | CheckCard, on: bool) -> None:
    """Show a box as on or off without a signal."""
    if box.isChecked() is not on:
        box.blockSignals(True)
        box.setChecked(on)
        box.blockSignals(False)
        box.update()
