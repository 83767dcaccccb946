"""Calls that come later, on the window's thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Timers(QObject):
    """Calls functions once after a while; the application's `TimerPort`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: set[QTimer] = set()

    def after(self, seconds: float, call: Callable[[], object]) -> Callable[[], None]:
        """Call once in `seconds`; returns what drops the call."""
        timer = QTimer(self, singleShot=True, interval=round(seconds * 1000))

        def stop() -> None:
            if timer in self._running:
                self._running.remove(timer)
                timer.stop()
                timer.deleteLater()

        def fire() -> None:
            stop()
            call()

        self._running.add(timer)
        timer.timeout.connect(fire)
        timer.start()
        return stop

    def close(self) -> None:
        """Drop all calls."""
        for timer in tuple(self._running):
            timer.stop()
        self._running.clear()
