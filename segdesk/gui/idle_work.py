"""What can be done before it is wanted, a step at a time while nothing happens."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from segdesk.gui.input_watch import InputWatch

_QUIET_MS, _NEXT_MS = 3000, 30

Steps = Iterator[None]
"""Work in steps of a few milliseconds; each `next` does one."""


def do_all(steps: Steps) -> None:
    """Do what is left of some steps at once."""
    for _ in steps:
        pass


class IdleWork(QObject):
    """Does steps one after the other, each in a turn of its own.

    Parameters
    ----------
    window
        Nothing is done before it has been on screen for some seconds, and nothing
        while it is not, while a dialog is open, while a mouse button is held, or until
        mouse, wheel and keys have rested.
    quiet_ms
        How long nothing may have happened before the next step.
    """

    def __init__(self, window: QWidget, quiet_ms: int = _QUIET_MS) -> None:
        super().__init__(window)
        self._window = window
        self._quiet_ms = quiet_ms
        self._works: list[Steps] = []
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._watch = InputWatch(window)
        self._watch.used.connect(self.wait)

    @property
    def is_active(self) -> bool:
        """Whether anything is left to do."""
        return bool(self._works)

    def add(self, make: Callable[[], Steps]) -> None:
        """Do these steps, too, behind all that were added before."""
        self._works.append(make())
        self.wait()

    def wait(self, *_: object) -> None:
        """Let the window stand still again before the next step."""
        self._watch.follow()
        if self._works:
            self._timer.start(self._quiet_ms)

    def stop(self) -> None:
        """Leave out what is left."""
        self._timer.stop()
        self._works.clear()

    def _is_used(self) -> bool:
        """Tell whether somebody would notice a step, or nobody sees the window."""
        if not self._window.isVisible() or self._window.isMinimized():
            return True
        if QApplication.activeModalWidget() is not None:
            return True
        return QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton

    def _on_timer_timeout(self) -> None:
        if self._is_used():
            self.wait()
            return
        try:
            next(self._works[0])
        except StopIteration:
            self._works.pop(0)
        if self._works:
            self._timer.start(_NEXT_MS)
