"""Whether somebody is at the mouse, the wheel or the keys of a window."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtGui import QWindow
    from PySide6.QtWidgets import QWidget

_INPUT = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.NativeGesture,
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
        QEvent.Type.TouchUpdate,
    }
)


class InputWatch(QObject):
    """Sees what the system sends to a window, before any widget does.

    Parameters
    ----------
    window
        A window of its own; it may not be on screen yet.
    """

    used = Signal()

    def __init__(self, window: "QWidget") -> None:
        super().__init__(window)
        self._window = window
        self._watched: QWindow | None = None
        self._last_s = time.monotonic()
        self.follow()

    @property
    def quiet_s(self) -> float:
        """Seconds since something was pressed, turned or moved."""
        return time.monotonic() - self._last_s

    def follow(self) -> None:
        """Watch the window of the system, which comes when it is shown first."""
        handle: QWindow | None = self._window.window().windowHandle()
        if handle is not None and handle is not self._watched:
            self._watched = handle
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note input, and let it pass."""
        del watched
        if event.type() in _INPUT:
            self._last_s = time.monotonic()
            self.used.emit()
        return False
