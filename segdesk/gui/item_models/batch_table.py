"""The table of a batch: wide rows, a box in the head that chooses all of them."""

import time
from typing import cast

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QItemSelectionRange,
    QRect,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.components.painting import RADIUS_SMALL, rounded
from segdesk.gui.item_models.batch_delegate import (
    BATCH_ROW_PX,
    TEXT_LEFT,
    THUMBNAIL_LEFT,
    BatchDelegate,
    RowLook,
)
from segdesk.gui.item_models.batch_model import (
    CLASSES,
    COLUMNS,
    CONFIDENCE,
    IMAGE,
    SECONDS,
    SIZE,
    STATE,
    BatchTableModel,
)
from segdesk.gui.item_models.row_delegate import LEFT, draw_text, ink
from segdesk.gui.item_models.shown_rows import leaps
from segdesk.gui.item_models.table_view import TableHead, TableView

_BOX_PX = 14
_SETTLE_MS = 40
# Of a turn, for rows that nobody has seen yet; those that are left come in the next.
_PAINT_S = 0.009
_IMAGE_PX = (180, 400)
_CLASSES_PX = (96, 228)
_STATE_PX = 130
_NARROW_PX = 860


class BatchHead(TableHead):
    """Titles, and before the first a box that chooses all rows."""

    all_toggled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(COLUMNS, parent)
        self.is_all = False

    def set_all(self, is_all: bool) -> None:
        """Show the box checked, or empty."""
        if is_all is not self.is_all:
            self.is_all = is_all
            self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """Draw one title; the first stands over the names."""
        if logical != IMAGE:
            super().paintSection(painter, rect, logical)
            return
        painter.save()
        painter.fillRect(rect, theme.color("panel"))
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, theme.color("line"))
        pen = ink("caption", "text3")
        words = rect.adjusted(TEXT_LEFT, 0, -8, 0)
        draw_text(painter, words, COLUMNS[IMAGE].title, pen, LEFT)
        top = rect.top() + (rect.height() - _BOX_PX) / 2
        box = QRectF(rect.left() + THUMBNAIL_LEFT, top, _BOX_PX, _BOX_PX)
        if self.is_all:
            rounded(painter, box, RADIUS_SMALL, theme.color("accentFill"))
            inside = box.adjusted(2, 2, -2, -2)
            icons.paint(painter, inside, "check-bold", theme.color("onFill"))
        else:
            rounded(painter, box, RADIUS_SMALL, None, theme.color("outline"))
        painter.restore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose all rows with the box; a title sorts."""
        if event.position().x() < TEXT_LEFT - 8:
            self.all_toggled.emit()
            event.accept()
        else:
            super().mouseReleaseEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave the box alone until the button goes up."""
        if event.position().x() >= TEXT_LEFT - 8:
            super().mousePressEvent(event)


