"""The picture is painted first, what stands round it in the turns after."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from segdesk.app.session import Session
    from segdesk.app.signal import Signal as SignalOf

_FIRST_MS, _APART_MS = 1, 10


class PaintedInTurns(QObject):
    """Keeps a page that comes in sight from being painted as a whole in one turn.

    Parameters
    ----------
    page
        Has the parts; what else it has is painted at once.
    parts
        What may be painted later, one in a turn and in this order. The first is
        painted in the next turn.
    """

    def __init__(self, page: QWidget, parts: Sequence[QWidget]) -> None:
        super().__init__(page)
        self._parts = tuple(parts)
        self._held: list[QWidget] = []
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_timer_timeout)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hold the parts back when the page comes in sight."""
        del watched
        if event.type() is QEvent.Type.Show:
            self.hold()
        return False

    def hold(self, parts: Sequence[QWidget] | None = None) -> None:
        """Let parts, all or some, be painted in the turns that follow."""
        for part in self._parts if parts is None else parts:
            if part.isVisible() and part not in self._held:
                part.setUpdatesEnabled(False)
                self._held.append(part)
        self._held.sort(key=self._parts.index)
        if self._held and self._held[0] is self._parts[0]:
            self._timer.start(_FIRST_MS)
        elif self._held and not self._timer.isActive():
            self._timer.start(_APART_MS)

    def _on_timer_timeout(self) -> None:
        if self._held:
            self._held.pop(0).setUpdatesEnabled(True)
        if self._held:
            self._timer.start(_APART_MS)


class PictureFirst(PaintedInTurns):
    """Keeps another image or proposal from painting the whole window in one turn.

    Everything in the window shows something of the image, so all of it would be painted
    again together, and nothing else could happen meanwhile. Instead the canvas is
    painted in the next turn, and each part round it a moment later, one in a turn. It
    is the same when the page with all of them comes in sight.

    Parameters
    ----------
    session
        Tells of another image and another proposal.
    page
        Has the picture and the parts.
    picture
        The canvas.
    parts
        What may be painted later, in this order.
    still
        What shows nothing of the image: painted in turns, before the parts, when the
        page comes in sight.
    """

    def __init__(
        self,
        session: "Session",
        page: QWidget,
        picture: QWidget,
        parts: Sequence[QWidget],
        still: Sequence[QWidget] = (),
    ) -> None:
        super().__init__(page, (picture, *still, *parts))
        self._changing = (picture, *parts)
        session.image_changed.connect(self._on_changed)
        session.proposal_changed.connect(self._on_changed)

    def follow(self, *changes: "SignalOf[Any]") -> None:
        """Do the same whenever one of these fires: all round the picture is another."""
        for change in changes:
            change.connect(self._on_changed)

    def _on_changed(self, *_: object) -> None:
        self.hold(self._changing)
