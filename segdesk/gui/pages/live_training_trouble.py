"""Why a run ended early, or with less, and what to do: above its curves."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.app.training.memory_cures import Cure
from segdesk.app.training.run import Run
from segdesk.core.errors import InputError
from segdesk.core.language import joined, tr
from segdesk.gui import icons, theme
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import Button, Label
from segdesk.gui.components.painting import RADIUS_CARD, rounded
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext


class Trouble(QWidget):
    """Why a run ended early, what is safe, and the cures with their verbs."""

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._role = "bad"
        self._shown: tuple[object, ...] = ()
        self.cures: tuple[Button, ...] = ()
        self.message = Label("", "strong", wrap=True)
        self.cause = Label("", "small", "text2", wrap=True)
        self.resume = command_button(
            context, "run.resume", text=tr("Resume"), shows_key=False
        )
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.message)
        words.addWidget(self.cause)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(42, 10, 14, 10)
        row.setSpacing(9)
        row.addLayout(words, 1)
        row.addSpacing(6)
        row.addWidget(self.resume, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_run(self, run: Run) -> None:
        """Show why a run failed, or what its memory made of it; else hide."""
        failure, cures = run.failure, run.cures
        now = (run.folder, failure, cures, run.can_resume, len(run.adapted))
        if now == self._shown:
            return
        self._shown = now
        self.setVisible(failure is not None or bool(run.adapted))
        self._show_cures(run, cures)
        self.resume.setVisible(failure is not None and run.can_resume)
        if failure is not None:
            self._role = "bad"
            put(self.message.setText, failure.message)
            put(
                self.cause.setText,
                joined(" ", filter(None, (failure.cause, failure.hint))),
            )
        elif run.adapted:
            self._role = "warn"
            steps = joined("; ", (change.step for change in run.adapted))
            put(
                self.message.setText,
                tr("The memory ran out; the run goes on with less.")
                if run.is_live
                else tr("The memory ran out; the run went on with less."),
            )
            put(self.cause.setText, steps)
        self.update()

    def _show_cures(self, run: Run, cures: tuple[Cure, ...]) -> None:
        for button in self.cures:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        made = []
        for cure in cures:
            button = Button(cure.title)
            button.clicked.connect(partial(self._on_cure_clicked, run, cure))
            self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            made.append(button)
        self.cures = tuple(made)

    def _on_cure_clicked(self, run: Run, cure: Cure, _checked: bool = False) -> None:
        try:
            self._context.runs.cure(run, cure)
        except InputError as error:
            self._context.notices.error(error)

    def sizeHint(self) -> QSize:
        """Return room for two lines."""
        return QSize(600, 58)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a card in the tint of what happened."""
        del event
        painter = QPainter(self)
        fill = theme.mix(self._role, "panel", 0.12)
        edge = theme.mix(self._role, "panel", 0.45)
        rounded(painter, QRectF(self.rect()), RADIUS_CARD, fill, edge)
        icon = "warning-circle" if self._role == "bad" else "warning"
        icons.paint(painter, QRectF(14, 12, 18, 18), icon, theme.color(self._role))
