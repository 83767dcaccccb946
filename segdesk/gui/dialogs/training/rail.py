"""The rail of steps: where one is, what is done, what it costs."""

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segdesk.core.language import spaced, tr
from segdesk.gui import icons, theme
from segdesk.gui.components import Label, ThinProgress
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.painting import RADIUS_CARD, draw_elided, rounded
from segdesk.gui.wording import put

WIDTH = 232
_STEP_PX = 57
_DISC = 24


class StepState(NamedTuple):
    """What a step says.

    Parameters
    ----------
    mark
        "": not looked at; "ok", "amber" or "red".
    """

    words: str
    mark: str = ""


class _Step(QPushButton):
    """One step: its number or its mark, a title, a line."""

    def __init__(self, number: int, title: str) -> None:
        super().__init__()
        put(self.setText, title)
        self._number = number
        self._state = StepState("")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(theme.row_px(_STEP_PX))

    def show_state(self, state: StepState) -> None:
        """Say how far the step is."""
        if state != self._state:
            self._state = state
            spoken = {
                "ok": tr("done"),
                "amber": tr("with a warning"),
                "red": tr("stops the start"),
            }
            put(
                self.setAccessibleName,
                spaced(self.text() + ":", state.words, spoken.get(state.mark, "")),
            )
            self.update()

    def sizeHint(self) -> QSize:
        """Return the rail's width."""
        return QSize(WIDTH - 16, theme.row_px(_STEP_PX))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw surface, disc and lines."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self.isChecked():
            rounded(painter, box, RADIUS_CARD, theme.color("sel"))
        elif self.underMouse():
            rounded(painter, box, RADIUS_CARD, theme.color("hover"))
        half = box.height() / 2
        self._draw_disc(painter, QRectF(12, half - _DISC / 2, _DISC, _DISC))
        room = box.width() - 46 - 8
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.color("text"))
        draw_elided(painter, QRectF(46, half - 19, room, 18), self.text())
        painter.setFont(theme.font("caption", tabular=True))
        painter.setPen(theme.color("text2"))
        draw_elided(painter, QRectF(46, half + 1, room, 16), self._state.words)

    def _draw_disc(self, painter: QPainter, disc: QRectF) -> None:
        mark = "" if self.isChecked() else self._state.mark
        roles = {"ok": "ok", "amber": "warn", "red": "bad"}
        if mark:
            role = roles[mark]
            rounded(painter, disc, _DISC / 2, theme.mix(role, "window", 0.25))
            name = {"ok": "check-bold", "amber": "warning", "red": "x-bold"}[mark]
            icons.paint(painter, disc.adjusted(6, 6, -6, -6), name, theme.color(role))
            return
        on = self.isChecked()
        fill = theme.color("accentFill") if on else None
        rounded(painter, disc, _DISC / 2, fill, None if on else theme.color("outline"))
        painter.setFont(theme.font("smallStrong"))
        painter.setPen(theme.color("onFill" if on else "text2"))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(self._number))


class StepRail(QWidget):
    """The three steps; memory and time below them, always.

    `chosen` carries the number of the step that is wanted, 0-2.
    """

    chosen = Signal(int)

    def __init__(self, titles: tuple[str, ...]) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 14)
        column.setSpacing(5)
        self.steps = [_Step(number, title) for number, title in enumerate(titles, 1)]
        for place, step in enumerate(self.steps):
            step.clicked.connect(lambda _=False, place=place: self.chosen.emit(place))
            column.addWidget(step)
        column.addStretch(1)
        low = QVBoxLayout()
        low.setContentsMargins(12, 0, 12, 0)
        low.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(Label(tr("Memory"), "small", "text2"))
        row.addStretch(1)
        self.memory = Label("", "smallStrong", tabular=True)
        row.addWidget(self.memory)
        low.addLayout(row)
        self.meter = ThinProgress(tr("Memory of a step"))
        low.addWidget(self.meter)
        low.addSpacing(10)
        self.time = Label("", "strong", tabular=True)
        self.pace = Label("", "caption", "text2", wrap=True, tabular=True)
        low.addWidget(self.time)
        low.addWidget(self.pace)
        column.addLayout(low)

    def choose(self, place: int) -> None:
        """Show a step as the one in sight."""
        for other, step in enumerate(self.steps):
            step.setChecked(other == place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from step to step by arrows."""
        move = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if not move:
            super().keyPressEvent(event)
            return
        place = next((n for n, one in enumerate(self.steps) if one.isChecked()), 0)
        wanted = min(len(self.steps) - 1, max(0, place + move))
        self.chosen.emit(wanted)
        self.steps[wanted].setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rail's surface and the line at its right."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("window"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.color("line"))
