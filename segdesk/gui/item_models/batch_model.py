"""The rows of a batch as a table: filtered, sorted, and renewed while it runs."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from segdesk.app.batch.rows import BatchRow, BatchRows, RowFilter, RowOrder, RowState
from segdesk.core.language import joined, tr
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import Index, Role
from segdesk.gui.item_models.table_view import INK_ROLE, Column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segdesk.app.batch.search import NameSearch
    from segdesk.core.classes import ClassList

IMAGE, SIZE, SECONDS, CLASSES, CONFIDENCE, STATE = range(6)
COLUMNS = (
    Column(tr("Image"), 300),
    Column(tr("Size"), 104),
    Column(tr("Seconds"), 68, is_number=True),
    Column(tr("Classes"), 228),
    Column(tr("Confidence"), 88, is_number=True),
    Column(tr("State"), 0),
)
_NOTHING = QModelIndex()
_MADE_KEPT = 500
_MOST_RUNS = 24
_SORT_S = 1.0
_MOST_NAMED = 6
_ORDERS = {
    SIZE: RowOrder.SIZE,
    SECONDS: RowOrder.SECONDS,
    CONFIDENCE: RowOrder.CONFIDENCE,
    STATE: RowOrder.STATE,
}


class BatchTableModel(QAbstractTableModel):
    """The images of a batch that a filter lets through.

    A hundred thousand of them are an array of indices; a row is made when it is
    painted.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: BatchRows | None = None
        self.classes: ClassList | None = None
        self._found: NDArray[np.intp] = np.zeros(0, np.intp)
        self._filter, self._text = RowFilter.ALL, ""
        self._search: NameSearch | None = None
        self._order, self._descending = RowOrder.PLACE, False
        self._made: dict[int, BatchRow] = {}
        self._sorted_s = 0.0

    # ------------------------------------------------------------ what is shown

    def show_rows(self, rows: BatchRows | None, classes: "ClassList | None") -> None:
        """Show another batch, or another state of the same one."""
        self.classes = classes
        if rows is self._rows:
            self.advance(())
            return
        self._rows = rows
        self._search = rows.search(self._text) if rows is not None else None
        self._reset()

    def set_filter(self, wanted: RowFilter, text: str) -> None:
        """Show the rows that a filter and words let through."""
        for _ in self.filter_steps(wanted, text):
            pass

    def filter_steps(self, wanted: RowFilter, text: str) -> Iterator[None]:
        """Do what `set_filter` does in steps of some milliseconds."""
        if (wanted, text) == (self._filter, self._text):
            return
        rows, search = self._rows, self._search
        if rows is not None and (search is None or text != search.text):
            search = rows.search(text)
            yield from search.steps()
        if rows is not self._rows:  # another batch came meanwhile
            search = self._rows.search(text) if self._rows is not None else None
        self._filter, self._text, self._search = wanted, text, search
        self._reset()

    def advance(self, changed: Iterable[int]) -> bool:
        """Take in that something else is known of some images; () means: of all.

        Returns
        -------
        is_reset
            The rows are others now, so selection and place must be set anew.
        """
        places = tuple(changed)
        for index in places or tuple(self._made):
            self._made.pop(index, None)
        is_steady = self._filter is RowFilter.ALL and self._order is RowOrder.PLACE
        if self._rows is not None and not self._text:  # some may have arrived
            is_steady = is_steady and len(self._rows) == len(self._found)
        is_due = not is_steady and self._is_due(has_news=bool(places))
        if is_due and self._take(self._matching()):
            return True
        if len(self._found):
            within = is_steady and places and not self._text
            first, last = (min(places), max(places)) if within else (0, -1)
            if within and self._descending:
                first, last = 0, -1
            end = self.index(last % len(self._found), len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(first, 0), end)
        return False

    def _is_due(self, *, has_news: bool) -> bool:
        """Tell whether rows are to be sorted again; at work, once a second."""
        now = time.monotonic()
        is_sorted = self._order is not RowOrder.PLACE
        if is_sorted and has_news and now - self._sorted_s < _SORT_S:
            return False
        self._sorted_s = now
        return True

    def row_at(self, place: int) -> BatchRow | None:
        """Return the image of a row."""
        if self._rows is None or not 0 <= place < len(self._found):
            return None
        index = int(self._found[place])
        row = self._made.get(index)
        if row is None:
            if len(self._made) > _MADE_KEPT:
                self._made.clear()
            row = self._made[index] = self._rows.row(index)
        return row

    def indices(self, first: int = 0, last: int | None = None) -> list[int]:
        """Return the images of some rows by their place in the batch."""
        end = None if last is None else last + 1
        found: list[int] = self._found[first:end].tolist()
        return found

    def place_of(self, index: int) -> int:
        """Return the row of an image, or -1."""
        is_whole = self._filter is RowFilter.ALL and not self._text
        if is_whole and self._order is RowOrder.PLACE and not self._descending:
            return index if index < len(self._found) else -1
        places = np.flatnonzero(self._found == index)
        return int(places[0]) if len(places) else -1

    def _matching(self) -> "NDArray[np.intp]":
        if self._rows is None:
            return np.zeros(0, np.intp)
        words = self._search or self._text
        return self._rows.matching(
            self._filter, words, self._order, descending=self._descending
        )

    def _take(self, found: "NDArray[np.intp]") -> bool:
        """Show other rows; tells whether selection and place must be set anew.

        A few rows that come or go are told one by one, others that only move as a
        change of the layout: a hundred thousand rows are laid out anew in neither case.
        """
        before = self._found
        if np.array_equal(found, before):
            return False
        if len(found) == len(before) and self._has_same(found):
            self._move(found)
            return False
        gone, new = self._differing(before, found), self._differing(found, before)
        if len(gone) + len(new) > _MOST_RUNS or not np.array_equal(
            _without(before, gone), _without(found, new)
        ):
            self.beginResetModel()
            self._found = found
            self.endResetModel()
            return True
        for first, last in reversed(gone):
            self.beginRemoveRows(_NOTHING, first, last)
            self._found = np.delete(self._found, slice(first, last + 1))
            self.endRemoveRows()
        for first, last in new:
            self.beginInsertRows(_NOTHING, first, last)
            part = found[first : last + 1]
            self._found = np.insert(self._found, first, part)
            self.endInsertRows()
        return False

    def _differing(
        self, these: "NDArray[np.intp]", others: "NDArray[np.intp]"
    ) -> list[tuple[int, int]]:
        """Return first and last place of each run that the others do not have."""
        there = np.zeros(len(self._rows or ()), np.bool_)
        there[others] = True
        places = np.flatnonzero(~there[these])
        if not len(places):
            return []
        breaks = np.flatnonzero(np.diff(places) > 1)
        firsts = places[np.concatenate(([0], breaks + 1))]
        lasts = places[np.concatenate((breaks, [len(places) - 1]))]
        return list(zip(firsts.tolist(), lasts.tolist(), strict=True))

    def _has_same(self, found: "NDArray[np.intp]") -> bool:
        return not self._differing(found, self._found)

    def _move(self, found: "NDArray[np.intp]") -> None:
        """Show the same rows in another order; what is selected stays so."""
        self.layoutAboutToBeChanged.emit()
        places = np.zeros(len(self._rows or ()), np.intp)
        places[found] = np.arange(len(found))
        held = self.persistentIndexList()
        moved = [
            self.index(int(places[self._found[one.row()]]), one.column())
            for one in held
        ]
        self._found = found
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _reset(self) -> None:
        self.beginResetModel()
        self._made.clear()
        self._found = self._matching()
        self.endResetModel()

    # ------------------------------------------------------------ Qt's door

    def sort(
        self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder
    ) -> None:
        """Sort by a column; by the image: in the order of the batch."""
        wanted = _ORDERS.get(column, RowOrder.PLACE)
        descending = order is Qt.SortOrder.DescendingOrder
        if (wanted, descending) != (self._order, self._descending):
            self._order, self._descending = wanted, descending
            self._take(self._matching())

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._found)

    def columnCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return a column's title."""
        is_title = role == Qt.ItemDataRole.DisplayRole
        horizontal = orientation is Qt.Orientation.Horizontal
        return COLUMNS[section].title if horizontal and is_title else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows."""
        row = self.row_at(index.row())
        if row is None:
            return None
        column = index.column()
        if role == Role.ROW:
            return row
        if role == INK_ROLE:
            return cell_ink(row, column)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text_of(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tr(
                "{title} {text}",
                title=COLUMNS[column].title,
                text=self._text_of(row, column),
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column)
        return None

    def _text_of(self, row: BatchRow, column: int) -> str:
        if column == CLASSES:
            return self._class_words(row)
        return cell_text(row, column)

    def _tip(self, row: BatchRow, column: int) -> str:
        if column == IMAGE:
            return str(row.source)
        if column == CLASSES:
            return self._class_words(row)
        return row.error if column == STATE else ""

    def _class_words(self, row: BatchRow) -> str:
        """Return the largest classes with their shares: "Land 57.1%, Water 20.6%"."""
        if self.classes is None or not row.shares:
            return ""
        named = zip(row.shares, self.classes.names, strict=False)
        largest = sorted((one for one in named if one[0] > 0), reverse=True)
        return joined(
            ", ",
            (
                tr("{name} {share}", name=name, share=figures.share(share))
                for share, name in largest[:_MOST_NAMED]
            ),
        )


def _without(
    found: "NDArray[np.intp]", runs: list[tuple[int, int]]
) -> "NDArray[np.intp]":
    keeps = np.ones(len(found), np.bool_)
    for first, last in runs:
        keeps[first : last + 1] = False
    return found[keeps]


def cell_text(row: BatchRow, column: int) -> str:
    """Return what a cell says; not of the classes."""
    return _TEXTS[column](row)


def state_words(row: BatchRow) -> str:
    """Return what became of an image, in words."""
    match row.state:
        case RowState.FAILED:
            return row.error or tr("Failed")
        case RowState.PREDICTING:
            return tr("Predicting")
        case RowState.WAITING:
            return tr("Waiting")
    words = tr("Done") if row.state is RowState.DONE else tr("Done earlier")
    return tr("{words} · low confidence", words=words) if row.is_low else words


def cell_ink(row: BatchRow, column: int) -> str:
    """Return the colour role of a cell's text."""
    if row.is_low and column in (CONFIDENCE, STATE):
        return "warn"
    if column == STATE and row.state is RowState.FAILED:
        return "bad"
    if column == IMAGE:
        return "text2" if row.state is RowState.WAITING else "text"
    return "text2"


def _size(row: BatchRow) -> str:
    return figures.size(row.width, row.height) if row.width else figures.NONE


def _seconds(row: BatchRow) -> str:
    return figures.decimal(row.seconds, 2) if row.seconds else figures.NONE


def _confidence(row: BatchRow) -> str:
    return "" if row.confidence is None else figures.confidence(row.confidence)


_TEXTS: dict[int, Callable[[BatchRow], str]] = {
    IMAGE: lambda row: row.title,
    SIZE: _size,
    SECONDS: _seconds,
    CONFIDENCE: _confidence,
    STATE: state_words,
}
