"""The model zoo: published models to look through and to get."""

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QItemSelection, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from segdesk.core.errors import SegDeskError
from segdesk.core.language import tr
from segdesk.gui.components import (
    Button,
    CheckBox,
    EmptyState,
    Hairline,
    Kind,
    Label,
    SearchField,
    Select,
)
from segdesk.gui.dialogs.frame import DialogFrame
from segdesk.gui.dialogs.zoo_details import ZooDetails
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.table_view import TableView
from segdesk.gui.item_models.zoo_model import COLUMNS, MIOU, ZooModel, downloads
from segdesk.gui.wording import put
from segdesk.library.model_card import ModelState
from segdesk.library.zoo import ZooEntry, filter_zoo

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_DEBOUNCE_MS = 60
_HEIGHT = 660
_WIDTH = (1150, 1300)  # in a small window, in a large one
_EDGE_PX = 80
_LEAST = (0, 40, 50, 60, 70, 75, 80)
_MOST_MB = (0, 25, 50, 100, 200, 400)
_USABLE = (ModelState.NOT_DOWNLOADED, ModelState.READY)


class ZooDialog(DialogFrame):
    """Looks through the published models.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext", parent: QWidget | None) -> None:
        room = parent.width() - _EDGE_PX if parent is not None else 0
        width = min(_WIDTH[1], max(_WIDTH[0], room))
        super().__init__(parent, tr("Model zoo"), width=width)
        self._context = context
        self._entries: tuple[ZooEntry, ...] = ()
        self._is_over = False
        self.setFixedHeight(_HEIGHT)
        self.model = ZooModel()
        self.table = TableView(tr("Published models"), COLUMNS)
        self.details = ZooDetails(context)
        self.search = SearchField(tr("Search by name, data set or paper"))
        self.architecture = Select(tr("Architecture"))
        self.dataset = Select(tr("Data set"))
        self.least_miou = Select(tr("Least mIoU"))
        self.most_size = Select(tr("Largest size"))
        self.runs_here = CheckBox(tr("Runs here"))
        self._count = Label("", "small", "text3", tabular=True)
        self._debounce = QTimer(self, singleShot=True, interval=_DEBOUNCE_MS)
        self._build()
        self._connect()
        context.shelf.zoo(self._on_zoo_read, self._on_zoo_not_read)

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.body.setContentsMargins(22, 18, 0, 0)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 22, 0)
        head.addWidget(Label(tr("Model zoo"), "heading"))
        head.addSpacing(6)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self.runs_here)
        self.body.addLayout(head)
        self.body.addLayout(self._filters())
        self.body.setSpacing(10)
        lower = QVBoxLayout()
        lower.setSpacing(0)
        lower.addWidget(Hairline())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addLayout(self._table_stack(), 1)
        row.addWidget(Hairline(vertical=True))
        row.addWidget(self.details)
        lower.addLayout(row, 1)
        self.body.addLayout(lower, 1)
        self.add_verb(tr("Close"), Kind.DEFAULT)

    def _filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 22, 0)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        for value in _LEAST:
            words = f"mIoU ≥ {value}" if value else tr("Any mIoU")
            self.least_miou.addItem(words, value)
        for value in _MOST_MB:
            words = (
                tr("Up to {megabytes} MB", megabytes=value) if value else tr("Any size")
            )
            self.most_size.addItem(words, value * 1_000_000)
        self.architecture.addItem(tr("Any architecture"), "")
        self.dataset.addItem(tr("Any data set"), "")
        widths = (
            (self.architecture, 156),
            (self.dataset, 156),
            (self.least_miou, 108),
            (self.most_size, 124),
        )
        for select, width in widths:
            select.setFixedWidth(width)
            row.addWidget(select)
        return row

    def _table_stack(self) -> QStackedLayout:
        self.table.setModel(self.model)
        self.table.size_columns()
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(MIOU, Qt.SortOrder.DescendingOrder)
        clear = Button(tr("Clear filters"), icon="x")
        clear.clicked.connect(self.clear_filters)
        self._stack = QStackedLayout()
        self._reading = EmptyState(
            "cloud-arrow-down",
            tr("Reading the index"),
            tr("It lists the published models."),
        )
        self._stack.addWidget(self._reading)
        self._stack.addWidget(self.table)
        self._stack.addWidget(
            EmptyState(
                "magnifying-glass",
                tr("No model found"),
                tr("No published model meets all filters."),
                (clear,),
            )
        )
        return self._stack

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _: self._debounce.start())
        self._debounce.timeout.connect(self.apply_filters)
        for select in (
            self.architecture,
            self.dataset,
            self.least_miou,
            self.most_size,
        ):
            select.activated.connect(lambda _: self.apply_filters())
        self.runs_here.toggled.connect(lambda _: self.apply_filters())
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.table.doubleClicked.connect(lambda _: self.details.act())
        self.finished.connect(self._on_finished)
        self._disconnect = self._context.shelf.changed.connect(self._on_shelf_changed)

    # ------------------------------------------------------------ what is shown

    def apply_filters(self) -> None:
        """Show what meets all filters."""
        self._debounce.stop()
        chosen = self.details.entry
        found = filter_zoo(
            self._entries,
            self.search.text(),
            architecture=str(self.architecture.currentData() or ""),
            dataset=str(self.dataset.currentData() or ""),
            min_miou=float(self.least_miou.currentData()) or None,
            max_bytes=int(self.most_size.currentData()) or None,
        )
        if self.runs_here.isChecked():
            found = tuple(entry for entry in found if entry.state in _USABLE)
        self.model.set_entries(found)
        whole = figures.number(len(self._entries))
        some = tr("{found} of {whole}", found=figures.number(len(found)), whole=whole)
        put(self._count.setText, whole if len(found) == len(self._entries) else some)
        self._stack.setCurrentIndex(1 if found else 2)
        row = self.model.row_of(chosen.id) if chosen else 0
        if found:
            self.table.selectRow(max(0, row))

    def clear_filters(self) -> None:
        """Show all models."""
        self.search.clear()
        for select in (
            self.architecture,
            self.dataset,
            self.least_miou,
            self.most_size,
        ):
            select.setCurrentIndex(0)
        self.runs_here.setChecked(False)
        self.apply_filters()

    def _on_zoo_not_read(self, error: SegDeskError) -> None:
        if not self._is_over:
            self._reading.set_words(
                error.message, tr("{cause} {hint}", cause=error.cause, hint=error.hint)
            )

    def _on_zoo_read(self, entries: tuple[ZooEntry, ...]) -> None:
        if self._is_over:
            return
        self._entries = tuple(self._with_library(entry) for entry in entries)
        for select, values in (
            (self.architecture, {entry.architecture for entry in entries}),
            (self.dataset, {entry.dataset for entry in entries}),
        ):
            for value in sorted(values, key=str.casefold):
                select.addItem(value, value)
        self._show_downloads()
        self.apply_filters()

    def _on_shelf_changed(self) -> None:
        entries = tuple(self._with_library(entry) for entry in self._entries)
        if entries != self._entries:
            self._entries = entries
            self.apply_filters()
        self._show_downloads()

    def _show_downloads(self) -> None:
        progress = downloads(self._context.shelf.entries)
        self.model.set_progress(progress)
        self.details.show_progress(progress)

    def _on_selected(self, _selected: QItemSelection) -> None:
        self.details.show_entry(self.model.entry_at(self.table.selected_row()))

    def _on_finished(self) -> None:
        self._is_over = True
        self._disconnect()

    def _with_library(self, entry: ZooEntry) -> ZooEntry:
        if entry.state not in _USABLE:
            return entry
        is_there = self._context.shelf.entry(entry.id) is not None
        state = ModelState.READY if is_there else ModelState.NOT_DOWNLOADED
        if state is entry.state:
            return entry
        return msgspec.structs.replace(entry, state=state)
