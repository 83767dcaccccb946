"""The review queue: what is worth a look, the most useful first."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QSize
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from segdesk.app.models.shelf_entry import ShelfState
from segdesk.app.review.entry import QueueKind, ReviewEntry
from segdesk.app.review.pictures import picture_of
from segdesk.core.language import plural, tr
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import (
    EmptyState,
    IconButton,
    Label,
    Select,
    ThinProgress,
    Tip,
)
from segdesk.gui.components.tips import give
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.review_delegate import ReviewDelegate
from segdesk.gui.item_models.review_model import ReviewModel, row_of
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.gui.list_dock import ListDock
from segdesk.gui.qimage import rgb_image
from segdesk.gui.review_foot import ReviewFoot
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from segdesk.app.context import AppContext
    from segdesk.core.classes import ClassList

_LIST, _EMPTY = range(2)
_KEPT = 300
_VERBS = ("review.accept", "review.correct", "review.skip", "", "review.leave")


class ReviewDock(ListDock):
    """Lists the entries of the queue; a click shows one with its proposal.

    Parameters
    ----------
    context
        The application.
    """

    dock_id = "review"
    title = tr("Review queue")
    header_actions: tuple[str, ...] = ()

    def __init__(self, context: "AppContext") -> None:
        super().__init__(ReviewDelegate(self._picture), tr("Review queue"))
        self._context = context
        self._review = context.review
        self._pictures: dict[ReviewEntry, QPixmap | None] = {}
        self._wanted: set[ReviewEntry] = set()
        self.model = ReviewModel()
        self.view.setModel(self.model)
        self.view.opens_rows = False
        self.kind = Select(tr("What is reviewed"), icon="sort-descending", height=28)
        self.kind.addItem(tr("Regions, best first"), QueueKind.REGIONS)
        self.kind.addItem(tr("Images, best first"), QueueKind.IMAGES)
        self.foot = ReviewFoot(context)
        self._busy = QWidget()
        self._words = Label("", "small", "text2", tabular=True)
        self._bar = ThinProgress(tr("Ranking"), by_model=True)
        self._build()
        self._connect()
        self._refresh()

    def header_widgets(self) -> tuple[QWidget, ...]:
        """Return what stands in the header."""
        command = self._context.commands["review.rank"]
        again = IconButton("arrow-clockwise", Tip(command.title, "", command.tip))
        again.clicked.connect(partial(self._run, "review.rank"))
        more = IconButton(
            "dots-three", Tip(tr("More"), "", tr("Whose second opinion is asked."))
        )
        more.clicked.connect(partial(self._open_more, more))
        return (again, more)

    def sizeHint(self) -> QSize:
        """Return the design's width."""
        return QSize(272, 480)

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(12, 4, 12, 8)
        top.setSpacing(8)
        top.addWidget(self.kind)
        busy = QVBoxLayout(self._busy)
        busy.setContentsMargins(0, 0, 0, 0)
        busy.setSpacing(6)
        line = QHBoxLayout()
        line.addWidget(self._words, 1)
        stop = command_button(self._context, "review.cancel", text=tr("Stop"))
        line.addWidget(stop)
        busy.addLayout(line)
        busy.addWidget(self._bar)
        top.addWidget(self._busy)
        self._empty = EmptyState(
            "queue", "", "", (command_button(self._context, "review.rank"),)
        )
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(top)
        whole.addLayout(self._stack, 1)
        whole.addWidget(self.foot)

    def _connect(self) -> None:
        self.kind.activated.connect(self._on_kind_activated)
        self.view.clicked.connect(self._on_view_clicked)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.view.menu_asked.connect(self._on_view_menu_asked)
        self.view.copy_asked.connect(self._copy_rows)
        self.view.shown_changed.connect(self._on_view_shown_changed)
        self._review.queue.changed.connect(self._refresh)
        self._review.gain.changed.connect(self._refresh)
        session = self._context.session
        session.proposal_changed.connect(lambda _: self.foot.refresh())
        session.image_changed.connect(lambda _: self.foot.refresh())

    # ------------------------------------------------------------ what is shown

    def _refresh(self) -> None:
        queue = self._review.queue
        kept = queue.kept
        is_of_two = bool(kept and kept.other_id)
        self.model.set_rows(
            [
                row_of(entry, entry.title(queue.classes), entry.why(is_of_two))
                for entry in queue.entries
            ]
        )
        row = self.model.row_of(queue.current)
        if row != self.view.selected_row():
            self.view.select_row(row)
        self._show_busy()
        self._show_kind()
        self._empty.set_words(*self._nothing())
        self._stack.setCurrentIndex(_LIST if queue.entries else _EMPTY)
        has_queue = bool(queue.entries or queue.worked or self._review.gain.found)
        self.foot.setVisible(has_queue or self._review.gain.is_busy)
        self.foot.refresh()
        self.show_count(figures.number(len(queue.entries)) if queue.entries else "")

    def _show_busy(self) -> None:
        queue = self._review.queue
        measuring = queue.measuring
        self._busy.setVisible(measuring.is_busy)
        if measuring.is_busy:
            done, total = measuring.done, measuring.total
            put(
                self._words.setText,
                tr(
                    "Ranking, {done} of {total}",
                    done=figures.number(done),
                    total=figures.number(total),
                ),
            )
            self._bar.set_value(done / total if done else None)

    def _show_kind(self) -> None:
        queue = self._review.queue
        self.kind.setCurrentIndex(self.kind.findData(queue.kind))
        why = queue.why_no_regions()
        self.kind.setEnabled(not why)
        tip = why or tr("Regions cost less of your time; images are labelled in whole.")
        give(self.kind, Tip(tr("What is reviewed"), "", tip))

    def _nothing(self) -> tuple[str, str]:
        """Return what is said where there is no entry."""
        queue = self._review.queue
        if queue.measuring.is_busy or queue.is_ranking:
            return (
                tr("Looking for what helps most"),
                tr("Every image is predicted twice. You can work on meanwhile."),
            )
        kept, why = queue.kept, queue.why_not_rank()
        if kept is not None and kept.model_id and not why:
            return (
                tr("Nothing is left in the queue"),
                tr("Train again, load the new model, and rank anew."),
            )
        return (
            tr("Nothing is ranked yet"),
            tr("{why}.", why=why)
            if why
            else tr("The loaded model finds the places where a look helps it most."),
        )

    def _picture(self, entry: ReviewEntry) -> QPixmap | None:
        return self._pictures.get(entry)

    def _on_view_shown_changed(self, first: int, last: int) -> None:
        """Ask for the pictures of the rows on screen, and of the next."""
        queue = self._review.queue
        out_dir, classes = queue.out_dir, queue.classes
        if out_dir is None or classes is None:
            return
        rows = self.model.rows[max(0, first) : last + 4]
        missing = [row.entry for row in rows if row.entry not in self._pictures]
        new = [entry for entry in missing if entry not in self._wanted]
        self._wanted = set(missing)
        if len(self._pictures) > _KEPT:
            self._pictures.clear()
        for entry in new:
            self._review.painter.submit(
                partial(self._wanted_picture, entry, out_dir, classes),
                partial(self._take_picture, entry),
                lambda _error: None,
            )

    def _wanted_picture(
        self, entry: ReviewEntry, out_dir: "Path", classes: "ClassList"
    ) -> "NDArray[np.uint8] | None":
        """Make a picture on the worker, unless it was scrolled past meanwhile."""
        return picture_of(entry, out_dir, classes) if entry in self._wanted else None

    def _take_picture(
        self, entry: ReviewEntry, pixels: "NDArray[np.uint8] | None"
    ) -> None:
        if entry in self._wanted:
            self._wanted.discard(entry)
            picture = None
            if pixels is not None:
                picture = QPixmap.fromImage(rgb_image(pixels).image)
            self._pictures[entry] = picture
            self.view.viewport().update()

    # ------------------------------------------------------------ what is done

    def _run(self, command_id: str, _checked: bool = False) -> None:
        self._context.commands.run(command_id)

    def _on_kind_activated(self, index: int) -> None:
        self._review.queue.set_kind(QueueKind(self.kind.itemData(index)))

    def _on_view_clicked(self, index: QModelIndex) -> None:
        row = self.model.row_at(index.row())
        if row is not None:
            self._review.working.open(row.entry)

    def _on_current_changed(self, index: QModelIndex, _before: QModelIndex) -> None:
        row = self.model.row_at(index.row())
        is_other = row is not None and row.entry is not self._review.queue.current
        if self.view.hasFocus() and is_other:  # by the arrow keys
            self._on_view_clicked(index)

    def _on_view_menu_asked(self, index: QModelIndex, position: QPoint) -> None:
        self._on_view_clicked(index)
        menu = RowMenu(self)
        commands = self._context.commands
        for command_id in _VERBS:
            if not command_id:
                menu.addSeparator()
                continue
            command, why = commands[command_id], commands.disabled_why(command_id)
            call = partial(commands.run, command_id)
            menu.add(command.icon, command.title, call, why=why or "")
        menu.open_at(position)

    def _open_more(self, button: IconButton, _checked: bool = False) -> None:
        """Let the user say whose opinion is compared with the model's."""
        menu = RowMenu(self)
        queue = self._review.queue
        kept, why = queue.kept, queue.why_not_rank() or ""
        other = kept.other_id if kept else ""
        menu.add_switch(
            tr("Compare with the mirrored image"),
            partial(queue.rank, ""),
            checked=not other,
        ).setEnabled(not why)
        for model in self._context.shelf.entries:
            if model.state is ShelfState.READY:
                menu.add_switch(
                    tr("Compare with {name}", name=model.name),
                    partial(queue.rank, model.id),
                    checked=model.id == other,
                ).setEnabled(not why)
        menu.open_at(button.mapToGlobal(QPoint(0, button.height() + 2)))

    def _copy_rows(self) -> None:
        QGuiApplication.clipboard().setText(self.model.as_text())
        count = len(self.model.rows)
        self._context.notices.toast(
            plural(count, "Copied {n} entry", "Copied {n} entries")
        )
