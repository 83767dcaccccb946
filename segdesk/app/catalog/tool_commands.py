"""The Tools menu: the tools, what they paint with and what they paint over."""

from collections.abc import Callable
from dataclasses import replace

from segdesk.app.annotate.tool_sizes import resized
from segdesk.app.catalog.reasons import why_no_annotation, why_no_painting
from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.app.tools.catalog import TOOLS, ToolInfo
from segdesk.app.tools.options import BrushShape
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.language import tr
from segdesk.core.rules import PaintRule, RuleKind

_LOOKS_ONLY = frozenset({"pan", "pick"})
_RULES = (RuleKind.NOT_LOCKED, RuleKind.UNLABELLED, RuleKind.ONLY_CLASS)


def rule_words(kind: RuleKind) -> str:
    """Return a paint rule as the window says it."""
    return {
        RuleKind.NOT_LOCKED: tr("All but locked"),
        RuleKind.UNLABELLED: tr("Only unlabelled"),
        RuleKind.ONLY_CLASS: tr("Only class"),
        RuleKind.EVERYWHERE: tr("Everything"),
    }[kind]


def choose_rule(context: AppContext, kind: RuleKind) -> None:
    """Paint over something else; "only class" means the class selected now."""
    rule = PaintRule(kind)
    if kind is RuleKind.ONLY_CLASS:
        rule = PaintRule(kind, context.class_editing.other)
    context.annotating.choose(rule=rule)


def set_option(context: AppContext, name: str, value: object) -> None:
    """Change one field of the tools' options."""
    options = context.annotating.choices.options
    context.annotating.choose(options=replace(options, **{name: value}))  # type: ignore[arg-type]


def _why_not(tool: ToolInfo) -> Callable[[AppContext], str | None]:
    return why_no_annotation if tool.id in _LOOKS_ONLY else why_no_painting


def _take(tool: ToolInfo) -> Callable[[AppContext], None]:
    return lambda context: context.annotating.choose(tool=tool.id)


def _is_taken(tool: ToolInfo) -> Callable[[AppContext], bool]:
    return lambda context: context.annotating.choices.tool == tool.id


def _resize(*, larger: bool, fine: bool = False) -> Callable[[AppContext], None]:
    def change(context: AppContext) -> None:
        choices = context.annotating.choices
        options = resized(choices.tool, choices.options, larger=larger, fine=fine)
        context.annotating.choose(options=options)

    return change


def _next_rule(context: AppContext) -> None:
    kind = context.annotating.choices.rule.kind
    place = _RULES.index(kind) if kind in _RULES else -1
    kind = _RULES[(place + 1) % len(_RULES)]
    choose_rule(context, kind)
    context.notices.toast(tr("Paint over: {rule}", rule=rule_words(kind).lower()))


def _next_shape(context: AppContext) -> None:
    square = context.annotating.choices.options.brush_shape is BrushShape.SQUARE
    shape = BrushShape.ROUND if square else BrushShape.SQUARE
    set_option(context, "brush_shape", shape)


def _flag(name: str) -> Callable[[AppContext], None]:
    def toggle(context: AppContext) -> None:
        options = context.annotating.choices.options
        set_option(context, name, not getattr(options, name))

    return toggle


def _is_on(name: str) -> Callable[[AppContext], bool]:
    return lambda context: bool(getattr(context.annotating.choices.options, name))


def _paint_ignore(context: AppContext) -> None:
    context.class_editing.select(IGNORE_INDEX)


def _select(place: int) -> Callable[[AppContext], None]:
    return lambda context: context.class_editing.select(place)


def _why_no_such_class(place: int) -> Callable[[AppContext], str | None]:
    def why(context: AppContext) -> str | None:
        classes = context.session.classes
        if classes is None:
            return tr("Add a class or load a model first")
        return (
            None
            if place < len(classes)
            else tr("There are {classes} classes", classes=len(classes))
        )

    return why


def _tool_command(tool: ToolInfo) -> Command:
    return Command(
        f"tool.{tool.id}",
        tool.title,
        tool.icon,
        tr("Tools"),
        _take(tool),
        () if tool.key == "Space" else (tool.key,),  # held, it pans from any tool
        tool.tip,
        Where.CANVAS,
        _why_not(tool),
        _is_taken(tool),
    )


