"""One area of docks: left, right or below the canvas."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.dock_fit import fitted_heights
from segdesk.gui.dock_frame import Dock
from segdesk.gui.dock_places import BOTTOM_PX, SIDE_PX, Area
from segdesk.gui.wording import put


class _Filler(QWidget):
    """Takes the room below docks that are all folded."""

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), theme.color("panel"))


class AreaPanel(QWidget):
    """One area: docks in a splitter.

    Attributes
    ----------
    is_pulled
        The user chose the heights of the docks.
    first
        Heights that the layout gives them, by their ids.
    """

    def __init__(self, area: Area) -> None:
        super().__init__()
        self.area = area
        self.is_pulled = False
        self.first: dict[str, int] = {}
        sideways = area is Area.BOTTOM
        self.splitter = make_splitter(
            Qt.Orientation.Horizontal if sideways else Qt.Orientation.Vertical
        )
        self._filler = _Filler()
        self._filler.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.splitter)
        self.splitter.addWidget(self._filler)
        self.splitter.splitterMoved.connect(self._on_splitter_moved)
        names = {
            Area.LEFT: tr("Left"),
            Area.RIGHT: tr("Right"),
            Area.BOTTOM: tr("Lower"),
        }
        put(self.setAccessibleName, tr("{names} panels", names=names[area]))

    def docks(self) -> tuple[Dock, ...]:
        """Return the docks in this area, in order."""
        widgets = (self.splitter.widget(i) for i in range(self.splitter.count()))
        return tuple(widget for widget in widgets if isinstance(widget, Dock))

    def insert(self, index: int, dock: Dock) -> None:
        """Take a dock in."""
        self.splitter.insertWidget(index, dock)

    def fit(self) -> None:
        """Give the docks the heights they need, unless the user gave them others."""
        docks = self.docks()
        handles = (len(docks) - 1) * self.splitter.handleWidth()
        room = self.splitter.height() - handles
        if docks and not self.is_pulled and self.area is not Area.BOTTOM:
            self.splitter.setSizes([*fitted_heights(docks, self.first, room), 0])

    def kept_sizes(self) -> list[int]:
        """Return the heights to come back to: the user's own, or those of the start."""
        sizes = self.splitter.sizes()
        docks = self.docks()
        if self.is_pulled or self.area is Area.BOTTOM:
            return [sizes[self.splitter.indexOf(dock)] for dock in docks]
        return [self.first.get(dock.dock_id, 0) for dock in docks]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the docks into another height."""
        super().resizeEvent(event)
        if event.size().height() != event.oldSize().height():
            self.fit()

    def _on_splitter_moved(self) -> None:
        self.is_pulled = True

    def settle(self) -> None:
        """Show the area only while it holds docks; fill what folded ones leave."""
        docks = self.docks()
        self.setVisible(bool(docks))
        all_folded = bool(docks) and all(dock.is_folded for dock in docks)
        self._filler.setVisible(all_folded and self.area is not Area.BOTTOM)
        if self.area is Area.BOTTOM:
            low = docks[0].header.height() if all_folded else BOTTOM_PX[0]
            self.setMinimumHeight(low)
            self.setMaximumHeight(low if all_folded else BOTTOM_PX[1])
        else:
            self.setMinimumWidth(SIDE_PX[0])
            self.setMaximumWidth(SIDE_PX[1])


def make_splitter(orientation: Qt.Orientation) -> QSplitter:
    """Return a splitter with a thin handle, in which nothing vanishes."""
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    return splitter
