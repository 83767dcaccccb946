"""What a tool draws that is no label: a piece of a scribble."""

from dataclasses import dataclass
from enum import Enum, auto

from segdesk.core.shapes import Point


class InkPhase(Enum):
    """Which piece of a scribble it is."""

    BEGIN = auto()
    ON = auto()
    END = auto()
    DROP = auto()  # the scribble is taken back as a whole


@dataclass(frozen=True, slots=True)
class Ink:
    """A piece of a scribble.

    Parameters
    ----------
    points
        Where the pen went since the last piece, in image pixels.
    class_index
        What is scribbled; None: scribbles are erased.
    width
        In image pixels.
    """

    phase: InkPhase
    points: tuple[Point, ...] = ()
    class_index: int | None = None
    width: float = 1.0
