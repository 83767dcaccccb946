"""Calls that wait until nothing more is asked for a while."""

from collections.abc import Callable

from PySide6.QtCore import QTimer


class Delayed:
    """Calls a function once, a while after the last start."""

    def __init__(self, delay_ms: int, call: Callable[[], None]) -> None:
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(call)

    def start(self) -> None:
        """Wait anew, then call."""
        self._timer.start()

    def cancel(self) -> None:
        """Call no more."""
        self._timer.stop()
