"""The head of a batch: what it is, its verbs, how far it is."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.app.batch.rows import RowFilter
from segdesk.app.batch.run import BatchRun, BatchStatus
from segdesk.core.language import joined, shown, spaced, tr
from segdesk.gui import theme
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import Button, ElidedLabel, Kind, Label, ThinProgress
from segdesk.gui.components.painting import RADIUS_CARD, rounded
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_BAR_PX = 5
_WATCHES = tr("What arrives in the folder is predicted, until you cancel")
_GOES_ON = tr("If it is stopped, it goes on from here: finished images are skipped")


class BatchHead(QWidget):
    """Title, images and model, and the verbs."""

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self.note = ElidedLabel("", "body", "text2")
        self.pause = self._verb("batch.pause", tr("Pause"))
        self.resume = self._verb("batch.resume", tr("Go on"))
        self.cancel = self._verb("batch.cancel", tr("Cancel"), Kind.GHOST)
        self.reveal = self._verb("batch.reveal", tr("Open output folder"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Label(tr("Batch"), "title"))
        row.addSpacing(4)
        row.addWidget(self.note, 1)
        for button in (self.pause, self.resume, self.cancel, self.reveal):
            row.addWidget(button)

    def show_run(self, run: BatchRun) -> None:
        """Show what a batch is, and the verbs that its state allows."""
        self.note.set_text(joined(" · ", filter(None, (run.name, run.model_name))))
        paused = run.status is BatchStatus.PAUSED
        words = tr("Go on") if paused else tr("Pause")
        if self.pause.text() != shown(words):
            put(self.pause.setText, words)
            self.pause.set_icon("play" if paused else "pause")
            self.pause.updateGeometry()
        is_stopping = run.status is BatchStatus.STOPPING
        self.pause.setVisible(run.is_live)
        self.pause.setEnabled(not is_stopping)
        self.cancel.setVisible(run.is_live)
        self.cancel.setEnabled(not is_stopping)
        can_resume = self._context.batches.why_not_resumed() is None
        self.resume.setVisible(not run.is_live and can_resume)
        words = tr("Go on") if run.left else tr("Try failed again")
        if self.resume.text() != shown(words):
            put(self.resume.setText, words)
            self.resume.updateGeometry()
        self.reveal.setVisible(run.plan is None or run.plan.keeps_files)

    def _verb(self, command_id: str, text: str, kind: Kind = Kind.DEFAULT) -> Button:
        return command_button(
            self._context, command_id, kind, text=text, shows_key=False
        )


class BatchProgress(QWidget):
    """A card with a bar and words: how far, how fast, how long."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = ThinProgress(tr("Progress of the batch"), height=_BAR_PX)
        self.words = ElidedLabel("", "small", "text2", tabular=True)
        self.note = ElidedLabel("", "small", "text2")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 13, 14, 10)
        column.setSpacing(9)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.words, 1)
        row.addWidget(self.note)
        column.addLayout(row)

    def show_run(self, run: BatchRun) -> None:
        """Show how far a batch is."""
        total = len(run.rows)
        done = run.rows.finished
        is_begun = done or not run.is_live
        self.bar.set_value(done / total if total and is_begun else None)
        self.bar.set_role("bad" if run.status is BatchStatus.FAILED else "accent")
        self.words.set_text(progress_words(run), _role(run))
        self.note.set_text(_note(run))
        self.note.setVisible(bool(self.note.text))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        fill, edge = theme.color("panel"), theme.color("line")
        rounded(QPainter(self), QRectF(self.rect()), RADIUS_CARD, fill, edge)


def progress_words(run: BatchRun) -> str:
    """Return "412 of 1,280 · 8.2 images/s · 1 min 46 s left", or how it ended."""
    total, done = len(run.rows), run.rows.finished
    words = tr(
        "{done} of {total}", done=figures.number(done), total=figures.number(total)
    )
    match run.status:
        case BatchStatus.RUNNING if run.watches and not run.left:
            return tr(
                "{done} predicted · waiting for more images", done=figures.number(done)
            )
        case BatchStatus.RUNNING if not done:
            return tr("{words} · the model is being loaded", words=words)
        case BatchStatus.RUNNING:
            parts = [words, _rate(run)]
            left = run.seconds_left
            if left is not None:
                parts.append(tr("{exact} left", exact=_exact(left)))
            return joined(" · ", filter(None, parts))
        case BatchStatus.PAUSED:
            return tr("{words} · paused", words=words)
        case BatchStatus.STOPPING:
            return tr("{words} · stopping after the images at work", words=words)
        case BatchStatus.STOPPED:
            return tr("{words} · stopped", words=words)
        case BatchStatus.FAILED if run.failure is not None:
            return spaced(words, "·", run.failure.message, run.failure.cause)
        case BatchStatus.READ:
            return _ended(run)
        case _:
            took = figures.duration(run.pace.worked_s)
            return tr("{ended} · {took}", ended=_ended(run), took=took)


def _ended(run: BatchRun) -> str:
    counts = run.rows.counts()
    done, failed = counts[RowFilter.DONE], counts[RowFilter.FAILED]
    words = tr(
        "{done} of {rows} predicted",
        done=figures.number(done),
        rows=figures.number(len(run.rows)),
    )
    return (
        tr("{words} · {failed} failed", words=words, failed=figures.number(failed))
        if failed
        else words
    )


def _rate(run: BatchRun) -> str:
    rate = run.pace.rate
    if rate is None:
        return ""
    if rate < 0.095:
        return tr("{number} images/min", number=figures.decimal(rate * 60, 1))
    return tr(
        "{number} images/s", number=figures.decimal(rate, 0 if rate >= 99.5 else 1)
    )


def _exact(seconds: float) -> str:
    """Return a time to the second below ten minutes, else to the minute."""
    rough = seconds >= 600
    return figures.rough_duration(seconds) if rough else figures.duration(seconds)


def _role(run: BatchRun) -> str:
    return "bad" if run.status is BatchStatus.FAILED else "text2"


def _note(run: BatchRun) -> str:
    if run.is_live:
        return _WATCHES if run.watches else _GOES_ON
    if run.status is BatchStatus.FAILED and run.failure is not None:
        return run.failure.hint
    if run.status is BatchStatus.STOPPED and run.left:
        return tr("“Go on” predicts the rest")
    if run.status is BatchStatus.READ:
        return tr("Read from {out_dir}", out_dir=run.out_dir)
    return ""
