"""The rows of the model zoo."""

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from segdesk.app.models.shelf_entry import ShelfEntry, ShelfState
from segdesk.core.language import shown, tr
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import Index, Role
from segdesk.gui.item_models.table_view import INK_ROLE, Column
from segdesk.library.model_card import ModelState
from segdesk.library.zoo import ZooEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NAME, ARCHITECTURE, DATASET, MIOU, MEMORY, SIZE, STATE = range(7)
COLUMNS = (
    Column(tr("Name"), 0),
    Column(tr("Architecture"), 100),
    Column(tr("Data set"), 100),
    Column("mIoU", 58, is_number=True),
    Column(tr("Memory"), 68, is_number=True),
    Column(tr("Size"), 68, is_number=True),
    Column(tr("State"), 124),
)
_NOTHING = QModelIndex()
_WORDS = {
    ModelState.READY: (tr("In the library"), "ok"),
    ModelState.NOT_DOWNLOADED: ("", "text3"),
    ModelState.NEEDS_OPS: (tr("Needs compiled ops"), "warn"),
    ModelState.NEEDS_EXTRA: (tr("Needs a package"), "warn"),
    ModelState.BROKEN: (tr("Cannot be used"), "bad"),
}


class ZooModel(QAbstractTableModel):
    """Published models, in the order of one column.

    The mIoU of one data set says nothing of another: in its order the models stand in
    a block for each data set, the one with the most models first.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[ZooEntry] = []
        self._column = MIOU
        self._descending = True
        self._progress: Mapping[str, float | None] = {}

    def set_entries(self, entries: "Sequence[ZooEntry]") -> None:
        """Show other entries, in the order in force."""
        self.beginResetModel()
        self._rows = list(entries)
        self._arrange()
        self.endResetModel()

    def set_progress(self, progress: "Mapping[str, float | None]") -> None:
        """Show how far downloads are: share 0-1, or None, by id."""
        if progress != self._progress:
            self._progress = dict(progress)
            if self._rows:
                last = self.index(len(self._rows) - 1, STATE)
                self.dataChanged.emit(self.index(0, STATE), last)

    def entry_at(self, row: int) -> ZooEntry | None:
        """Return what a row shows."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, zoo_id: str) -> int:
        """Return the row of a model, or -1."""
        ids = (row for row, entry in enumerate(self._rows) if entry.id == zoo_id)
        return next(ids, -1)

    def sort(
        self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder
    ) -> None:
        """Bring the rows into the order of a column; what has no value comes last."""
        self._column = column
        self._descending = order is Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        kept = [
            (index, self._rows[index.row()].id) for index in self.persistentIndexList()
        ]
        self._arrange()
        for index, zoo_id in kept:
            to = self.index(self.row_of(zoo_id), index.column())
            self.changePersistentIndex(index, to)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of models."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return a column's title, or what is to be known of it."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.ToolTipRole and section == MIOU:
            return tr("Compares models of one data set; each set has its own block.")
        return COLUMNS[section].title if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows."""
        entry = self.entry_at(index.row())
        if entry is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown(self._text(entry, index.column()))
            case Role.ROW:
                return entry
            case _ if role == INK_ROLE:
                return self._ink(entry, index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return entry.why if index.column() == STATE else entry.id
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == NAME:
                return tr(
                    "{id}, {state}",
                    id=entry.id,
                    state=self._text(entry, STATE) or tr("can be downloaded"),
                )
            case _:
                return None

    def _text(self, entry: ZooEntry, column: int) -> str:
        match column:
            case 0:
                return entry.id
            case 1:
                return entry.architecture
            case 2:
                return entry.dataset
            case 3:
                return _or_dash(entry.miou, lambda value: figures.decimal(value, 1))
            case 4:
                return _or_dash(entry.memory_gb, _gigabytes)
            case 5:
                return _or_dash(entry.size_bytes, figures.megabytes)
            case _:
                return self._state_words(entry)

    def _state_words(self, entry: ZooEntry) -> str:
        if entry.id in self._progress:
            done = self._progress[entry.id]
            share = "" if done is None else f" {figures.whole_percent(done)}"
            return tr("Downloading{share}", share=share)
        return _WORDS[entry.state][0]

    def _ink(self, entry: ZooEntry, column: int) -> str:
        if column == STATE:
            return "accent" if entry.id in self._progress else _WORDS[entry.state][1]
        if entry.state not in (ModelState.NOT_DOWNLOADED, ModelState.READY):
            return "text3"
        return "text" if column == NAME else "text2"

    def _arrange(self) -> None:
        key = _KEYS[self._column]
        with_value = [entry for entry in self._rows if key(entry) is not None]
        without = [entry for entry in self._rows if key(entry) is None]
        with_value.sort(key=lambda entry: entry.id)
        with_value.sort(key=key, reverse=self._descending)  # type: ignore[arg-type]
        if self._column == MIOU:
            sizes = Counter(entry.dataset for entry in self._rows)
            with_value.sort(key=lambda entry: (-sizes[entry.dataset], entry.dataset))
        self._rows = [*with_value, *without]


_KEYS: "dict[int, Callable[[ZooEntry], object]]" = {
    NAME: lambda entry: entry.id.casefold(),
    ARCHITECTURE: lambda entry: entry.architecture.casefold(),
    DATASET: lambda entry: entry.dataset.casefold(),
    MIOU: lambda entry: entry.miou,
    MEMORY: lambda entry: entry.memory_gb,
    SIZE: lambda entry: entry.size_bytes,
    STATE: lambda entry: entry.state.value,
}


def downloads(entries: "Sequence[ShelfEntry]") -> dict[str, float | None]:
    """Return how far each download of the shelf is, by id."""
    return {
        entry.id: entry.progress
        for entry in entries
        if entry.state is ShelfState.DOWNLOADING
    }


def _or_dash(value: float | None, words: "Callable[[float], str]") -> str:
    return figures.NONE if value is None else words(value)


def _gigabytes(value: float) -> str:
    return f"{figures.decimal(value, 1)} GB"
