"""The page of a batch: how far it is, its images, the chosen one beside them."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, QTimer
from PySide6.QtGui import (
    QHideEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from segdesk.app.batch.rows import RowFilter
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import Chip, EmptyState, Kind, SearchField
from segdesk.gui.components.painting import RADIUS_CARD, rounded
from segdesk.gui.idle_work import Steps
from segdesk.gui.item_models.batch_delegate import THUMBNAIL, BatchDelegate
from segdesk.gui.item_models.batch_model import BatchTableModel
from segdesk.gui.item_models.batch_table import BatchTable
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.gui.item_models.thumbnail_cache import ThumbnailCache
from segdesk.gui.pages.batch_head import BatchHead, BatchProgress
from segdesk.gui.pages.batch_side import BatchSide
from segdesk.gui.picture_first import PaintedInTurns
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.batch.run import BatchRun
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions

_MARGIN = 14
_FILTER_PX, _NARROW_FILTER_PX = 200, 150
_NARROW_PX = 900
_DEBOUNCE_MS = 120
_WORDS_MS = 1000
_EMPTY, _BATCH = range(2)
_OVER = object()
_CHIPS = {
    RowFilter.ALL: tr("All"),
    RowFilter.DONE: tr("Done"),
    RowFilter.FAILED: tr("Failed"),
    RowFilter.LOW: tr("Low confidence"),
    RowFilter.WAITING: tr("Waiting"),
}
_MENU = ("batch.show_image", "batch.drafts")


class BatchPage(QWidget):
    """The batch at work, or the last one; its maker runs through `steps` first.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Batch"))
        self._context = context
        self._actions = actions
        self._batches = context.batches
        self._run: BatchRun | None = None
        self._filter = RowFilter.ALL
        self.steps = self._put_together()

    # ------------------------------------------------------------ building

    def _put_together(self) -> Steps:
        context = self._context
        self.head = BatchHead(context)
        self.progress = BatchProgress()
        yield
        self.model = BatchTableModel()
        self.thumbnails = ThumbnailCache(self._batches.thumbnails, THUMBNAIL)
        self.table = BatchTable(BatchDelegate(self.thumbnails), self.model)
        yield
        self.side = BatchSide(context)
        yield
        self.chips = {wanted: Chip(words, 0) for wanted, words in _CHIPS.items()}
        self.filter = SearchField(tr("Filter by name"))
        self.filter.setFixedWidth(_FILTER_PX)
        self.export = command_button(
            context, "batch.export_csv", Kind.GHOST, shows_key=False
        )
        yield
        self._build()
        yield
        self._actions.serve([self.table, self.side.view])
        self._connect()
        self._painting = PaintedInTurns(self, (self.progress, self.table, self.side))
        self.setFocusProxy(self.table)
        self._on_changed()
        yield

    def _build(self) -> None:
        self._shown = QWidget()
        self._stack = QStackedWidget(self)  # from above: styles follow parents
        self._stack.addWidget(self._empty_page())
        self._stack.addWidget(self._shown)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self._stack, 1)
        across.addWidget(self.side)
        column = QVBoxLayout(self._shown)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, 12)
        column.setSpacing(12)
        column.addWidget(self.head)
        column.addWidget(self.progress)
        chips = QHBoxLayout()
        chips.setSpacing(6)
        for chip in self.chips.values():
            chips.addWidget(chip)
        chips.addStretch(1)
        chips.addWidget(self.filter)
        chips.addWidget(self.export)
        column.addLayout(chips)
        card = _Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 6)
        inside.addWidget(self.table)
        self._nothing = EmptyState(
            "magnifying-glass", tr("No image found"), tr("No image fits the filter.")
        )
        self._nothing.hide()
        inside.addWidget(self._nothing)
        column.addWidget(card, 1)

    def _empty_page(self) -> QWidget:
        context = self._context
        predict = command_button(context, "batch.open", Kind.PRIMARY)
        results = command_button(context, "batch.results")
        return EmptyState(
            "stack",
            tr("No batch yet"),
            tr(
                "Predict a folder, the project or a list of images at once, or look at "
                "what an earlier batch wrote."
            ),
            (predict, results),
        )

    def _connect(self) -> None:
        batches, table = self._batches, self.table
        ends = (
            batches.changed.connect(self._on_changed),
            batches.advanced.connect(self._on_advanced),
        )
        self.destroyed.connect(lambda: [end() for end in ends])
        batches.listed = self.model.indices
        table.chosen.connect(self._on_table_chosen)
        table.opened.connect(partial(self._do, "batch.show_image"))
        table.shown_changed.connect(self._ask_thumbnails)
        table.menu_asked.connect(self._on_table_menu_asked)
        self.thumbnails.arrived.connect(self._on_thumbnail_arrived)
        for wanted, chip in self.chips.items():
            chip.clicked.connect(partial(self._on_chip_clicked, wanted))
        self._debounce = QTimer(self, singleShot=True, interval=_DEBOUNCE_MS)
        self._debounce.timeout.connect(self._apply_filter)
        self.filter.textChanged.connect(lambda _: self._debounce.start())
        self._filtering: Steps = iter(())
        self._search = QTimer(self, singleShot=True, interval=0)
        self._search.timeout.connect(self._on_search_timeout)
        self._words = QTimer(self, interval=_WORDS_MS)
        self._words.timeout.connect(self._show_words)

    # ------------------------------------------------------------ what is shown

    @property
    def unseen(self) -> tuple[QWidget, ...]:
        """What comes in sight with a batch."""
        return (self._shown,) if self._run is None else ()

    def sizeHint(self) -> QSize:
        """Return the design's size."""
        return QSize(1600, 930)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page's surface."""
        QPainter(self).fillRect(event.rect(), theme.color("window"))

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed meanwhile."""
        super().showEvent(event)
        self._on_changed()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while out of sight."""
        super().hideEvent(event)
        self._words.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the parts what the window has room for."""
        super().resizeEvent(event)
        narrow = event.size().width() - self.side.width() < _NARROW_PX
        self.filter.setFixedWidth(_NARROW_FILTER_PX if narrow else _FILTER_PX)
        self.side.set_window_height(event.size().height())

    def _on_changed(self) -> None:
        run = self._batches.shown
        is_other = run is not self._run
        self._run = run
        self._actions.refresh_soon()
        self._stack.setCurrentIndex(_EMPTY if run is None else _BATCH)
        self.side.setVisible(run is not None)
        if run is None:
            return
        if is_other:
            self.thumbnails.clear()
            self._batches.thumbnails.renew(None)
        self.model.show_rows(run.rows, run.classes)
        if is_other and self.table.currentIndex().row() < 0:
            self.table.choose(0)
        self._show_words()
        self._follow_current()
        self._ask_thumbnails(*self.table.shown_rows())
        if run.is_live and self.isVisible():
            self._words.start()
        else:
            self._words.stop()

    def _on_advanced(self, changed: tuple[int, ...]) -> None:
        """Take in what a batch said; out of sight, that waits."""
        run = self._run
        if run is None or not self.isVisible():
            return
        chosen, at = self._batches.chosen, self.table.verticalScrollBar().value()
        if self.model.advance(changed):
            self.table.choose(chosen[0] if chosen else -1)
            self.table.verticalScrollBar().setValue(at)
        for index in changed:
            path = run.rows.sources[index]
            if self.thumbnails.known(path) and run.rows.row(index).has_result:
                self._batches.thumbnails.renew(path)
        self._show_words()
        self._follow_current()

    def _show_words(self) -> None:
        run = self._run
        if run is None:
            return
        self.head.show_run(run)
        self.progress.show_run(run)
        counts = run.rows.counts()
        for wanted, chip in self.chips.items():
            chip.set_count(counts[wanted])
            chip.setChecked(wanted is self._filter)
        failed = "bad" if counts[RowFilter.FAILED] else "text2"
        self.chips[RowFilter.FAILED].set_role(failed)
        found = self.model.rowCount()
        self._nothing.setVisible(not found)
        self.table.setVisible(bool(found))

    def _follow_current(self) -> None:
        """Show the current image beside the table as it is now."""
        chosen = self._batches.chosen
        run = self._run
        row = run.rows.row(chosen[0]) if run is not None and chosen else None
        self.side.show_row(row)

    def _ask_thumbnails(self, first: int, last: int) -> None:
        rows = (self.model.row_at(place) for place in range(first, last + 1))
        paths: list[Path] = [row.source for row in rows if row is not None]
        self.thumbnails.want(paths, self.table.devicePixelRatioF())

    def _on_thumbnail_arrived(self, path: Path) -> None:
        first, last = self.table.shown_rows()
        for place in range(first, last + 1):
            row = self.model.row_at(place)
            if row is not None and row.source == path:
                self.table.update(self.model.index(place, 0))

    # ------------------------------------------------------------ what is done

    def _do(self, command_id: str) -> None:
        self._context.commands.run(command_id)

    def _on_table_chosen(self) -> None:
        self._batches.chosen = self.table.chosen_indices()
        self._actions.refresh_soon()
        self._follow_current()

    def _on_chip_clicked(self, wanted: RowFilter, _checked: bool = False) -> None:
        self._filter = wanted
        self._apply_filter()

    def _apply_filter(self) -> None:
        """Search in steps; what was searched for before is left."""
        self._filtering = self._filter_steps()
        self._on_search_timeout()

    def _on_search_timeout(self) -> None:
        if next(self._filtering, _OVER) is not _OVER:
            self._search.start()

    def _filter_steps(self) -> Steps:
        yield from self.model.filter_steps(self._filter, self.filter.text())
        chosen = self._batches.chosen
        self.table.choose(chosen[0] if chosen else -1, reveal=True)
        self._show_words()
        self._ask_thumbnails(*self.table.shown_rows())

    def _on_table_menu_asked(self, place: int, position: QPoint) -> None:
        row, commands = self.model.row_at(place), self._context.commands
        if row is None:
            return
        if row.index not in self._batches.chosen:
            self.table.choose(row.index)
        menu = RowMenu(self)
        for command_id in _MENU:
            command = commands[command_id]
            why = commands.disabled_why(command_id) or ""
            menu.add(
                command.icon, command.title, partial(self._do, command_id), why=why
            )
        menu.addSeparator()
        reveal = partial(self._context.dialogs.reveal, row.source)
        menu.add("folder-notch-open", tr("Show the image in its folder"), reveal)
        menu.open_at(position)


class _Card(QWidget):
    """A surface with an edge."""

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, box = QPainter(self), QRectF(self.rect())
        rounded(painter, box, RADIUS_CARD, theme.color("panel"), theme.color("line"))
