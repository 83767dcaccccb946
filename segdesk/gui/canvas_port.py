"""What the window asks of the viewer, as a protocol."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QWidget


class CanvasWidget(Protocol):
    """What the window asks of the viewer, beside being a widget."""

    @property
    def cursor_moved(self) -> "SignalInstance":
        """Carries what lies under the cursor, or None."""
        ...

    @property
    def zoom_changed(self) -> "SignalInstance":
        """Carries the zoom, 1.0 for 100 %; 0.0 without an image."""
        ...

    @property
    def canvas(self) -> "QWidget":
        """The part that takes the keyboard."""
        ...
