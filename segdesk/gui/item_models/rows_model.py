"""A list model over a tuple of values, each of which is one row."""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt

from segdesk.core.language import shown
from segdesk.gui.item_models.row_delegate import Index, Role

T = TypeVar("T")
_NOTHING = QModelIndex()


class RowsModel(QAbstractListModel, Generic[T]):
    """Gives a row's value to its delegate, and its words to who reads them.

    Parameters
    ----------
    name_of
        Returns what a row is called.
    spoken
        Returns what a screen reader says of it.
    """

    def __init__(self, name_of: Callable[[T], str], spoken: Callable[[T], str]) -> None:
        super().__init__()
        self._rows: tuple[T, ...] = ()
        self._name_of, self._spoken = name_of, spoken

    def row_at(self, place: int) -> T | None:
        """Return the value of a row, or None."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row's value or its words."""
        row = self.row_at(index.row())
        if row is None or role == Role.ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(self._name_of(row))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return shown(self._spoken(row))
        return None
