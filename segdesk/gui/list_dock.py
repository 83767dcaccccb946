"""What the docks with a list share: a count beside the title, and bars that move."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent

from segdesk.gui.counted_panel import CountedPanel
from segdesk.gui.item_models.moving_rows import MovingDelegate
from segdesk.gui.item_models.row_view import RowView


class ListDock(CountedPanel):
    """A dock with a list of painted rows; subclasses say what is on them.

    Rows move only while they are in sight: see `tick_ms`.

    Parameters
    ----------
    delegate
        Paints the rows.
    name
        What the list is called, for screen readers.

    Attributes
    ----------
    view
        The list.
    """

    def __init__(self, delegate: MovingDelegate, name: str) -> None:
        super().__init__()
        self.view = RowView(delegate, name)
        self._delegate = delegate
        self._ticks = QTimer(self)
        self._ticks.timeout.connect(self._on_ticks_timeout)

    @property
    def is_ticking(self) -> bool:
        """Whether a timer repaints the list."""
        return self._ticks.isActive()

    def tick_ms(self) -> int:
        """Return how often the list is painted again by itself; 0: never."""
        return 0

    def run_ticks(self) -> None:
        """Follow `tick_ms`; call it when that may be another one."""
        wanted = self.tick_ms() if self.isVisible() else 0
        if not wanted:
            self._ticks.stop()
        elif not self._ticks.isActive() or self._ticks.interval() != wanted:
            self._ticks.start(wanted)

    def showEvent(self, event: QShowEvent) -> None:
        """Move while in sight."""
        super().showEvent(event)
        self.run_ticks()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while out of sight."""
        super().hideEvent(event)
        self._ticks.stop()

    def _on_ticks_timeout(self) -> None:
        self._delegate.tick += 1
        self.view.viewport().update()
