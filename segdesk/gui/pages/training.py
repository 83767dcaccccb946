"""The page of trainings: runs at the left, the one in sight beside them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui.dock_frame import Dock
from segdesk.gui.docks.runs import RunsDock
from segdesk.gui.idle_work import Steps
from segdesk.gui.pages.live_training import LiveTraining
from segdesk.gui.plots.on_demand import are_imported
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions

_LEFT_PX = (220, 272, 420)


class TrainingPage(QWidget):
    """Runs and the one in sight; its maker runs through `steps` first.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Training"))
        self._context = context
        self.run = LiveTraining(context, in_steps=True)
        self.steps = self._put_together(actions)

    def _put_together(self, actions: "Actions") -> Steps:
        context = self._context
        across = QSplitter(Qt.Orientation.Horizontal, self)
        across.setHandleWidth(1)
        across.setChildrenCollapsible(False)
        across.addWidget(self.run)  # while it is empty: styles follow parents
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(across)
        self.runs = RunsDock(context)
        yield
        self._dock = Dock(self.runs, context, actions)
        self._dock.setMinimumWidth(_LEFT_PX[0])
        self._dock.setMaximumWidth(_LEFT_PX[2])
        across.insertWidget(0, self._dock)
        across.setStretchFactor(1, 1)
        across.setSizes([_LEFT_PX[1], 10_000])
        yield
        yield from self.run.steps
        actions.serve([self.runs.view])
        self.setFocusProxy(self.runs.view)
        context.runs.changed.connect(actions.refresh_soon)
        yield
        if are_imported():
            yield from self.run.plotting()

    @property
    def unseen(self) -> tuple[QWidget, ...]:
        """What comes in sight with a run."""
        return self.run.unseen

    def showEvent(self, event: QShowEvent) -> None:
        """Read the runs of earlier sittings with the first look."""
        super().showEvent(event)
        self._context.runs.take_up()
