"""A list whose rows can be pulled to another place."""

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication

from segdesk.gui import theme
from segdesk.gui.components.painting import rounded
from segdesk.gui.item_models.row_delegate import RowDelegate
from segdesk.gui.item_models.row_view import RowView

_LINE_PX = 2
_LOST = {
    QEvent.Type.FocusOut,
    QEvent.Type.Hide,
    QEvent.Type.UngrabMouse,
    QEvent.Type.WindowDeactivate,
}


class MovableRows(RowView):
    """A list whose rows are reordered by drag.

    `moved` carries the row that was pulled and the row before which it was let go;
    after the last one that is the number of rows.

    Attributes
    ----------
    movable
        How many rows from the top can be moved; 0: none.
    """

    moved = Signal(int, int)

    def __init__(self, delegate: RowDelegate, name: str) -> None:
        super().__init__(delegate, name)
        self.movable = 0
        self._grip: tuple[int, QPoint] | None = None
        self._place = -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a row; another button lets it stay."""
        super().mousePressEvent(event)
        self._cancel()
        at = event.position().toPoint()
        row = self.indexAt(at).row()
        if event.button() is Qt.MouseButton.LeftButton and 0 <= row < self.movable:
            self._grip = row, at

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull the row that is held."""
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._cancel()  # it was let go where nobody told
        if self._grip is None:
            super().mouseMoveEvent(event)
            return
        at = event.position().toPoint()
        far = (at - self._grip[1]).manhattanLength() > QApplication.startDragDistance()
        if self._place >= 0 or far:
            self._place = self._place_at(at)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: the row stays, or goes to where the line is."""
        grip, place = self._grip, self._place
        self._grip, self._place = None, -1
        if grip is None or place < 0:
            super().mouseReleaseEvent(event)
            return
        self._pressed = None
        self.viewport().update()
        if place not in (grip[0], grip[0] + 1):
            self.moved.emit(grip[0], place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the row stay with Escape."""
        if event.key() == Qt.Key.Key_Escape and self._place >= 0:
            self._cancel()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Let the row stay when the hand is lost: a menu, a dialog, another window."""
        if event.type() in _LOST:
            self._cancel()
        return super().event(event)

    def reset(self) -> None:
        """Let the row stay when there are other rows."""
        self._cancel()
        super().reset()

    def _cancel(self) -> None:
        if self._place >= 0:
            self._pressed = None
            self.viewport().update()
        self._grip, self._place = None, -1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, and the line where the held one would go."""
        super().paintEvent(event)
        if self._place < 0:
            return
        last = self.movable - 1
        row = self.visualRect(self.model().index(min(self._place, last), 0))
        y = row.top() if self._place <= last else row.bottom() + 1
        line = QRectF(8, y - _LINE_PX / 2, self.viewport().width() - 16, _LINE_PX)
        rounded(QPainter(self.viewport()), line, 1, theme.color("accent"))

    def _place_at(self, at: QPoint) -> int:
        index = self.indexAt(at)
        if not index.isValid():
            return 0 if at.y() < 0 else self.movable
        past = at.y() >= self.visualRect(index).center().y()
        return min(index.row() + past, self.movable)
