"""What a tool shows over the picture, as values that the window draws."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Rect
from segdesk.core.shapes import Point, Ring


class CursorKind(StrEnum):
    """How the cursor looks; the window draws it."""

    BRUSH = "brush"
    ERASE = "erase"
    LOCKED = "locked"
    FILL = "fill"
    WAND = "wand"
    EDGE = "edge"
    CROSS = "cross"
    CUT = "cut"
    PICK = "pick"
    POINT_ADD = "point add"
    POINT_REMOVE = "point remove"
    REGION = "region"
    PAN = "pan"
    PANNING = "panning"
    ARROW = "arrow"
    MOVE = "move"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How the cursor looks.

    Parameters
    ----------
    size
        Diameter or side of the brush in image pixels; 0: a cursor of fixed size.
    square
        The ring is a square.
    class_index
        Class whose colour its inner ring or dot has.
    """

    kind: CursorKind = CursorKind.ARROW
    size: float = 0.0
    square: bool = False
    class_index: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a preview: white on a dark halo.

    Parameters
    ----------
    closed
        Its last point is joined to its first.
    dashed
        It is where the line will go, not yet where it goes.
    """

    points: Ring
    closed: bool = False
    dashed: bool = False


class HandleKind(StrEnum):
    """What a handle stands for."""

    VERTEX = "vertex"
    FIRST = "first"  # the ring on which a click closes
    EDGE = "edge"  # where a click inserts a vertex
    PLUS = "plus"  # on the thing that is meant
    MINUS = "minus"  # not on it


@dataclass(frozen=True, slots=True)
class Handle:
    """A small square on a vertex.

    Parameters
    ----------
    hovered
        The cursor is on it.
    """

    point: Point
    kind: HandleKind = HandleKind.VERTEX
    hovered: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class MaskPreview:
    """Pixels that would be painted.

    Parameters
    ----------
    rect
        Their place in the image.
    mask
        (h, w) uint8, not 0 where paint would go.
    class_index
        The class that would be painted.
    step
        Side of a pixel of the mask in pixels of the image; the rectangle may reach
        beyond the image by less than that.
    labels
        (H, W), the size of the image: only pixels that have the class in it count;
        None: all of the mask.
    """

    rect: Rect
    mask: NDArray[np.uint8]
    class_index: int
    step: int = 1
    labels: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Cells whose borders are shown: what a click would paint.

    Parameters
    ----------
    rect
        Their place in the image.
    numbers
        (h, w) int32, which cell each pixel belongs to.
    size_px
        About their side, in image pixels.
    """

    rect: Rect
    numbers: NDArray[np.int32]
    size_px: int


@dataclass(frozen=True, slots=True)
class Preview:
    """All that a tool shows over the picture; it replaces what it showed before.

    Parameters
    ----------
    tag
        Text beside the cursor: a class, a size.
    cells
        Blocks of cells whose borders are shown.
    """

    lines: tuple[Line, ...] = ()
    handles: tuple[Handle, ...] = ()
    mask: MaskPreview | None = None
    cursor: Cursor = field(default_factory=Cursor)
    tag: str = ""
    cells: tuple[Cells, ...] = ()
