"""The rows of the history: the newest step first, the beginning last."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt

from segdesk.app.classes.history import ClassStep
from segdesk.core.language import joined, plural, tr
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import Index, Role

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segdesk.app.annotate.deeds import Deed, Deeds
    from segdesk.gui.item_models.row_delegate import RowDelegate

_NOTHING = QModelIndex()
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400
_NOW_S = 5


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A step as its row shows it.

    Parameters
    ----------
    position
        How many steps are in force when the user goes here.
    detail
        The class, or "".
    time
        Seconds since the epoch; None for the beginning.
    is_undone
        It was taken back.
    """

    position: int
    title: str
    icon: str
    detail: str
    time: float | None
    is_undone: bool


class HistoryModel(QAbstractListModel):
    """What was done to the open annotation, and to the classes.

    Parameters
    ----------
    name_of
        Returns the name of a class.
    """

    def __init__(self, name_of: Callable[[int], str]) -> None:
        super().__init__()
        self._name_of = name_of
        self._dropped = 0
        self._steps: tuple[Deed, ...] = ()
        self._position = 0

    def show(self, deeds: "Deeds") -> None:
        """Show what was done as it is now."""
        steps, position, dropped = deeds.steps, deeds.position, deeds.dropped
        if _are_same(steps, self._steps) and dropped == self._dropped:
            if position != self._position:
                self._position = position
                last = self.index(self.rowCount() - 1)
                self.dataChanged.emit(self.index(0), last)
            return
        self.beginResetModel()
        self._dropped, self._steps, self._position = dropped, steps, position
        self.endResetModel()

    @property
    def count(self) -> int:
        """Number of steps."""
        return len(self._steps)

    def current_row(self) -> int:
        """Return the row of the state that is on screen, or -1."""
        return len(self._steps) - self._position if self._steps else -1

    def row_at(self, row: int) -> HistoryRow | None:
        """Return what a row shows."""
        count = len(self._steps)
        if not count or not 0 <= row <= count:
            return None
        position = count - row
        if position == 0:
            title = tr("Older steps") if self._dropped else tr("Opened")
            return HistoryRow(0, title, "folder-open", "", None, is_undone=False)
        step = self._steps[position - 1]
        if isinstance(step, ClassStep):
            name = step.detail
        else:
            name = "" if step.class_index is None else self._name_of(step.class_index)
        undone = position > self._position
        return HistoryRow(
            position, step.title, step.icon, name, step.time, is_undone=undone
        )

    def row_heights(self, delegate: "RowDelegate") -> "NDArray[np.int64]":
        """Return the height of every row in px."""
        count = self.rowCount()
        height = delegate.height(self.index(0)) if count else 0
        return np.full(count, height, np.int64)

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of rows."""
        if parent.isValid() or not self._steps:
            return 0
        return len(self._steps) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row shows."""
        row = self.row_at(index.row())
        if row is None:
            return None
        match role:
            case Role.ROW:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.AccessibleTextRole:
                undone = tr("taken back") if row.is_undone else ""
                return joined(", ", filter(None, (row.title, row.detail, undone)))
            case _:
                return None


def _are_same(steps: "tuple[Deed, ...]", others: "tuple[Deed, ...]") -> bool:
    """Tell whether two lists are of the same deeds; equal ones may be others."""
    return len(steps) == len(others) and all(map(operator.is_, steps, others))


def ago(seconds: float) -> str:
    """Return how long something is past, in one unit: "now", "12 s", "4 min"."""
    if seconds < _NOW_S:
        return tr("now")
    if seconds < _MINUTE_S:
        return tr("{seconds} s", seconds=figures.number(int(seconds)))
    if seconds < _HOUR_S:
        return tr("{seconds} min", seconds=figures.number(int(seconds // _MINUTE_S)))
    if seconds < _DAY_S:
        return tr("{seconds} h", seconds=figures.number(int(seconds // _HOUR_S)))
    days = int(seconds // _DAY_S)
    return plural(days, "1 day", "{days} days", days=figures.number(days))
