"""The size of a tool, one step larger or smaller: by wheel or by key."""

from dataclasses import replace

from segdesk.app.tools.catalog import INFO
from segdesk.app.tools.options import ToolOptions
from segdesk.core.brush import next_size

_SIZES = ("brush_size", "line_width", "superpixel_size", "scribble_size")
_WIDEST_SCRIBBLE = 60
_SMALLEST_SUPERPIXEL, _LARGEST_SUPERPIXEL = 4, 400


def size_option(tool: str) -> str | None:
    """Return the field of `ToolOptions` that is a tool's size; None: it has none."""
    options = INFO[tool].options if tool in INFO else ()
    return next((name for name in _SIZES if name in options), None)


def resized(
    tool: str, options: ToolOptions, *, larger: bool, fine: bool = False
) -> ToolOptions:
    """Return the options with the tool's size one step up or down.

    Parameters
    ----------
    tool
        Name in the tool box; one without a size changes nothing.
    fine
        One pixel, whatever the size.
    """
    match size_option(tool):
        case "brush_size":
            size = next_size(options.brush_size, larger=larger, fine=fine)
            return replace(options, brush_size=size)
        case "line_width":
            size = next_size(options.line_width, larger=larger, fine=fine)
            return replace(options, line_width=size)
        case "scribble_size":
            size = next_size(options.scribble_size, larger=larger, fine=fine)
            return replace(options, scribble_size=min(size, _WIDEST_SCRIBBLE))
        case "superpixel_size":
            side = round(next_size(options.superpixel_size, larger=larger, fine=fine))
            side = min(max(side, _SMALLEST_SUPERPIXEL), _LARGEST_SUPERPIXEL)
            return replace(options, superpixel_size=side)
        case _:
            return options