def _class_command(place: int) -> Command:
    digit = (place + 1) % 10
    return Command(
        f"tool.class_{place + 1}",
        tr("Paint class {place}", place=place + 1),
        "palette",
        tr("Tools"),
        _select(place),
        (str(digit) if place < 10 else f"Shift+{digit}",),
        tr("Select the class with this number for painting."),
        Where.CANVAS,
        _why_no_such_class(place),
    )


TOOL_COMMANDS = tuple(_tool_command(tool) for tool in TOOLS)
CLASS_COMMANDS = tuple(_class_command(place) for place in range(20))

PAINT = (
    Command(
        "tool.size_down",
        tr("Smaller brush"),
        "minus",
        tr("Tools"),
        _resize(larger=False),
        ("[",),
        tr("Make the brush or line smaller. Ctrl+wheel over the picture does it too."),
        Where.CANVAS,
    ),
    Command(
        "tool.size_up",
        tr("Larger brush"),
        "plus",
        tr("Tools"),
        _resize(larger=True),
        ("]",),
        tr("Make the brush or line larger. Ctrl+wheel over the picture does it too."),
        Where.CANVAS,
    ),
    Command(
        "tool.size_down_fine",
        tr("Smaller brush by 1 px"),
        "minus",
        tr("Tools"),
        _resize(larger=False, fine=True),
        ("Shift+[", "{"),
        tr("Make the brush or line one pixel smaller."),
        Where.CANVAS,
    ),
    Command(
        "tool.size_up_fine",
        tr("Larger brush by 1 px"),
        "plus",
        tr("Tools"),
        _resize(larger=True, fine=True),
        ("Shift+]", "}"),
        tr("Make the brush or line one pixel larger."),
        Where.CANVAS,
    ),
    Command(
        "tool.brush_shape",
        tr("Round or square brush"),
        "square",
        tr("Tools"),
        _next_shape,
        (),
        tr("Switch between a round and a square brush."),
    ),
    Command(
        "tool.fill_closed",
        tr("Fill closed stroke"),
        "disc",
        tr("Tools"),
        _flag("fill_closed"),
        (),
        tr("A stroke that comes back to where it began fills what it goes round."),
        checked=_is_on("fill_closed"),
    ),
    Command(
        "tool.pressure_sizes",
        tr("Pen pressure sizes"),
        "pen-nib",
        tr("Tools"),
        _flag("pressure_sizes"),
        (),
        tr("A pen that presses less paints a smaller brush."),
        checked=_is_on("pressure_sizes"),
    ),
    Command(
        "tool.contiguous",
        tr("Connected pixels only"),
        "circles-three-plus",
        tr("Tools"),
        _flag("contiguous"),
        (),
        tr("The magic wand keeps to what is connected to the click."),
        checked=_is_on("contiguous"),
    ),
    Command(
        "tool.keep_shapes",
        tr("Keep shapes editable"),
        "bounding-box",
        tr("Tools"),
        _flag("keep_shapes"),
        (),
        tr("Drawn shapes keep their vertices and can be changed later."),
        checked=_is_on("keep_shapes"),
    ),
    Command(
        "tool.rule_next",
        tr("Change paint rule"),
        "shield-check",
        tr("Tools"),
        _next_rule,
        ("U",),
        tr("Paint over all but locked classes, only unlabelled, or one class alone."),
        Where.CANVAS,
    ),
    Command(
        "tool.swap",
        tr("Swap with background"),
        "swap",
        tr("Tools"),
        lambda context: context.class_editing.swap(),
        ("X",),
        tr("Paint the other class of the two swatches."),
        Where.CANVAS,
        why_no_painting,
    ),
    Command(
        "tool.ignore",
        tr("Paint ignore"),
        "selection-slash",
        tr("Tools"),
        _paint_ignore,
        ("`", "Shift+X"),
        tr("Paint 255: pixels that training and metrics leave out."),
        Where.CANVAS,
        why_no_painting,
    ),
)

COMMANDS = (*TOOL_COMMANDS, *PAINT, *CLASS_COMMANDS)
