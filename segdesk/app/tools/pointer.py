"""Mouse, pen and keys as tools see them."""

from dataclasses import dataclass
from enum import Enum, Flag, StrEnum, auto

from segdesk.core.shapes import Point


class Button(Enum):
    """Which button an event is about; a pen's eraser tip counts as RIGHT."""

    NONE = auto()
    LEFT = auto()
    MIDDLE = auto()
    RIGHT = auto()


class Mod(Flag):
    """Keys that are held."""

    NONE = 0
    SHIFT = auto()
    CTRL = auto()
    ALT = auto()


class Key(StrEnum):
    """Keys that tools know."""

    ENTER = "Enter"
    ESCAPE = "Escape"
    BACKSPACE = "Backspace"
    DELETE = "Delete"
    UNDO = "Undo"  # Ctrl+Z while something is open
    LEFT = "Left"
    RIGHT = "Right"
    UP = "Up"
    DOWN = "Down"


@dataclass(frozen=True, slots=True)
class PointerEvent:
    """The mouse or the pen.

    Parameters
    ----------
    x, y
        Place in the image, pixel centres at +0.5; may lie outside.
    button
        The button that went down or up; while moving, the one that is held.
    pressure
        Of a pen, 0-1; 1 for a mouse.
    time
        Seconds of any steady clock.
    pixel
        Image pixels for one logical pixel of the screen: reach and grip follow it.
    clicks
        2 for the second press of a double click.
    is_away
        The pointer is not there: show what there is round the place, not on it.
    """

    x: float
    y: float
    button: Button = Button.NONE
    modifiers: Mod = Mod.NONE
    pressure: float = 1.0
    time: float = 0.0
    pixel: float = 1.0
    clicks: int = 1
    is_away: bool = False

    @property
    def point(self) -> Point:
        """Its place in the image."""
        return Point(self.x, self.y)

    @property
    def erases(self) -> bool:
        """Right button or Alt."""
        return self.button is Button.RIGHT or Mod.ALT in self.modifiers
