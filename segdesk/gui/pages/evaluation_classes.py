"""The classes of an evaluation: one row each, and the mean below."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segdesk.app.evaluation.words import ClassRow, class_rows
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.painting import rounded
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import (
    LEFT,
    RIGHT,
    Index,
    Role,
    draw_bar,
    draw_text,
    ink,
)
from segdesk.gui.item_models.table_view import INK_ROLE, Column, TableDelegate

if TYPE_CHECKING:
    from collections.abc import Callable

    from segdesk.jobs.training_events import EvaluationDone

NAME, IOU, DICE, PRECISION, RECALL, SHARE = range(6)
COLUMNS = (
    Column(tr("Class"), 0),
    Column("IoU", 118),
    Column(tr("Dice"), 62, is_number=True),
    Column(tr("Precision"), 72, is_number=True),
    Column(tr("Recall"), 60, is_number=True),
    Column(tr("Share"), 62, is_number=True),
)
_NOTHING = QModelIndex()
_POOR = 50.0  # percent: an IoU below is amber
_ABSENT = tr("n/a: not in this split")
_BAR_PX = 60
_MEANS = {IOU: "mIoU", DICE: "mDice", PRECISION: "mPrecision", RECALL: "mRecall"}


class ClassesTableModel(QAbstractTableModel):
    """Every class in numbers; absent ones come last, and the mean after them."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[ClassRow] = []
        self._means: dict[int, float | None] = {}
        self._column, self._descending = IOU, True

    def show_result(self, done: "EvaluationDone | None") -> None:
        """Show another evaluation, in the order in force."""
        self.beginResetModel()
        self._rows = list(class_rows(done)) if done else []
        self._means = (
            {column: done.metrics.get(name) for column, name in _MEANS.items()}
            if done
            else {}
        )
        self._arrange()
        self.endResetModel()

    def row_at(self, place: int) -> ClassRow | None:
        """Return the class of a row; the mean is none."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def place_of(self, index: int) -> int:
        """Return the row of a class, or -1."""
        places = (at for at, row in enumerate(self._rows) if row.index == index)
        return next(places, -1)

    def sort(
        self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder
    ) -> None:
        """Bring the classes into the order of a column."""
        self.layoutAboutToBeChanged.emit()
        self._column = column
        self._descending = order is Qt.SortOrder.DescendingOrder
        self._arrange()
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of classes, and one for the mean."""
        if parent.isValid() or not self._rows:
            return 0
        return len(self._rows) + 1

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
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, index.column())
            case Role.ROW:
                return row
            case _ if role == INK_ROLE:
                return _ink(row, index.column())
            case Qt.ItemDataRole.AccessibleTextRole:
                title = COLUMNS[index.column()].title
                return tr(
                    "{title} {text}", title=title, text=self._text(row, index.column())
                )
            case _:
                return None

    def mean(self, column: int) -> float | None:
        """Return the mean of a column over the classes that are there, in percent."""
        return self._means.get(column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let classes be selected, but not the mean."""
        if self.row_at(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def _text(self, row: ClassRow | None, column: int) -> str:
        if row is None:
            if column == NAME:
                return tr("Mean")
            return "" if column == SHARE else _number(self._means.get(column))
        if row.is_absent:
            return {NAME: row.name, IOU: _ABSENT}.get(column, "")
        return row.name if column == NAME else _number(_VALUES[column](row))

    def _arrange(self) -> None:
        present = [row for row in self._rows if not row.is_absent]
        absent = [row for row in self._rows if row.is_absent]
        present.sort(key=lambda row: row.index)
        if self._column == NAME:
            present.sort(key=lambda row: row.name.casefold(), reverse=self._descending)
        else:
            value = _VALUES[self._column]
            present.sort(key=lambda row: value(row) or 0.0, reverse=self._descending)
        self._rows = [*present, *absent]


class ClassesTableDelegate(TableDelegate):
    """Paints swatch and name, and a bar beside the IoU."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)

    def paint_surface(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint the row's surface; a line stands over the mean alone."""
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("sel"))
        elif index.row() == self.hot_row:
            painter.fillRect(rect, theme.color("hover"))
        if index.row() == index.model().rowCount() - 2:
            line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
            painter.fillRect(line, theme.color("line"))

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one cell."""
        row = index.data(Role.ROW)
        rect = option.rect
        if index.column() == NAME:
            self._paint_name(painter, rect, index, row)
        elif index.column() == IOU:
            self._paint_iou(painter, rect, index, row)
        else:
            super().paint_cell(painter, option, index)

    def _paint_name(
        self, painter: QPainter, rect: QRect, index: Index, row: ClassRow | None
    ) -> None:
        left = rect.left() + 8
        if row is not None:
            swatch = QRectF(left, rect.center().y() - 6, 12, 12)
            if row.is_absent:
                rounded(painter, swatch, 3, None, theme.color("outline"))
            else:
                rounded(painter, swatch, 3, QColor(row.colour))
            left += 20
        style = "dock" if row is None else "body"
        role = str(index.data(INK_ROLE))
        box = QRect(left, rect.top(), rect.right() - left - 6, rect.height())
        draw_text(painter, box, str(index.data()), ink(style, role))

    def _paint_iou(
        self, painter: QPainter, rect: QRect, index: Index, row: ClassRow | None
    ) -> None:
        role = str(index.data(INK_ROLE))
        if row is not None and row.is_absent:
            box = rect.adjusted(8, 0, -8, 0)
            draw_text(painter, box, _ABSENT, ink("small", role), LEFT)
            return
        box = rect.adjusted(8, 0, -8, 0)
        if row is not None and row.iou is not None:
            bar = QRect(box.left(), rect.center().y() - 2, _BAR_PX, 5)
            poor = row.iou < _POOR
            colour = theme.color("warnFill" if poor else "accent")
            draw_bar(painter, bar, row.iou / 100, colour, theme.color("line2"))
        draw_text(
            painter, box, str(index.data()), ink("section", role, tabular=True), RIGHT
        )


def _ink(row: ClassRow | None, column: int) -> str:
    if row is None:
        return "text" if column in (NAME, IOU) else "text2"
    if row.is_absent:
        return "text3"
    if column == IOU and row.iou is not None:
        return "warn" if row.iou < _POOR else "text"
    return "text" if column == NAME else "text2"


_VALUES: "dict[int, Callable[[ClassRow], float | None]]" = {
    IOU: lambda row: row.iou,
    DICE: lambda row: row.dice,
    PRECISION: lambda row: row.precision,
    RECALL: lambda row: row.recall,
    SHARE: lambda row: row.share,
}


def _number(value: float | None) -> str:
    return "n/a" if value is None else figures.decimal(value, 1)
