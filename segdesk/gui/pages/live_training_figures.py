"""What the card of a run's progress is made of: a bar with ticks, a large number."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components import Label
from segdesk.gui.components.painting import rounded
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put

_MOST_TICKS = 120


class Figure(QWidget):
    """A small name over a large number with a note beside it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        put(self.setAccessibleName, name)
        self._value = Label(figures.NONE, "figure", tabular=True)
        self._note = Label("", "small", "text2", tabular=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(Label(name, "small", "text2"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._value, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self._note, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        self._note.setContentsMargins(0, 0, 0, 3)
        column.addLayout(row)

    def show_value(self, value: str, note: str = "", role: str = "text2") -> None:
        """Show another number."""
        if self._value.text() != shown(value):
            put(self._value.setText, value)
        if self._note.text() != shown(note):
            put(self._note.setText, note)
        self._note.set_role(role)
        put(self.setAccessibleDescription, tr("{value} {note}", value=value, note=note))


class ValidationBar(QWidget):
    """How far a run is, with a tick at each validation."""

    def __init__(self) -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Progress of the run"))
        self.setFixedHeight(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._state = (0, 1, 0)

    def show_progress(self, iteration: int, total: int, interval: int) -> None:
        """Show how far the run is; `interval` iterations lie between validations."""
        if (state := (iteration, max(1, total), interval)) != self._state:
            self._state = state
            put(
                self.setAccessibleDescription,
                tr("{iteration} of {total}", iteration=iteration, total=total),
            )
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, filled part and ticks."""
        del event
        iteration, total, interval = self._state
        painter = QPainter(self)
        whole = QRectF(self.rect())
        radius = whole.height() / 2
        rounded(painter, whole, radius, theme.color("line2"))
        share = min(1.0, iteration / total)
        if share > 0:
            width = max(whole.height(), whole.width() * share)
            part = QRectF(0, 0, width, whole.height())
            rounded(painter, part, radius, theme.color("accent"))
        if not interval or total / interval > _MOST_TICKS:
            return
        for at in range(interval, total, interval):
            x = round(whole.width() * at / total)
            painter.fillRect(x, 0, 1, self.height(), theme.color("panel"))
