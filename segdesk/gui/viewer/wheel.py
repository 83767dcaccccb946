"""What a turn of the wheel means: notches, habits of the user, trackpads."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Self

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputDevice, QWheelEvent

if TYPE_CHECKING:
    from segdesk.app.settings.settings import Preferences

NOTCH = 120  # eighths of a degree
_SCROLLED_PX = 80  # logical px for one notch
_CTRL = Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class Meaning(Enum):
    """What the wheel does to the picture."""

    NOTHING = auto()
    OPACITY = auto()
    PAN = auto()
    SIZE = auto()
    ZOOM = auto()


@dataclass(frozen=True, slots=True)
class WheelHabits:
    """How the user wants the wheel.

    Parameters
    ----------
    zooms
        It zooms; else it scrolls, Ctrl+wheel zooms and Alt+wheel sizes the tool.
    inverted
        Towards the user zooms in.
    factor
        Of the zoom, for one notch.
    """

    zooms: bool = True
    inverted: bool = False
    factor: float = 1.25

    @classmethod
    def of(cls, preferences: "Preferences") -> Self:
        """Return what the user prefers."""
        zooms = preferences.wheel == "zoom"
        return cls(zooms, preferences.wheel_inverted, 1 + preferences.zoom_step)

    def meaning(self, event: QWheelEvent, *, has_size: bool) -> Meaning:
        """Return what a turn of the wheel means.

        Parameters
        ----------
        has_size
            The active tool has a size.
        """
        held = event.modifiers()
        if held == _CTRL | _SHIFT:
            return Meaning.OPACITY
        if is_trackpad(event):
            return Meaning.ZOOM if held & _CTRL else Meaning.PAN
        if not turn_of(event):
            return Meaning.NOTHING if self.zooms else Meaning.PAN
        sizes = _ALT if not self.zooms else _CTRL | _ALT
        if held & sizes and has_size:
            return Meaning.SIZE
        zooms = self.zooms or held & _CTRL
        return Meaning.ZOOM if zooms else Meaning.PAN

    def zoom(self, event: QWheelEvent) -> float:
        """Return by how much a turn zooms."""
        way = -1 if self.inverted else 1
        return float(self.factor ** (way * turn_of(event) / NOTCH))


def pan_of(event: QWheelEvent) -> QPointF:
    """Return how far a turn moves the picture, in logical px; Shift goes sideways."""
    if is_trackpad(event):
        return QPointF(event.pixelDelta())
    way = QPointF(event.angleDelta()) * (_SCROLLED_PX / NOTCH)
    return way.transposed() if event.modifiers() & _SHIFT else way


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
