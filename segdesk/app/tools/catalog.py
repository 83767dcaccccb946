"""The tools there are: names, icons, keys, and which options each of them uses."""

from dataclasses import dataclass

from segdesk.core.language import tr


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """What strip, menu and options bar say of a tool.

    Parameters
    ----------
    id
        Name in the tool box.
    icon
        Name in the Phosphor set, without prefix.
    key
        Default key, portable text.
    tip
        One sentence of at most 90 letters.
    options
        Fields of `ToolOptions` that it uses, in the order of the options bar.
    follows_rule
        It obeys the paint rule.
    group
        Tools of one group stand together.
    hint
        What the options bar says beside the options, by its name there; "": nothing.
    """

    id: str
    title: str
    icon: str
    key: str
    tip: str
    options: tuple[str, ...] = ()
    follows_rule: bool = True
    group: int = 0
    hint: str = ""


TOOLS: tuple[ToolInfo, ...] = (
    ToolInfo(
        "pan",
        tr("Pan"),
        "hand",
        "Space",
        tr("Move the picture. Space held or the middle button does it from any tool."),
        follows_rule=False,
    ),
    ToolInfo(
        "edit",
        tr("Edit shapes"),
        "cursor",
        "V",
        tr("Move shapes and vertices. Click an edge to add one, Delete removes."),
    ),
    ToolInfo(
        "pick",
        tr("Pick class"),
        "eyedropper",
        "I",
        tr("Select the class under the cursor. Ctrl+click does it from most tools."),
        follows_rule=False,
    ),
    ToolInfo(
        "brush",
        tr("Brush"),
        "paint-brush",
        "B",
        tr("Paint the selected class. Right button erases, Shift+click draws a line."),
        ("brush_size", "brush_shape", "pressure_sizes", "fill_closed"),
        group=1,
    ),
    ToolInfo(
        "eraser",
        tr("Eraser"),
        "eraser",
        "E",
        tr("Paint the background, or ignore where there is none."),
        ("brush_size", "brush_shape", "pressure_sizes"),
        group=1,
    ),
    ToolInfo(
        "fill",
        tr("Fill region"),
        "paint-bucket",
        "G",
        tr("Give a connected region, or its holes, the selected class."),
        ("fill_mode",),
        group=1,
    ),
    ToolInfo(
        "polygon",
        tr("Polygon"),
        "polygon",
        "P",
        tr("Click points, Shift draws freehand, Ctrl snaps to borders. Enter closes."),
        ("combine", "keep_shapes"),
        group=2,
    ),
    ToolInfo(
        "rectangle",
        tr("Rectangle"),
        "rectangle",
        "R",
        tr("Drag a rectangle. Shift makes it square, Alt draws it from its middle."),
        ("combine", "keep_shapes"),
        group=2,
    ),
    ToolInfo(
        "ellipse",
        tr("Ellipse"),
        "circle",
        "O",
        tr("Drag an ellipse. Shift makes it a circle, Alt draws it from its middle."),
        ("combine", "keep_shapes"),
        group=2,
    ),
    ToolInfo(
        "polyline",
        tr("Polyline"),
        "path",
        "Shift+B",
        tr("Click along a road or a river. Enter or a double click ends the line."),
        ("line_width", "keep_shapes"),
        group=2,
    ),
    ToolInfo(
        "wand",
        tr("Magic wand"),
        "magic-wand",
        "W",
        tr("Paint pixels of like colour. Drag sideways to change the tolerance."),
        ("tolerance", "contiguous"),
        group=3,
    ),
    ToolInfo(
        "box_cut",
        tr("Box cut"),
        "selection-foreground",
        "Shift+R",
        tr("Drag a box round a thing. Correct with strokes, Enter paints it."),
        ("brush_size",),
        group=3,
    ),
    ToolInfo(
        "edge_lasso",
        tr("Edge lasso"),
        "magnet",
        "Shift+P",
        tr(
            "Click along an edge: the line snaps to it. Enter or the first point "
            "closes."
        ),
        ("combine", "keep_shapes"),
        group=3,
    ),
    ToolInfo(
        "prompt",
        tr("Prompt"),
        "sparkle",
        "Shift+G",
        tr("Click on a thing, right click beside it, or drag a box: a model finds it."),
        group=3,
        hint="prompt_model",
    ),
    ToolInfo(
        "superpixels",
        tr("Superpixels"),
        "hexagon",
        "Shift+S",
        tr("Paint patches of like colour, one by one or in a stroke."),
        ("superpixel_size", "compactness"),
        group=3,
    ),
    ToolInfo(
        "scribble",
        tr("Scribble"),
        "pencil-line",
        "Shift+C",
        tr("Scribble on two classes or more: a result for the whole image follows."),
        (
            "scribble_size",
            "scribble_smooth",
            "scribble_live",
            "scribble_deep",
        ),
        follows_rule=False,
        group=3,
        hint="scribble_hint",
    ),
)
TOOL_IDS: tuple[str, ...] = tuple(tool.id for tool in TOOLS)
INFO: dict[str, ToolInfo] = {tool.id: tool for tool in TOOLS}
