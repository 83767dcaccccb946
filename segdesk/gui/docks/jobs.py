"""The jobs panel: what runs, how far it is, how it ended, what it said."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QStackedLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components import EmptyState, IconButton, Tip
from segdesk.gui.components.painting import RADIUS_CONTROL, rounded
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.job_words import full_text
from segdesk.gui.item_models.jobs_delegate import JobsDelegate
from segdesk.gui.item_models.jobs_model import JobsModel
from segdesk.gui.item_models.moving_rows import MOVING_MS
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.gui.list_dock import ListDock
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.job_center import Job

_WORDS_MS = 500


class JobsDock(ListDock):
    """Lists the jobs of this sitting, the newest on top.

    Parameters
    ----------
    context
        The application.
    """

    dock_id = "jobs"
    title = tr("Jobs")
    header_actions: tuple[str, ...] = ()

    def __init__(self, context: "AppContext") -> None:
        super().__init__(JobsDelegate(), tr("Jobs"))
        self._context = context
        self._jobs = context.jobs
        self._logs: dict[int, LogBox] = {}
        self.model = JobsModel(context.jobs)
        self.view.setModel(self.model)
        self._more = IconButton(
            "dots-three", Tip(tr("More"), "", tr("Clear, log files."))
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState(
                "activity",
                tr("Nothing is running"),
                tr(
                    "Predictions, trainings and downloads show here, with their "
                    "progress and log."
                ),
            )
        )
        self._stack.addWidget(self.view)
        self._more.clicked.connect(self._on_more_clicked)
        self.view.part_clicked.connect(self._on_view_part_clicked)
        self.view.activated.connect(self._toggle)
        self.view.turned.connect(self._on_view_turned)
        self.view.menu_asked.connect(self._on_view_menu_asked)
        self.view.copy_asked.connect(self._copy_rows)
        context.jobs.changed.connect(self._on_jobs_changed)
        context.jobs.removed.connect(self._on_jobs_removed)
        self._refresh()

    def header_widgets(self) -> tuple[QWidget, ...]:
        """Return what stands in the header."""
        return (self._more,)

    def sizeHint(self) -> QSize:
        """Return the design's size."""
        return QSize(308, 230)

    def log_of(self, job_id: int) -> "LogBox | None":
        """Return the unfolded log of a job."""
        return self._logs.get(job_id)

    # ------------------------------------------------------------ what is shown

    def _refresh(self) -> None:
        self._stack.setCurrentIndex(1 if self.model.rowCount() else 0)
        self.run_ticks()
        live = self.model.live_count
        self.show_count(figures.number(live) if live else "")

    def tick_ms(self) -> int:
        """Keep words and bars up to date while something runs."""
        if not self.model.live_count:
            return 0
        return MOVING_MS if self.model.has_moving else _WORDS_MS

    def _on_jobs_changed(self, job: "Job") -> None:
        self.view.scheduleDelayedItemsLayout()
        box = self._logs.get(job.id)
        if box is not None:
            box.show_text(full_text(job), follow=job.is_live)
        self._refresh()

    def _on_jobs_removed(self, job_id: int) -> None:
        self._logs.pop(job_id, None)
        self._refresh()

    # ------------------------------------------------------------ what is done

    def _on_view_part_clicked(self, index: QModelIndex, part: str) -> None:
        job = self.model.job_at(index.row())
        if job is None:
            return
        if part == "cancel":
            self._jobs.cancel(job.id)
        elif part == "more":
            self._toggle(index)

    def _on_view_turned(self, index: QModelIndex, right: bool) -> None:
        job = self.model.job_at(index.row())
        if job is not None and right is not (job.id in self._logs):
            self._toggle(index)

    def _toggle(self, index: QModelIndex) -> None:
        job = self.model.job_at(index.row())
        if job is None or (not full_text(job) and job.id not in self._logs):
            return
        self.model.toggle_log(job.id)
        row = self.model.row_of(job.id, log=True)
        if row < 0:
            self._logs.pop(job.id, None)
            return
        box = LogBox(job.title)
        box.show_text(full_text(job), follow=job.is_live)
        box.copied.connect(partial(self._context.notices.toast, tr("Copied the log")))
        self._logs[job.id] = box
        self.view.setIndexWidget(self.model.index(row), box)
        self.view.scrollTo(self.model.index(row))

    def _on_view_menu_asked(self, index: QModelIndex, position: QPoint) -> None:
        job = self.model.job_at(index.row())
        if job is None:
            return
        menu = RowMenu(self)
        why = "" if self._jobs.can_cancel(job.id) else tr("it is not running")
        menu.add(
            "stop-circle", tr("Cancel"), partial(self._jobs.cancel, job.id), why=why
        )
        text = full_text(job)
        why = "" if text else tr("it has said nothing")
        menu.add("copy", tr("Copy log"), partial(_copy, text), why=why)
        menu.addSeparator()
        why = "" if self.model.has_ended else tr("no job has ended")
        menu.add("trash", tr("Clear ended"), self._jobs.clear_ended, why=why)
        menu.open_at(position)

    def _on_more_clicked(self) -> None:
        menu = RowMenu(self)
        why = "" if self.model.has_ended else tr("no job has ended")
        menu.add("trash", tr("Clear ended"), self._jobs.clear_ended, why=why)
        command = self._context.commands["help.logs"]
        run = partial(self._context.commands.run, command.id)
        menu.add(command.icon, command.title, run)
        menu.open_at(self._more.mapToGlobal(QPoint(0, self._more.height() + 2)))

    def _copy_rows(self) -> None:
        _copy(self.model.as_text())
        self._context.notices.toast(tr("Copied the list of jobs"))


class LogBox(QWidget):
    """The log of one job, in letters of one width, with a button that copies it."""

    copied = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        put(self.text.setAccessibleName, tr("Log of {title}", title=title))
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.text.setFont(theme.font("caption", mono=True))
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy_button = IconButton(
            "copy",
            Tip(tr("Copy log"), "", tr("Put the whole text on the clipboard.")),
            parent=self,
        )
        self.copy_button.clicked.connect(self._on_copy_button_clicked)
        self._shown = ""

    def show_text(self, text: str, *, follow: bool) -> None:
        """Show a text; one that grows is added to.

        Parameters
        ----------
        follow
            Keep the end in sight, unless the reader has scrolled up.
        """
        if text == self._shown:
            return
        bar = self.text.verticalScrollBar()
        follows = follow and bar.value() >= bar.maximum()
        if text.startswith(self._shown) and self._shown:
            self.text.appendPlainText(text[len(self._shown) :].removeprefix("\n"))
        else:
            self.text.setPlainText(text)
        self._shown = text
        if follows:
            bar.setValue(bar.maximum())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the button into the corner of the text."""
        super().resizeEvent(event)
        box = self._box().toRect()
        self.copy_button.adjustSize()
        edge = self.copy_button.width()
        self.copy_button.move(box.right() - edge - 2, box.top() + 3)
        self.text.setGeometry(box.adjusted(2, 1, -edge - 3, -1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box in which the text stands."""
        del event
        rounded(QPainter(self), self._box(), RADIUS_CONTROL, theme.color("canvas"))

    def _box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(12, 2, -12, -8)

    def _on_copy_button_clicked(self) -> None:
        _copy(self._shown)
        self.copied.emit()


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