class BatchTable(TableView):
    """A table whose rows are chosen with the keys of a list.

    Attributes
    ----------
    opened
        Fires when Enter or a double click asks for the current row.
    chosen
        Fires when other rows are selected.
    shown_changed
        Fires with first and last row in sight, once they have settled.
    menu_asked
        Fires with a row and a place on the screen.
    """

    opened = Signal()
    chosen = Signal()
    shown_changed = Signal(int, int)
    menu_asked = Signal(int, object)

    def __init__(self, delegate: BatchDelegate, model: BatchTableModel) -> None:
        super().__init__(tr("Images of the batch"), COLUMNS, delegate)
        self._rows = model
        self._painted = delegate
        self._shown = (0, -1)
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._on_rest_timeout)
        self._left = QRect()
        self._is_cold = True
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._on_settle_timeout)
        self.head = BatchHead(self)
        self.setHorizontalHeader(self.head)
        self.setModel(model)
        model.modelReset.connect(self._on_model_reset)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.verticalHeader().setDefaultSectionSize(theme.row_px(BATCH_ROW_PX))
        self.head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.head.setSortIndicator(IMAGE, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.head.all_toggled.connect(self._on_all_toggled)
        self.doubleClicked.connect(lambda _: self.opened.emit())
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)

    # ------------------------------------------------------------ what is chosen

    def chosen_indices(self) -> tuple[int, ...]:
        """Return the images that are selected, the current one first."""
        found: list[int] = []
        for part in self._parts():
            found += self._rows.indices(part.top(), part.bottom())
        current = self._rows.row_at(self.currentIndex().row())
        if current is not None and len(found) > 1 and current.index in set(found):
            found.remove(current.index)
            found.insert(0, current.index)
        return tuple(found)

    def choose(self, index: int, *, reveal: bool = False) -> None:
        """Select an image; one that is not listed: the first that is."""
        place = max(0, self._rows.place_of(index))
        if not self._rows.rowCount():
            self.chosen.emit()
            return
        cell = self._rows.index(place, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(cell, flags.ClearAndSelect | flags.Rows)
        if reveal:
            self.scrollTo(cell)

    def _parts(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(place) for place in range(selection.count())]

    def _on_all_toggled(self) -> None:
        if self.head.is_all:
            self.clearSelection()
        else:
            self.selectAll()

    def _on_selection_changed(self) -> None:
        count = sum(part.height() for part in self._parts())
        self.head.set_all(bool(count) and count == self._rows.rowCount())
        self.chosen.emit()

    # ------------------------------------------------------------ events

    def shown_rows(self) -> tuple[int, int]:
        """Return the first and the last row in sight."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return max(0, first), self._rows.rowCount() - 1 if last < 0 else last

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight, each as a whole."""
        shown = self.shown_rows()
        if shown != self._shown:
            rushes = leaps(self._shown, shown)
            self._shown = shown
            if rushes or not self._settle.isActive():
                self._settle.start()
        region, head = event.region(), self.head
        columns = tuple(
            (head.sectionViewportPosition(at), head.sectionSize(at))
            for at in range(len(COLUMNS))
        )
        selection, height = self.selectionModel().selection(), self.rowHeight(0)
        width = max(left + size for left, size in columns)
        painter, ends_s = QPainter(self.viewport()), time.thread_time() + _PAINT_S
        for place in range(shown[0], shown[1] + 1):
            top = self.rowViewportPosition(place)
            rect, row = QRect(0, top, width, height), self._rows.row_at(place)
            if row is None or not region.intersects(rect):
                continue
            selected = selection.contains(self._rows.index(place, 0))
            hot = place == self._cells.hot_row
            look = RowLook(columns, self._rows.classes, selected, hot)
            self._painted.draw_row(painter, rect, row, look)
            if self._is_cold and time.thread_time() > ends_s:
                below = self.viewport().rect().adjusted(0, rect.bottom() + 1, 0, 0)
                self._left |= below & region.boundingRect()
                self._rest.start()
                break
        else:
            self._is_cold = False
        painter.end()

    def _on_model_reset(self) -> None:
        self._is_cold = True

    def _on_rest_timeout(self) -> None:
        left, self._left = self._left, QRect()
        self.viewport().update(left)

    def _on_settle_timeout(self) -> None:
        self.shown_changed.emit(*self._shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the columns what the window has room for."""
        super().resizeEvent(event)
        whole = self.viewport().width()
        narrow = whole < _NARROW_PX
        self.setColumnHidden(SECONDS, narrow)
        fixed = (SIZE, CONFIDENCE) if narrow else (SIZE, SECONDS, CONFIDENCE)
        for place in fixed:
            self.setColumnWidth(place, COLUMNS[place].width)
        rest = whole - sum(COLUMNS[place].width for place in fixed)
        image = round(rest * (0.48 if narrow else 0.36))
        image = min(max(image, _IMAGE_PX[0]), _IMAGE_PX[1])
        bar = min(max(round(rest * 0.24), _CLASSES_PX[0]), _CLASSES_PX[1])
        self.setColumnWidth(IMAGE, image)
        self.setColumnWidth(CLASSES, bar)
        self.setColumnWidth(STATE, max(_STATE_PX, rest - image - bar))

    def event(self, event: QEvent) -> bool:
        """Keep Enter and the copy keys, which are keys of commands elsewhere."""
        if event.type() is QEvent.Type.ShortcutOverride:
            key = cast("QKeyEvent", event)
            is_enter = key.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            bare = key.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if (is_enter and not bare) or key.matches(QKeySequence.StandardKey.Copy):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter; letters stay keys of commands."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
            return
        text = event.text()
        if text.isprintable() and text and not text.isspace():
            event.ignore()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are keys of commands."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a row, by mouse or by key."""
        index, place = self.indexAt(event.pos()), event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            place = self.viewport().mapToGlobal(self.visualRect(index).center())
        if index.isValid():
            self.menu_asked.emit(index.row(), place)
