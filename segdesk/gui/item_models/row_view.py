"""A virtual list whose rows have parts that can be clicked by themselves."""

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyleOptionViewItem,
    QToolTip,
)

from segdesk.gui.item_models.laid_rows import LaidRows
from segdesk.gui.item_models.row_delegate import Index, RowDelegate
from segdesk.gui.item_models.shown_rows import leaps
from segdesk.gui.wording import put

_SETTLE_MS = 40
_KEYBOARD_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class RowView(LaidRows):
    """A list of painted rows with parts, hover and keys.

    Parameters
    ----------
    delegate
        Paints the rows and knows their parts; the view takes it over.
    name
        What the list is called, for screen readers.

    Attributes
    ----------
    opens_rows
        Enter belongs to the list; otherwise to commands.
    """

    part_clicked = Signal(QModelIndex, str, Qt.KeyboardModifier)
    part_double_clicked = Signal(QModelIndex, str)
    menu_asked = Signal(QModelIndex, QPoint)
    copy_asked = Signal()
    turned = Signal(QModelIndex, bool)  # Right (True) and Left on a row
    shown_changed = Signal(int, int)  # first and last row on screen, settled

    def __init__(self, delegate: RowDelegate, name: str) -> None:
        super().__init__(delegate)
        self.opens_rows = True
        self._pressed: tuple[int, str] | None = None
        self._by_keyboard = False
        self._shown = (0, -1)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._on_settled)
        put(self.setAccessibleName, name)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows on screen."""
        first, last = self.shown_rows()
        if (first, last) != self._shown:
            rushes = leaps(self._shown, (first, last))
            self._shown = (first, last)
            if rushes or not self._settle.isActive():
                self._settle.start()
        region = event.region()
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        quiet = option.state & ~(
            QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus
        )
        ring = self.currentIndex().row() if self._shows_focus() else -1
        model, selection = self.model(), self.selectionModel().selection()
        some_selected = not selection.isEmpty()
        painter = QPainter(self.viewport())
        for row, rect in enumerate(self.row_rects(first, last), first):
            if not region.intersects(rect):
                continue
            index = model.index(row, 0)
            option.rect = rect
            state = quiet
            if some_selected and selection.contains(index):
                state |= QStyle.StateFlag.State_Selected
            if row == self._rows.hot_row:
                state |= QStyle.StateFlag.State_MouseOver
            if row == ring:
                state |= QStyle.StateFlag.State_HasFocus
            option.state = state
            self._rows.paint(painter, option, index)
        painter.end()

    def dataChanged(
        self,
        top_left: Index,
        bottom_right: Index,
        roles: Sequence[int] = (),
    ) -> None:
        """Repaint rows; their heights stay."""
        if top_left.row() == bottom_right.row():
            QAbstractItemView.dataChanged(self, top_left, bottom_right, roles)
        else:
            self.viewport().update()

    def _shows_focus(self) -> bool:
        return self._by_keyboard and self.hasFocus()

    def reset(self) -> None:
        """Take other rows: what is on screen is told anew, though it is as many."""
        self._shown = (0, -1)
        super().reset()

    def _on_settled(self) -> None:
        self.shown_changed.emit(*self._shown)

    # ------------------------------------------------------------ mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up what is under the cursor."""
        self._heat(event.position().toPoint())
        if self._pressed is None:
            QAbstractItemView.mouseMoveEvent(self, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press a part of a row, or choose the row."""
        self._by_keyboard = False
        index, part = self._under(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index.isValid():
            self._pressed = (index.row(), part)
            if part:
                return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Click what was pressed, if the cursor is still on it."""
        pressed, self._pressed = self._pressed, None
        index, part = self._under(event.position().toPoint())
        if pressed is None or not pressed[1]:
            super().mouseReleaseEvent(event)
        if pressed is not None and pressed == (index.row(), part):
            self.part_clicked.emit(index, part, event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell of a double click; its second half is a click of its own."""
        index, part = self._under(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or not index.isValid():
            return
        self._pressed = (index.row(), part)
        self.part_double_clicked.emit(index, part)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a row, by mouse or by key."""
        index = self.indexAt(event.pos())
        position = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            position = self.viewport().mapToGlobal(self.visualRect(index).center())
        self.menu_asked.emit(index, position)

    def viewportEvent(self, event: QEvent) -> bool:
        """Cool down when the cursor leaves; show the tip of a part."""
        if event.type() is QEvent.Type.Leave:
            self._heat(QPoint(-1, -1))
        elif event.type() is QEvent.Type.ToolTip:
            help_event = cast("QHelpEvent", event)
            index, part = self._under(help_event.pos())
            tip = self._rows.tip(index, part) if index.isValid() else ""
            QToolTip.showText(help_event.globalPos(), tip, self.viewport())
            return True
        return super().viewportEvent(event)

    def _under(self, position: QPoint) -> tuple[QModelIndex, str]:
        index = self.indexAt(position)
        if not index.isValid():
            return index, ""
        return index, self._rows.part_at(self.visualRect(index), index, position)

    def _heat(self, position: QPoint) -> None:
        index, part = self._under(position)
        before = self._rows.hot_row, self._rows.hot_part
        now = index.row(), part
        if before == now:
            return
        self._rows.hot_row, self._rows.hot_part = now
        for row in {before[0], now[0]}:
            self.viewport().update(self.visualRect(self.model().index(row, 0)))

    # ------------------------------------------------------------ keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, choose with Enter, copy; letters stay keys of commands."""
        self._by_keyboard = True
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
            return
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.activated.emit(index)
            return
        turns = index.isValid() and not self.is_cell(index.row())
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and turns:
            self.turned.emit(index, event.key() == Qt.Key.Key_Right)
            return
        if event.text().isprintable() and event.text() and not event.text().isspace():
            event.ignore()
            return
        super().keyPressEvent(event)
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        """Keep the copy keys for the list, and Enter where it opens a row."""
        if event.type() is QEvent.Type.ShortcutOverride:
            key = cast("QKeyEvent", event)
            is_enter = key.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            bare = key.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            opens = self.opens_rows and is_enter and not bare
            if opens or key.matches(QKeySequence.StandardKey.Copy):
                event.accept()
                return True
        return super().event(event)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are keys of commands."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring when the focus came by a key."""
        self._by_keyboard = event.reason() in _KEYBOARD_REASONS
        if self._by_keyboard and not self.currentIndex().isValid():
            self.selectionModel().setCurrentIndex(
                self.model().index(0, 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        super().focusInEvent(event)
        self.viewport().update()

    def select_row(self, row: int, *, reveal: bool = True) -> None:
        """Select one row, or none with -1; the focus stays where it is.

        Parameters
        ----------
        reveal
            Scroll to it.
        """
        model = self.selectionModel()
        if row < 0:
            model.clearSelection()
            return
        index = self.model().index(row, 0)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        at = self.verticalScrollBar().value()
        model.setCurrentIndex(index, flag)
        if reveal:
            self.scrollTo(index)
        else:
            self.verticalScrollBar().setValue(at)

    def set_cursor_row(self, row: int) -> None:
        """Put the keyboard's cursor on a row; the selection stays."""
        if row >= 0:
            index = self.model().index(row, 0)
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(index, flag)

    def selected_row(self) -> int:
        """Return the selected row, or -1."""
        indexes = self.selectionModel().selectedRows()
        return indexes[0].row() if indexes else -1
