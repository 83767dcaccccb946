"""The log of a run: its newest line, or all of it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components import IconButton, Label, Tip
from segdesk.gui.components.painting import RADIUS_CARD, draw_elided, rounded
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.training.run import Run

_CLOSED_PX, _OPEN_PX = 33, 260


class _Line(QWidget):
    """The newest line, in letters of one width."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""

    def show_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            put(self.setAccessibleName, text)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setFont(theme.font("caption", mono=True))
        painter.setPen(theme.color("text2"))
        draw_elided(painter, QRectF(self.rect()), self._text)


class LogCard(QWidget):
    """One line that opens into the whole log."""

    def __init__(self) -> None:
        super().__init__()
        self._run: Run | None = None
        self._said = -1
        self.toggle = IconButton(
            "caret-right",
            Tip(tr("Show the log"), "", tr("The last 1,000 lines.")),
            edge=24,
        )
        self._line = _Line()
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        put(self.text.setAccessibleName, tr("Log of the run"))
        self.text.setProperty("role", "detail")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setMaximumBlockCount(1000)
        self.text.hide()
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 15, 0)
        row.setSpacing(7)
        row.addWidget(self.toggle)
        row.addWidget(Label(tr("Log"), "dock"))
        row.addSpacing(6)
        row.addWidget(self._line, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.text, 1)
        self.setFixedHeight(theme.row_px(_CLOSED_PX))
        self.toggle.clicked.connect(self._on_toggle_clicked)
        theme.active().changed.connect(self._dress)
        self._dress()

    @property
    def is_open(self) -> bool:
        """Whether all of the log is shown."""
        return not self.text.isHidden()

    def show_run(self, run: "Run") -> None:
        """Show what a run said last."""
        if run is self._run and run.said == self._said:
            return
        new = run.said - self._said if run is self._run else -1
        self._run, self._said = run, run.said
        self._line.show_text(run.log[-1] if run.log else tr("Nothing said yet"))
        if self.is_open:
            self._fill(new)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open and close by a click on the line."""
        if event.position().y() < _CLOSED_PX:
            self._on_toggle_clicked()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        fill, edge = theme.color("panel"), theme.color("line")
        rounded(QPainter(self), QRectF(self.rect()), RADIUS_CARD, fill, edge)

    def _on_toggle_clicked(self) -> None:
        is_open = not self.is_open
        self.text.setVisible(is_open)
        self.toggle.set_icon("caret-down" if is_open else "caret-right")
        self.setFixedHeight(theme.row_px(_OPEN_PX if is_open else _CLOSED_PX))
        if is_open:
            self._fill(-1)

    def _fill(self, new: int) -> None:
        """Add the newest lines, or with -1 all of them."""
        if self._run is None:
            return
        lines = list(self._run.log)
        bar = self.text.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 4
        if 0 <= new < len(lines):
            for line in lines[len(lines) - new :]:
                self.text.appendPlainText(line)
        else:
            self.text.setPlainText("\n".join(lines))
            follows = True
        if follows:
            bar.setValue(bar.maximum())

    def _dress(self) -> None:
        self.text.setFont(theme.font("caption", mono=True))
        self.toggle.setCursor(Qt.CursorShape.ArrowCursor)
