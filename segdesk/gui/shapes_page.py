"""The shapes of the open image: chosen, pulled up and down, changed, deleted."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui import icons
from segdesk.gui.components import EmptyState
from segdesk.gui.counted_panel import CountedPanel
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.movable_rows import MovableRows
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.gui.item_models.shapes_delegate import ShapesDelegate
from segdesk.gui.item_models.shapes_model import ShapesModel

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_DELETES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class _Rows(MovableRows):
    """The rows; Delete deletes the shape that is chosen."""

    delete_asked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Delete, leave other keys to the list."""
        if event.key() in _DELETES and self.selected_row() >= 0:
            self.delete_asked.emit()
        else:
            super().keyPressEvent(event)


class ShapesPage(CountedPanel):
    """Lists the shapes of the open image, the one on top first.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._shapes = context.shapes
        self.model = ShapesModel(context.shapes, lambda: context.session.classes)
        self.view = _Rows(ShapesDelegate(), tr("Shapes"))
        self.view.setModel(self.model)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState(
                "polygon",
                tr("No shapes"),
                tr("What is drawn as polygon, rectangle, ellipse or polyline is here."),
            )
        )
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 2, 0, 0)
        column.addWidget(self.view)
        self._stack.addWidget(page)
        self._connect()
        self._refresh()

    def _connect(self) -> None:
        self._shapes.changed.connect(self._refresh)
        self._shapes.chosen_changed.connect(self._select)
        self._context.session.classes_changed.connect(lambda _: self.model.refresh())
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.view.part_clicked.connect(self._on_part_clicked)
        self.view.menu_asked.connect(self._on_menu_asked)
        self.view.moved.connect(self._on_moved)
        self.view.delete_asked.connect(self._on_delete_asked)

    def _refresh(self) -> None:
        self.model.refresh()
        self._stack.setCurrentIndex(1 if self.model.count else 0)
        self.view.movable = self.model.count
        self._select()
        text = figures.number(self.model.count) if self.model.count else ""
        self.show_count(text)

    def _select(self) -> None:
        row = self.model.row_of(self._shapes.chosen)
        if self.view.selected_row() != row:
            self.view.select_row(row)

    def _on_current_changed(self, current: QModelIndex) -> None:
        index = self.model.index_at(current.row())
        if index is not None and index != self._shapes.chosen:
            self._choose(index)

    def _choose(self, index: int) -> None:
        self._shapes.choose(index)
        self._context.viewer.reveal(self._shapes.bounds_of(index))

    def _on_part_clicked(self, row: QModelIndex, part: str) -> None:
        index = self.model.index_at(row.row())
        if index is None:
            return
        if part == "eye":
            self._shapes.toggle_hidden(index)
        else:
            self._choose(index)

    def _on_moved(self, row: int, before: int) -> None:
        index = self.model.index_at(row)
        to = self.model.index_at(before - 1 if before > row else before)
        if index is not None and to is not None:
            self._shapes.reorder(index, to)

    def _on_delete_asked(self) -> None:
        index = self.model.index_at(self.view.selected_row())
        if index is not None:
            self._shapes.remove(index)

    def _on_menu_asked(self, row: QModelIndex, position: QPoint) -> None:
        index = self.model.index_at(row.row())
        if index is not None:
            self.menu(index).open_at(position)

    def menu(self, index: int) -> RowMenu:
        """Return what can be done with a shape."""
        shapes, menu = self._shapes, RowMenu(self)
        top, last = len(shapes.shapes) - 1, index == 0
        into = RowMenu(menu, tr("Change class"))
        into.setIcon(icons.icon("tag", active_role="onFill"))
        classes = self._context.session.classes
        for number, name in enumerate(classes.names if classes else ()):
            into.add("arrow-right", name, partial(shapes.reclass, index, number))
        into.fit_width()
        menu.addMenu(into).setEnabled(classes is not None)
        menu.addSeparator()
        high = tr("it is on top") if index == top else ""
        low = tr("it is at the bottom") if last else ""
        rise = partial(shapes.reorder, index)
        menu.add("arrow-line-up", tr("Bring to the top"), partial(rise, top), why=high)
        menu.add("arrow-up", tr("Up by one"), partial(rise, index + 1), why=high)
        menu.add("arrow-down", tr("Down by one"), partial(rise, index - 1), why=low)
        menu.add("arrow-line-down", tr("Send to the bottom"), partial(rise, 0), why=low)
        menu.addSeparator()
        hidden = shapes.is_hidden(index)
        verb = tr("Show on the picture") if hidden else tr("Hide on the picture")
        toggle = partial(shapes.toggle_hidden, index)
        menu.add("eye" if hidden else "eye-slash", verb, toggle)
        menu.add("trash", tr("Delete"), partial(shapes.remove, index), key="Del")
        return menu
