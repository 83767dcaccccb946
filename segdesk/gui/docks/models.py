"""The models panel: what there is, what is loaded, and where it runs."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from segdesk.app.models.shelf_entry import ShelfEntry, ShelfState
from segdesk.app.training.run_choices import device_choices, precision_choices
from segdesk.core.language import tr
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import (
    Button,
    EmptyState,
    Hairline,
    IconButton,
    Kind,
    Label,
    SearchField,
    Select,
    Tip,
)
from segdesk.gui.components.tips import give
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.models_delegate import ModelsDelegate
from segdesk.gui.item_models.models_model import ModelsModel
from segdesk.gui.item_models.moving_rows import MOVING_MS
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.gui.list_dock import ListDock

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_LIST, _EMPTY, _SAMPLE = range(3)
_PRECISION_WORDS = {"auto": tr("Auto")}


class ModelsDock(ListDock):
    """Lists the models of the library and those on their way.

    Parameters
    ----------
    context
        The application.
    """

    dock_id = "models"
    title = tr("Models")
    header_actions = ("model.zoo", "model.add")

    def __init__(self, context: "AppContext") -> None:
        super().__init__(ModelsDelegate(), tr("Models"))
        self._context = context
        self._shelf = context.shelf
        self._was_loaded = False
        self.model = ModelsModel()
        self.view.setModel(self.model)
        self.filter = SearchField(tr("Filter models"))
        self.foot = _RunOn(context)
        self._find = IconButton(
            "funnel-simple",
            Tip(tr("Filter models"), "", tr("By name or state.")),
            checkable=True,
        )
        self._build()
        self._connect()
        self._refresh()

    def header_widgets(self) -> tuple[QWidget, ...]:
        """Return what stands in the header behind the commands."""
        return (self._find,)

    def sizeHint(self) -> QSize:
        """Return the design's size."""
        return QSize(308, 360)

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self._stack = QStackedLayout()
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._filter_row = QWidget()
        row = QHBoxLayout(self._filter_row)
        row.setContentsMargins(12, 2, 12, 6)
        row.addWidget(self.filter)
        self._filter_row.hide()
        column.addWidget(self._filter_row)
        column.addWidget(self.view, 1)
        self._stack.addWidget(page)
        self._stack.addWidget(self._empty_page())
        self._stack.addWidget(self._sample_page())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._stack, 1)
        whole.addWidget(Hairline())
        whole.addWidget(self.foot)

    def _empty_page(self) -> QWidget:
        return EmptyState(
            "cube",
            tr("No models yet"),
            tr("They come from a .pth file, a work_dir or the zoo."),
            (
                command_button(self._context, "model.add", text=tr("Add file")),
                command_button(self._context, "model.zoo", Kind.GHOST, text=tr("Zoo")),
            ),
        )

    def _sample_page(self) -> QWidget:
        load = Button(tr("Load sample"), icon="cube")
        load.clicked.connect(self._on_load_clicked)
        return EmptyState(
            "cube",
            tr("No model loaded"),
            tr(
                "The sample model is ready. Others come from a .pth file, a "
                "work_dir or the zoo."
            ),
            (
                load,
                command_button(self._context, "model.zoo", Kind.GHOST, text=tr("Zoo")),
            ),
        )

    def _connect(self) -> None:
        self._shelf.changed.connect(self._refresh)
        self.filter.textChanged.connect(self.model.set_text)
        self._find.toggled.connect(self._on_find_toggled)
        self.view.part_clicked.connect(self._on_view_part_clicked)
        self.view.part_double_clicked.connect(self._on_view_part_double_clicked)
        self.view.activated.connect(self._on_view_activated)
        self.view.menu_asked.connect(self._on_view_menu_asked)
        self.view.copy_asked.connect(self._copy_rows)

    # ------------------------------------------------------------ what is shown

    def _refresh(self) -> None:
        entries = self._shelf.entries
        chosen = self.model.entry_at(self.view.selected_row())
        self.model.set_entries(entries)
        loaded = self._context.predicting.model_id
        if loaded and not self._was_loaded:
            self._was_loaded = True
        keep = chosen.id if chosen else loaded
        if self.view.selected_row() < 0:
            self.view.select_row(self.model.row_of(keep), reveal=False)
        self._stack.setCurrentIndex(self._page())
        self.run_ticks()
        is_listed = self._page() == _LIST
        self.show_count(figures.number(len(entries)) if is_listed else "")

    def _page(self) -> int:
        entries = self._shelf.entries
        if not entries:
            return _EMPTY
        only_sample = (
            len(entries) == 1
            and entries[0].shipped
            and entries[0].state is ShelfState.READY
        )
        return _SAMPLE if only_sample and not self._was_loaded else _LIST

    def tick_ms(self) -> int:
        """Move the bars of what loads or comes."""
        return MOVING_MS if self.model.has_moving else 0

    def _on_find_toggled(self, on: bool) -> None:
        self._filter_row.setVisible(on)
        if on:
            self.filter.setFocus()
        else:
            self.filter.clear()

    # ------------------------------------------------------------ what is done

    def _on_load_clicked(self) -> None:
        self._shelf.load_sample()

    def _on_view_part_clicked(self, index: QModelIndex, part: str) -> None:
        entry = self.model.entry_at(index.row())
        if part == "action" and entry is not None:
            self._act(entry)

    def _on_view_part_double_clicked(self, index: QModelIndex, part: str) -> None:
        if not part:
            self._on_view_activated(index)

    def _on_view_activated(self, index: QModelIndex) -> None:
        entry = self.model.entry_at(index.row())
        if entry is not None and entry.state is not ShelfState.LOADED:
            self._act(entry)

    def _act(self, entry: ShelfEntry) -> None:
        """Do what the row's verb says."""
        match entry.state:
            case ShelfState.LOADED | ShelfState.LOADING:
                self._context.commands.run("model.unload")
            case ShelfState.READY:
                self._shelf.load(entry.id)
            case ShelfState.NOT_DOWNLOADED:
                self._shelf.get(entry.id)
            case ShelfState.DOWNLOADING:
                self._shelf.cancel(entry.id)
            case _:
                self._shelf.explain(entry.id)

    def _on_view_menu_asked(self, index: QModelIndex, position: QPoint) -> None:
        entry = self.model.entry_at(index.row())
        if entry is None:
            return
        window, shelf = self._context.window, self._shelf
        menu = RowMenu(self)
        predict = partial(self._predict_with, entry)
        menu.add("play", tr("Predict with it"), predict, why=_why_no_predict(entry))
        card = partial(window.show_model_card, entry.id)
        menu.add(
            "cube", tr("Model card"), card, why="" if entry.card else tr("no card")
        )
        library_entry = shelf.entry(entry.id)
        if library_entry is not None:
            reveal = partial(self._context.dialogs.reveal, library_entry.folder)
            menu.add("folder-notch-open", tr("Show in folder"), reveal)
            menu.addSeparator()
            why = tr("it comes with SegDesk") if entry.shipped else ""
            menu.add(
                "trash", tr("Remove model"), partial(shelf.remove, entry.id), why=why
            )
        menu.open_at(position)

    def _predict_with(self, entry: ShelfEntry) -> None:
        if entry.state is ShelfState.LOADED:
            self._context.commands.run("model.predict")
        else:
            self._shelf.load(entry.id)

    def _copy_rows(self) -> None:
        QGuiApplication.clipboard().setText(self.model.as_text())
        self._context.notices.toast(tr("Copied the list of models"))


