"""The canvas for the frames of a video: its keys play and step."""

import time

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from segdesk.gui.viewer.canvas import Canvas

_TAP_S = 0.3
_WAYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_FAR = 10


class VideoCanvas(Canvas):
    """Shows frames; Space tapped plays, held it pans.

    `tapped` fires with Space; `stepped` carries by how many frames; `mark_asked` the
    way to the next mark.

    Attributes
    ----------
    paint_s
        How long the last painting took, with the overlay.
    """

    tapped = Signal()
    stepped = Signal(int)
    mark_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.paint_s = 0.0
        self._space_since = 0.0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, and note how long it took."""
        began = time.perf_counter()
        super().paintEvent(event)
        self.paint_s = time.perf_counter() - began

    def event(self, event: QEvent) -> bool:
        """Take the arrows with any modifier."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _WAYS
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrows; see whether Space is tapped or held."""
        if not self.take_key(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Play when Space was tapped."""
        super().keyReleaseEvent(event)
        if event.key() in self.held.pan and not event.isAutoRepeat():
            if time.monotonic() - self._space_since < _TAP_S:
                self.tapped.emit()
            self._space_since = 0.0

    def take_key(self, event: QKeyEvent) -> bool:
        """Take a key of a video; tells whether it was one."""
        way, keys = _WAYS.get(Qt.Key(event.key())), event.modifiers()
        if way is not None:
            if keys & Qt.KeyboardModifier.ControlModifier:
                self.mark_asked.emit(way)
            else:
                far = bool(keys & Qt.KeyboardModifier.ShiftModifier)
                self.stepped.emit(way * (_FAR if far else 1))
            return True
        if event.key() in self.held.pan and not event.isAutoRepeat():
            self._space_since = time.monotonic()
        return False
