"""The table of an import."""

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CARD, rounded
from segdesk.gui.item_models.import_model import (
    BECOMES,
    COLUMNS,
    ROW_PX,
    SHOW,
    ImportDelegate,
    ImportModel,
)
from segdesk.gui.item_models.table_view import HEAD_PX, TableView


class ImportTable(TableView):
    """Classes that were found; a click, Enter or Space unfolds what one becomes.

    `unfolded` and `looked_for` carry the row whose choice or whose file is wanted.
    """

    unfolded = Signal(int)
    looked_for = Signal(int)

    def __init__(self, model: ImportModel) -> None:
        super().__init__(tr("Classes that were found"), COLUMNS, ImportDelegate(model))
        self.setModel(model)
        self.size_columns()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Unfold the choice, or look for a file with the class."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._use(self.indexAt(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Unfold the choice of the current row."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys and self.currentIndex().isValid():
            self.unfolded.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _use(self, index: QModelIndex) -> None:
        if index.column() == BECOMES:
            self.unfolded.emit(index.row())
        elif index.column() == SHOW:
            self.looked_for.emit(index.row())


class TableCard(QWidget):
    """A frame round the table, as high as its rows need."""

    def __init__(self, table: ImportTable) -> None:
        super().__init__()
        self._table = table
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 5, 1, 5)
        column.addWidget(table)
        table.model().modelReset.connect(self._fit)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame."""
        del event
        edge = theme.color("line")
        rounded(QPainter(self), QRectF(self.rect()), RADIUS_CARD, None, edge)

    def _fit(self) -> None:
        rows = self._table.model().rowCount()
        self.setMaximumHeight(theme.row_px(HEAD_PX) + rows * ROW_PX + 12)
