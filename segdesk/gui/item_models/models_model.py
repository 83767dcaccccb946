"""The rows of the models panel."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt

from segdesk.app.models.shelf_entry import ShelfEntry, ShelfState
from segdesk.core.language import joined, tr
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import Index, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOTHING = QModelIndex()
ACTIONS = {
    ShelfState.LOADED: tr("Unload"),
    ShelfState.LOADING: tr("Cancel"),
    ShelfState.READY: tr("Load"),
    ShelfState.NOT_DOWNLOADED: tr("Get"),
    ShelfState.DOWNLOADING: tr("Cancel"),
    ShelfState.NEEDS_OPS: tr("How"),
    ShelfState.NEEDS_EXTRA: tr("How"),
    ShelfState.BROKEN: tr("Fix"),
}


class ModelsModel(QAbstractListModel):
    """Models of the library and downloads, filtered by name."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[ShelfEntry, ...] = ()
        self._rows: tuple[ShelfEntry, ...] = ()
        self._text = ""

    @property
    def has_moving(self) -> bool:
        """Whether a row's bar moves because its length is unknown."""
        return any(is_moving(row) for row in self._rows)

    def set_entries(self, entries: "Sequence[ShelfEntry]") -> None:
        """Show other entries; rows that only changed keep their place."""
        self._all = tuple(entries)
        self._filter()

    def set_text(self, text: str) -> None:
        """Show only models whose name or second line holds a text."""
        self._text = text.strip().casefold()
        self._filter()

    def entry_at(self, row: int) -> ShelfEntry | None:
        """Return what a row shows."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, model_id: str | None) -> int:
        """Return the row of a model, or -1."""
        for row, entry in enumerate(self._rows):
            if entry.id == model_id:
                return row
        return -1

    def as_text(self) -> str:
        """Return the rows as lines with tabs."""
        return "".join(f"{row.name}\t{row.subtitle}\n" for row in self._rows)

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row shows."""
        row = self.entry_at(index.row())
        if row is None:
            return None
        match role:
            case Role.ROW:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.name
            case Qt.ItemDataRole.ToolTipRole:
                return row.why or tr(
                    "{name}: {subtitle}", name=row.name, subtitle=row.subtitle
                )
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(row)
            case _:
                return None

    def _filter(self) -> None:
        rows = tuple(
            row
            for row in self._all
            if self._text
            in tr("{name} {subtitle}", name=row.name, subtitle=row.subtitle).casefold()
        )
        if [row.id for row in rows] != [row.id for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows != self._rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))


def is_moving(entry: ShelfEntry) -> bool:
    """Tell whether a row shows a bar of unknown length."""
    return entry.state is ShelfState.LOADING and entry.progress is None


def _spoken(row: ShelfEntry) -> str:
    parts = [row.name, row.subtitle]
    if row.progress is not None:
        parts.append(figures.whole_percent(row.progress))
    parts.append(ACTIONS[row.state])
    return joined(", ", parts)
