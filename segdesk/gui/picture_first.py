"""The picture is painted first, what stands round it in the turns after."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from segdesk.app.session import Session

_APART_MS = 14


class PaintedInTurns(QObject):
    """Keeps a page that comes in sight from being painted as a whole in one turn.

    Parameters
    ----------
    page
        Has the parts; what else it has is painted at once.
    parts
        What may be painted later, one in a turn and in this order.
    """

    def __init__(self, page: QWidget, parts: Sequence[QWidget]) -> None:
        super().__init__(page)
        self._parts = tuple(parts)
        self._held: list[QWidget] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_APART_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hold the parts back when the page comes in sight."""
        del watched
        if event.type() is QEvent.Type.Show:
            self.hold()
        return False

    def hold(self, _value: object = None) -> None:
        """Let the parts in sight be painted in the turns that follow."""
        for part in self._parts:
            if part.isVisible() and part not in self._held:
                part.setUpdatesEnabled(False)
                self._held.append(part)
        if self._held and not self._timer.isActive():
            self._timer.start()

    def _on_timer_timeout(self) -> None:
        if self._held:
            self._held.pop(0).setUpdatesEnabled(True)
        if not self._held:
            self._timer.stop()


class PictureFirst(PaintedInTurns):
    """Keeps another image or proposal from painting the whole window in one turn.

    Everything in the window shows something of the image, so all of it would be painted
    again together, and nothing else could happen meanwhile. Instead the canvas is
    painted at once and each part round it a moment later, one in a turn. It is the same
    when the page with all of them comes in sight.

    Parameters
    ----------
    session
        Tells of another image and another proposal.
    page
        Has the canvas and the parts.
    parts
        What may be painted later, in this order.
    """

    def __init__(
        self, session: "Session", page: QWidget, parts: Sequence[QWidget]
    ) -> None:
        super().__init__(page, parts)
        session.image_changed.connect(self.hold)
        session.proposal_changed.connect(self.hold)
