"""Rows of an icon, a name and words below it, to choose one of."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.item_models.row_delegate import (
    Index,
    Role,
    RowDelegate,
    draw_text,
    ink,
    two_lines,
)
from segdesk.gui.item_models.rows_model import RowsModel

ROW_PX = 46
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


class NamedRowsModel(RowsModel[NamedRow]):
    """The rows of a list."""

    def __init__(self) -> None:
        super().__init__(lambda row: row.name, _spoken)

    def show_rows(self, rows: Sequence[NamedRow]) -> None:
        """Show other rows."""
        if tuple(rows) != self._rows:
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()


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
            return tr("Take it off the list")
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


def _spoken(row: NamedRow) -> str:
    return (
        tr("{name}, {detail}", name=row.name, detail=row.detail)
        if row.detail
        else row.name
    )
