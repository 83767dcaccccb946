"""What was done to the open annotation, step by step; a click goes there."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui.components import EmptyState
from segdesk.gui.counted_panel import CountedPanel
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.history_delegate import HistoryDelegate
from segdesk.gui.item_models.history_model import HistoryModel, HistoryRow
from segdesk.gui.item_models.row_delegate import Role
from segdesk.gui.item_models.row_view import RowView

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_AGES_MS = 5000


class HistoryDock(CountedPanel):
    """Lists what was done to the open annotation and the classes, newest on top.

    Parameters
    ----------
    context
        The application.
    """

    dock_id = "history"
    title = tr("History")
    header_actions = ("edit.undo", "edit.redo")

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self.model = HistoryModel(self._name_of)
        self.view = RowView(HistoryDelegate(), tr("History"))
        self.view.setModel(self.model)
        self.view.setSelectionMode(RowView.SelectionMode.NoSelection)
        self._ages = QTimer(self, interval=_AGES_MS)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState(
                "clock-counter-clockwise",
                tr("Nothing done yet"),
                tr("Each stroke shows here. Click one to go back to it."),
            )
        )
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self._stack.addWidget(page)
        context.deeds.changed.connect(self._refresh)
        context.session.classes_changed.connect(lambda _: self._repaint())
        self.view.part_clicked.connect(lambda index, *_: self._go_to(index))
        self.view.activated.connect(self._go_to)
        self._ages.timeout.connect(self._repaint)
        self._refresh()

    def sizeHint(self) -> QSize:
        """Return room for a dozen steps."""
        return QSize(308, 380)

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the ages up to date while in sight."""
        super().showEvent(event)
        self._ages.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while out of sight."""
        super().hideEvent(event)
        self._ages.stop()

    def _refresh(self) -> None:
        self.model.show(self._context.deeds)
        self._stack.setCurrentIndex(1 if self.model.count else 0)
        self.view.select_row(self.model.current_row())
        text = figures.number(self.model.count) if self.model.count else ""
        self.show_count(text)

    def _go_to(self, index: QModelIndex) -> None:
        row = index.data(Role.ROW)
        if isinstance(row, HistoryRow):
            self._context.deeds.go_to(row.position)
            self.view.select_row(self.model.current_row())

    def _repaint(self) -> None:
        self.view.viewport().update()

    def _name_of(self, index: int) -> str:
        classes = self._context.session.classes
        if classes is not None and index < len(classes):
            return classes.names[index]
        return tr("Ignore")
