"""A list whose rows differ in height, laid out from one array of heights."""

from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QScrollBar,
    QSizePolicy,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from segdesk.gui import theme
from segdesk.gui.components.painting import rounded
from segdesk.gui.item_models.row_delegate import Index, RowDelegate

_BAR_PX = 10
Action = QAbstractItemView.CursorAction


class _OverRows(QScrollBar):
    """A scroll bar that lies over the rows, thin until the cursor is on it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, on=False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the handle."""
        del event
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_ScrollBar,
            option,
            QStyle.SubControl.SC_ScrollBarSlider,
            self,
        )
        lit = self.underMouse() or self.isSliderDown()
        width = 7 if lit else 4
        box = QRectF(self.width() - width - 1, handle.y(), width, handle.height())
        role = "outline" if lit else "line2"
        rounded(QPainter(self), box, width / 2, theme.color(role))


class LaidRows(QListView):
    """The geometry of a list.

    Qt lays a list out by asking each row for its size; a hundred thousand rows stall
    the window. Here a model that has `row_heights(delegate)` gives all heights as one
    array, and only the rows on screen are asked for more. The scroll bar lies over the
    rows, so they keep their width when there are many.
    """

    def __init__(self, delegate: RowDelegate) -> None:
        super().__init__()
        self._rows = delegate
        self._offsets: NDArray[np.int64] = np.zeros(1, np.int64)
        self._bar = _OverRows(self)
        self._bar.hide()
        delegate.setParent(self)
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._bar.valueChanged.connect(self.verticalScrollBar().setValue)
        self.verticalScrollBar().valueChanged.connect(self._bar.setValue)
        theme.active().changed.connect(self._on_theme_changed)

    def content_height(self) -> int:
        """Return the height of all rows together in px."""
        self.executeDelayedItemsLayout()
        return int(self._offsets[-1])

    def shown_rows(self) -> tuple[int, int]:
        """Return the first and the last row on screen; the last is less if none is."""
        if self.content_height() == 0:
            return 0, -1
        top = self.verticalOffset()
        bottom = top + self.viewport().height() - 1
        return self._row_at(top), self._row_at(bottom)

    def fit_height(self) -> None:
        """Take no more height than the rows need; scroll when there is less."""
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Expanding, policy.Maximum)

    def sizeHint(self) -> QSize:
        """Return the size of all rows."""
        return QSize(240, self.content_height())

    def minimumSizeHint(self) -> QSize:
        """Return room for two rows."""
        return QSize(120, min(self.content_height(), theme.row_px(60)))

    def doItemsLayout(self) -> None:
        """Take the heights of all rows anew."""
        heights = self._heights()
        self._offsets = np.concatenate(([0], np.cumsum(heights, dtype=np.int64)))
        QAbstractItemView.doItemsLayout(self)
        self.updateGeometry()

    def _heights(self) -> NDArray[np.int64]:
        model = cast("QAbstractItemModel | None", self.model())
        if model is None:
            return np.zeros(0, np.int64)
        given = getattr(model, "row_heights", None)
        if given is not None:
            return cast("NDArray[np.int64]", given(self._rows))
        rows = range(model.rowCount())
        return np.array([self._rows.height(model.index(row, 0)) for row in rows])

    def updateGeometries(self) -> None:
        """Fit the scroll bar to the rows."""
        bar = self.verticalScrollBar()
        height = self.viewport().height()
        bar.setPageStep(height)
        bar.setSingleStep(theme.row_px(30))
        bar.setRange(0, max(0, self.content_height() - height))
        self._bar.setPageStep(height)
        self._bar.setRange(0, bar.maximum())
        self._bar.setVisible(bar.maximum() > 0)
        QAbstractItemView.updateGeometries(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the rows where they are."""
        QAbstractItemView.resizeEvent(self, event)
        self._bar.setGeometry(self.width() - _BAR_PX, 0, _BAR_PX, self.height())
        self.updateGeometries()

    def verticalOffset(self) -> int:
        """Return how far the rows are scrolled in px."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """Return 0: rows are as wide as the view."""
        return 0

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Follow the scroll bar."""
        self.updateEditorGeometries()
        self.viewport().update()

    def visualRect(self, index: Index) -> QRect:
        """Return a row's place on screen."""
        self.executeDelayedItemsLayout()
        row = index.row()
        if not index.isValid() or row + 1 >= len(self._offsets):
            return QRect()
        top = int(self._offsets[row]) - self.verticalOffset()
        height = int(self._offsets[row + 1] - self._offsets[row])
        return QRect(0, top, self.viewport().width(), height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Return the row under a point."""
        at = point.y() + self.verticalOffset()
        if not 0 <= at < self.content_height():
            return QModelIndex()
        return self.model().index(self._row_at(at), 0)

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Scroll as little as shows a row, or so that it stands in the middle."""
        rect = self.visualRect(index)
        height = self.viewport().height()
        if not index.isValid() or rect.isNull():
            return
        move = 0
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            move = rect.center().y() - height // 2
        elif rect.top() < 0 or rect.height() > height:
            move = rect.top()
        elif rect.bottom() >= height:
            move = rect.bottom() - height + 1
        if move:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + move)

    def isIndexHidden(self, index: Index) -> bool:
        """Return False: the model leaves out what is not shown."""
        return False

    def setSelection(
        self, rect: QRect, command: QItemSelectionModel.SelectionFlag
    ) -> None:
        """Select the rows that a rectangle touches."""
        first, last = self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight())
        selection = QItemSelection()
        if first.isValid():
            selection.select(first, last if last.isValid() else first)
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Return where the selected rows are on screen."""
        region = QRegion()
        first, last = self.shown_rows()
        for at in range(selection.count()):
            part = selection.at(at)
            for row in range(max(first, part.top()), min(last, part.bottom()) + 1):
                region += QRegion(self.visualRect(self.model().index(row, 0)))
        return region

    def _row_at(self, y: int) -> int:
        row = int(np.searchsorted(self._offsets, y, side="right")) - 1
        return min(max(0, row), len(self._offsets) - 2)

    def moveCursor(
        self,
        action: Action,
        modifiers: Qt.KeyboardModifier,
    ) -> QModelIndex:
        """Return the row to which a key leads."""
        count = len(self._offsets) - 1
        if count == 0:
            return QModelIndex()
        row = max(0, self.currentIndex().row())
        if not self.currentIndex().isValid() and action is Action.MoveDown:
            row = -1
        page = self.viewport().height()
        targets = {
            Action.MoveUp: row - 1,
            Action.MovePrevious: row - 1,
            Action.MoveDown: row + 1,
            Action.MoveNext: row + 1,
            Action.MoveHome: 0,
            Action.MoveEnd: count - 1,
            Action.MovePageUp: self._row_at(int(self._offsets[row]) - page),
            Action.MovePageDown: self._row_at(int(self._offsets[row]) + page),
        }
        target = min(max(0, targets.get(action, row)), count - 1)
        return self.model().index(target, 0)

    def _on_theme_changed(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