class _RunOn(QWidget):
    """Chooses device and precision."""

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self.device = Select(tr("Run on"), height=26)
        self.precision = Select(tr("Precision"), height=26)
        self.precision.setMinimumWidth(74)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(7)
        row.addWidget(Label(tr("Run on"), "small", "text2"))
        row.addSpacing(5)
        row.addWidget(self.device, 1)
        row.addWidget(self.precision, 0)
        give(self.device, Tip(tr("Run on"), "", tr("Where models are computed.")))
        sentence = tr(
            "Auto: as measured for the model here, else fp32, the most exact."
        )
        give(self.precision, Tip(tr("Precision"), "", sentence))
        self.device.activated.connect(self._on_device_activated)
        self.precision.activated.connect(self._on_precision_activated)
        context.predicting.changed.connect(self._refresh)
        context.settings.changed.connect(lambda _: self._refresh())
        self._refresh()

    def _refresh(self) -> None:
        predicting = self._context.predicting
        wanted = self._context.settings.preferences
        choices = device_choices(predicting.environment, wanted.device)
        precisions = precision_choices(wanted.device, predicting.devices)
        _fill(self.device, choices, wanted.device)
        _fill(
            self.precision,
            tuple((name, _PRECISION_WORDS.get(name, name)) for name in precisions),
            wanted.precision if wanted.precision in precisions else precisions[0],
        )

    def _on_device_activated(self, index: int) -> None:
        self._context.predicting.set_device(str(self.device.itemData(index)))

    def _on_precision_activated(self, index: int) -> None:
        self._context.predicting.set_precision(str(self.precision.itemData(index)))


def _fill(select: Select, choices: tuple[tuple[str, str], ...], current: str) -> None:
    there = tuple(
        (str(select.itemData(row)), select.itemText(row))
        for row in range(select.count())
    )
    if there != choices:
        select.clear()
        for choice_id, words in choices:
            select.addItem(words, choice_id)
    select.setCurrentIndex(max(0, select.findData(current)))


def _why_no_predict(entry: ShelfEntry) -> str:
    if entry.state in (ShelfState.READY, ShelfState.LOADED):
        return ""
    return tr("it cannot be loaded yet")
