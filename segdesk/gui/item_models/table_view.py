"""Tables: a head and rows of 34, hairlines between rows, numbers to the right."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from segdesk.gui import icons, theme
from segdesk.gui.item_models.row_delegate import (
    LEFT,
    RIGHT,
    Index,
    draw_text,
    ink,
    text_width,
)
from segdesk.gui.wording import put

HEAD_PX = 34
ROW_PX = 34
INK_ROLE = Qt.ItemDataRole.UserRole + 10  # colour role of a cell's text
_PAD = 8


class Column(NamedTuple):
    """One column.

    Parameters
    ----------
    width
        In px; 0: takes what is left.
    is_number
        Stands at the right, digits of one width.
    """

    title: str
    width: int
    is_number: bool = False


class TableHead(QHeaderView):
    """Titles of the columns, with an arrow where the table is sorted."""

    def __init__(self, columns: tuple[Column, ...], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._columns = columns
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.setFixedHeight(theme.row_px(HEAD_PX))
        self.setMinimumSectionSize(40)

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """Draw one title."""
        painter.save()
        painter.fillRect(rect, theme.color("panel"))
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, theme.color("line"))
        column = self._columns[logical]
        pen = ink("caption", "text3")
        box = rect.adjusted(_PAD, 0, -_PAD, 0)
        is_sorted = self.isSortIndicatorShown() and logical == (
            self.sortIndicatorSection()
        )
        width = min(text_width(column.title, pen.font), box.width())
        draw_text(painter, box, column.title, pen, RIGHT if column.is_number else LEFT)
        if is_sorted:
            down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
            left = box.right() - width - 13 if column.is_number else box.left() + width
            arrow = QRectF(left + 2, rect.center().y() - 5, 10, 10)
            name = "arrow-down" if down else "arrow-up"
            icons.paint(painter, arrow, name, pen.colour)
        painter.restore()


class TableDelegate(QStyledItemDelegate):
    """Paints a cell: the surface of its row, its text, a hairline below."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        super().__init__()
        self._columns = columns
        self.hot_row = -1

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one cell."""
        painter.save()
        self.paint_surface(painter, option, index)
        self.paint_cell(painter, option, index)
        painter.restore()

    def paint_surface(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint what lies under the text."""
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("sel"))
        elif index.row() == self.hot_row:
            painter.fillRect(rect, theme.color("hover"))
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, theme.color("line"))

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint the text."""
        column = self._columns[index.column()]
        role = str(index.data(INK_ROLE) or "text2")
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        pen = ink("small", role, tabular=column.is_number)
        box = option.rect.adjusted(_PAD, 0, -_PAD, 0)
        elide = (
            Qt.TextElideMode.ElideMiddle
            if index.column() == 0
            else Qt.TextElideMode.ElideRight
        )
        draw_text(painter, box, text, pen, RIGHT if column.is_number else LEFT, elide)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return a row's height."""
        del option, index
        return QSize(60, theme.row_px(ROW_PX))


class TableView(QTableView):
    """A virtual table.

    Parameters
    ----------
    name
        What the table is called, for screen readers.
    columns
        In the order of the model.
    delegate
        Paints the cells; None: texts alone.
    """

    def __init__(
        self,
        name: str,
        columns: tuple[Column, ...],
        delegate: TableDelegate | None = None,
    ) -> None:
        super().__init__()
        self._columns = columns
        self._cells = delegate or TableDelegate(columns)
        self._cells.setParent(self)
        self.setItemDelegate(self._cells)
        put(self.setAccessibleName, name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalHeader(TableHead(columns, self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.row_px(ROW_PX))

    def size_columns(self) -> None:
        """Give the columns their widths; call it once the model is set."""
        head = self.horizontalHeader()
        for place, column in enumerate(self._columns):
            if column.width:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Interactive)
                self.setColumnWidth(place, column.width)
            else:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)

    def selected_row(self) -> int:
        """Return the selected row, or -1."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected rows as text with tabs."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Light up the row under the cursor."""
        if event.type() in (QEvent.Type.MouseMove, QEvent.Type.Leave):
            row = -1
            if event.type() is QEvent.Type.MouseMove:
                position = self.viewport().mapFromGlobal(self.cursor().pos())
                row = self.indexAt(position).row()
            if row != self._cells.hot_row:
                self._cells.hot_row = row
                self.viewport().update()
        return super().viewportEvent(event)

    def _copy(self) -> None:
        model = self.model()
        lines = []
        for index in self.selectionModel().selectedRows():
            cells = (
                model.index(index.row(), column, QModelIndex()).data()
                for column in range(model.columnCount())
            )
            lines.append("\t".join(str(cell or "") for cell in cells))
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines) + "\n")
