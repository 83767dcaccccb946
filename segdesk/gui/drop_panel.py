"""A panel that opens the files and folders dropped on it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QResizeEvent,
)

from segdesk.app.files.dropped import open_dropped
from segdesk.gui.counted_panel import CountedPanel
from segdesk.gui.drop_ring import DropRing

if TYPE_CHECKING:
    from segdesk.app.context import AppContext


class DropPanel(CountedPanel):
    """Takes what is dropped on it, with a ring round it meanwhile.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._drop_ring = DropRing(self)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files and folders."""
        if _local_paths(event):
            event.acceptProposedAction()
            self._drop_ring.cover(self.size())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the ring away."""
        super().dragLeaveEvent(event)
        self._drop_ring.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self._drop_ring.hide()
        paths = _local_paths(event)
        if paths:
            event.acceptProposedAction()
            open_dropped(self._context, paths)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the ring round the panel."""
        super().resizeEvent(event)
        self._drop_ring.resize(event.size())


def _local_paths(event: QDropEvent) -> list[Path]:
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
