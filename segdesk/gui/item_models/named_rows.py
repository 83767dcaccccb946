"""Rows of an icon, a name and words below it, to choose one of."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from segdesk.gui import icons, theme
from segdesk.gui.item_models.row_delegate import (
    Index,
    Role,
    RowDelegate,
    draw_text,
    ink,
    two_lines,
)

ROW_PX = 46
_NOTHING = QModelIndex()
_LEFT, _CROSS_PX = 46, 30


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A thing that can be chosen.

    Parameters
    ----------
    key
        What is chosen with it.
    detail
        The words below its name; "": none.
    can_go
        It has a cross that takes it off the list.
    """

    key: str
    name: str
    detail: str = ""
    icon: str = "folder"
    can_go: bool = False


class NamedRowsModel(QAbstractListModel):
    """The rows of a list."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[NamedRow, ...] = ()

    def show_rows(self, rows: Sequence[NamedRow]) -> None:
        """Show other rows."""
        if tuple(rows) != self._rows:
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()

    def row_at(self, place: int) -> NamedRow | None:
        """Return a row."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row's value or its words."""
        row = self.row_at(index.row())
        if role == Role.ROW:
            return row
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.name}, {row.detail}" if row.detail else row.name
        return None


class NamedRowsDelegate(RowDelegate):
    """Paints a row; its cross is there while the cursor is on it."""

    row_px = ROW_PX

    def part_at(self, rect: QRect, index: Index, position: QPoint) -> str:
        """Return "cross" with room round it, or ""."""
        row = index.data(Role.ROW)
        is_there = position.x() >= rect.right() - _CROSS_PX - 4
        can_go = isinstance(row, NamedRow) and row.can_go
        return "cross" if can_go and is_there else ""

    def tip(self, index: Index, part: str) -> str:
        """Return what a click on the cross does, or the words below the name."""
        row = index.data(Role.ROW)
        if part == "cross":
            return "Take it off the list"
        return row.detail if isinstance(row, NamedRow) else ""

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one row."""
        row, rect = index.data(Role.ROW), option.rect
        if not isinstance(row, NamedRow):
            return
        middle = rect.center().y() + 1
        place = QRectF(16, middle - 9, 18, 18)
        icons.paint(painter, place, row.icon, theme.color("text2"))
        right = rect.right() - (_CROSS_PX + 8 if row.can_go else 12)
        middle_elide = Qt.TextElideMode.ElideMiddle
        name, pen = QRect(_LEFT, rect.top(), right - _LEFT, rect.height()), "body"
        if row.detail:
            name, words = two_lines(_LEFT, middle, right)
            small = ink("small", "text2")
            draw_text(painter, words, row.detail, small, elide=middle_elide)
        draw_text(painter, name, row.name, ink(pen, "text"), elide=middle_elide)
        if row.can_go and self.hot_row == index.row():
            role = "text" if self.is_hot(index, "cross") else "text3"
            place = QRectF(rect.right() - _CROSS_PX + 4, middle - 8, 16, 16)
            icons.paint(painter, place, "x", theme.color(role))
