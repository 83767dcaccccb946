"""Cards of the form: framed boxes with an icon, a title and a sentence."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.components import Label
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.painting import RADIUS_CARD, draw_elided, rounded
from segdesk.gui.wording import put

MARKS = {
    "red": ("x-circle-fill", "bad"),
    "amber": ("warning-fill", "warn"),
    "blue": ("info-fill", "accent"),
    "ok": ("check-circle-fill", "ok"),
    "wait": ("circle-dashed", "text3"),
}
_ICON = 16


class Mark(QWidget):
    """A small icon of a state: "red", "amber", "blue", "ok" or "wait"."""

    def __init__(self, state: str = "wait") -> None:
        super().__init__()
        self._state = state
        self.setFixedSize(_ICON, _ICON)

    @property
    def state(self) -> str:
        """The state it shows."""
        return self._state

    def set_state(self, state: str) -> None:
        """Show another state."""
        if state != self._state:
            self._state = state
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon."""
        del event
        name, role = MARKS[self._state]
        box = QRectF(0, 0, _ICON, _ICON)
        icons.paint(QPainter(self), box, name, theme.color(role))


class Framed(QWidget):
    """A box with a hairline round it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame."""
        del event
        edge = theme.color("line")
        rounded(QPainter(self), QRectF(self.rect()), RADIUS_CARD, None, edge)


class MarkCard(Framed):
    """A mark, a title and a sentence; buttons may follow at its right."""

    def __init__(self, state: str, title: str, words: str) -> None:
        super().__init__()
        put(self.setAccessibleName, tr("{title}. {words}", title=title, words=words))
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(16, 11, 12, 11)
        self.row.setSpacing(8)
        mark = QVBoxLayout()
        mark.setContentsMargins(0, 2, 6, 0)
        self.mark = Mark(state)
        mark.addWidget(self.mark)
        mark.addStretch(1)
        self.row.addLayout(mark)
        column = QVBoxLayout()
        column.setSpacing(1)
        self.title = Label(title, "strong", wrap=True)
        self.words = Label(words, "small", "text2", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setVisible(bool(words))
        column.addWidget(self.title)
        column.addWidget(self.words)
        self.row.addLayout(column, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_words(self, state: str, title: str, words: str) -> None:
        """Say something else."""
        put(self.setAccessibleName, tr("{title}. {words}", title=title, words=words))
        self.mark.set_state(state)
        put(self.title.setText, title)
        put(self.words.setText, words)
        self.words.setVisible(bool(words))


class ChoiceCard(QWidget):
    """A choice with an icon and two lines; `pressed` asks for it."""

    pressed = Signal()

    def __init__(self, icon: str, title: str, words: str) -> None:
        super().__init__()
        self._icon = icon
        self._title = title
        self._words = words
        self._is_on = False
        self.setFixedHeight(theme.row_px(54))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        put(self.setAccessibleName, tr("{title}: {words}", title=title, words=words))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def is_on(self) -> bool:
        """Whether it is the choice taken."""
        return self._is_on

    def show_choice(self, words: str, *, is_on: bool) -> None:
        """Show another second line, and whether it is taken."""
        self._words, self._is_on = words, is_on
        taken = tr(", chosen") if is_on else ""
        put(
            self.setAccessibleName,
            tr("{title}: {words}{taken}", title=self._title, words=words, taken=taken),
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Return a width to start from."""
        return QSize(182, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, icon and lines."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        hover = theme.color("hover") if self.underMouse() else None
        fill = theme.color("sel") if self._is_on else hover
        edge = theme.color("accent" if self._is_on else "line")
        rounded(
            painter, box, RADIUS_CARD, fill, edge, edge_px=1.5 if self._is_on else 1
        )
        ink = theme.color("accent" if self._is_on else "text2")
        icons.paint(painter, QRectF(13, 13, _ICON, _ICON), self._icon, ink)
        half = box.height() / 2
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.color("text"))
        room = box.width() - 38 - 8
        draw_elided(painter, QRectF(38, half - 19, room, 18), self._title)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        draw_elided(painter, QRectF(38, half + 1, room, 16), self._words)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask for the choice."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask for the choice with Enter or Space."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys:
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)


def see_through(area: QScrollArea) -> None:
    """Let the page behind a scroll area and its widget show."""
    for part in (area.viewport(), area.widget()):
        if part is not None:
            part.setAutoFillBackground(False)
