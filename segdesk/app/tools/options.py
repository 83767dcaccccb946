"""What the options bar holds, as one immutable value."""

from dataclasses import dataclass
from enum import StrEnum


class BrushShape(StrEnum):
    """Outline of the brush."""

    ROUND = "round"
    SQUARE = "square"


class FillMode(StrEnum):
    """What the bucket fills."""

    REGION = "region"
    HOLES = "holes"


class Combine(StrEnum):
    """What a new shape does to the shapes of its class that it meets."""

    NEW = "new"
    ADD = "add"
    SUBTRACT = "subtract"


@dataclass(frozen=True, slots=True)
class ToolOptions:
    """What the options bar holds, for all tools.

    Parameters
    ----------
    brush_size
        Diameter or side in image pixels, 1 to 2,000.
    pressure_sizes
        A pen's pressure makes the brush smaller.
    fill_closed
        A brush stroke that closes round an area fills it.
    fill_mode
        What a click of the bucket fills.
    tolerance
        Of the wand, 0-255 for each of R, G, B.
    contiguous
        The wand keeps to what is connected to the click.
    combine
        What a new polygon, rectangle or ellipse does to those it meets.
    keep_shapes
        Drawn shapes stay editable.
    line_width
        Of polylines, in image pixels.
    superpixel_size
        Side of a superpixel in image pixels.
    compactness
        How square superpixels are, 1-40.
    scribble_size
        Width of a scribble in image pixels, 1 to 60.
    scribble_smooth
        Over how many pixels what a classifier makes of scribbles is smoothed, 0-20.
    scribble_live
        What a classifier makes of the scribbles follows the pen.
    scribble_deep
        It also learns from what the loaded model sees.
    """

    brush_size: float = 42.0
    brush_shape: BrushShape = BrushShape.ROUND
    pressure_sizes: bool = True
    fill_closed: bool = False
    fill_mode: FillMode = FillMode.REGION
    tolerance: int = 24
    contiguous: bool = True
    combine: Combine = Combine.NEW
    keep_shapes: bool = True
    line_width: float = 12.0
    superpixel_size: int = 24
    compactness: float = 10.0
    scribble_size: float = 3.0
    scribble_smooth: int = 2
    scribble_live: bool = True
    scribble_deep: bool = False
