"""What a turn of the wheel means: whole notches, and whether it is a trackpad."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputDevice, QWheelEvent

NOTCH = 120  # eighths of a degree


class Notches:
    """Counts whole notches of a wheel that may turn more finely."""

    def __init__(self) -> None:
        self._turned = 0

    def turn(self, by: int) -> int:
        """Turn the wheel and return the notches it went over, with their sign."""
        self._turned += by
        notches = int(self._turned / NOTCH)
        self._turned -= notches * NOTCH
        return notches


def turn_of(event: QWheelEvent) -> int:
    """Return how far the wheel turned; with Alt, Qt tells it as a sideways turn."""
    delta = event.angleDelta()
    sideways = event.modifiers() & Qt.KeyboardModifier.AltModifier
    return delta.y() or (delta.x() if sideways else 0)


def is_trackpad(event: QWheelEvent) -> bool:
    """Tell whether a wheel event comes from a trackpad."""
    if event.pixelDelta().isNull():
        return False
    device = event.device()
    return (
        event.phase() is not Qt.ScrollPhase.NoScrollPhase
        or device.type() is QInputDevice.DeviceType.TouchPad
    )
