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
    Signal,
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
from segdesk.gui.item_models.row_places import Action, RowPlaces

_BAR_PX = 10


def _no_rows() -> RowPlaces:
    return RowPlaces.laid(np.zeros(0, np.int64), 1, np.zeros(0, np.bool_))


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
    array, and only the rows on screen are asked for more. A delegate that has
    `columns(width)` puts rows beside each other, but for those that the model's
    `wide_rows()` names. The scroll bar lies over the rows, so they keep their width
    when there are many.
    """

    height_changed = Signal()

    def __init__(self, delegate: RowDelegate) -> None:
        super().__init__()
        self._rows = delegate
        self._places = _no_rows()
        self._kept = slice(None)
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

    def all_px(self) -> int:
        """Return the height of all rows of the model together, shown or not."""
        return int(self._heights().sum())

    def keep_rows(self, rows: slice) -> None:
        """Show only these rows; the others take no room."""
        if rows != self._kept:
            self._kept = rows
            self.scheduleDelayedItemsLayout()

    def content_height(self) -> int:
        """Return the height of all rows together in px."""
        self.executeDelayedItemsLayout()
        return self._places.height

    def shown_rows(self) -> tuple[int, int]:
        """Return the first and the last row on screen; the last is less if none is."""
        if self.content_height() == 0:
            return 0, -1
        top = self.verticalOffset()
        bottom = top + self.viewport().height() - 1
        return self._places.shown(top, bottom)

    def row_rects(self, first: int, last: int) -> list[QRect]:
        """Return where rows that follow one another are on screen."""
        self.executeDelayedItemsLayout()
        width = self.viewport().width()
        return self._places.rects(first, last, width, self.verticalOffset())

    def is_cell(self, row: int) -> bool:
        """Tell whether a row stands beside others."""
        return 0 <= row < len(self._places) and bool(self._places.is_cell[row])

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
        if self._kept != slice(None):
            whole, heights = heights, np.zeros_like(heights)
            heights[self._kept] = whole[self._kept]
        wide_rows = getattr(self.model(), "wide_rows", None)
        wide = wide_rows() if wide_rows else np.ones(len(heights), np.bool_)
        self._places = RowPlaces.laid(heights, self._columns(), wide)
        QAbstractItemView.doItemsLayout(self)
        self.updateGeometry()

    def _columns(self) -> int:
        return self._rows.columns(self.viewport().width())

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
        if self._columns() != self._places.columns:
            self.scheduleDelayedItemsLayout()
        self.updateGeometries()
        if event.size().height() != event.oldSize().height():
            self.height_changed.emit()

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
        if not index.isValid() or row >= len(self._places):
            return QRect()
        rect = self._places.rect(row, self.viewport().width())
        return rect.translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Return the row under a point."""
        at = point.y() + self.verticalOffset()
        if not 0 <= at < self.content_height():
            return QModelIndex()
        row = self._places.at(point.x(), at, self.viewport().width())
        return self.model().index(row, 0) if row >= 0 else QModelIndex()

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

    def moveCursor(
        self,
        action: Action,
        modifiers: Qt.KeyboardModifier,
    ) -> QModelIndex:
        """Return the row to which a key leads."""
        if not len(self._places):
            return QModelIndex()
        page = self.viewport().height()
        row = self._places.moved(self.currentIndex().row(), action, page)
        return self.model().index(row, 0)

    def _on_theme_changed(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
