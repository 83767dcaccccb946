"""The options of the tools as a table, and the controls that the table asks for."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segdesk.app.catalog.tool_commands import set_option
from segdesk.app.tools.options import BrushShape, Combine, FillMode
from segdesk.core.language import joined, tr
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.components.choices import CheckBox, Segment, Segmented
from segdesk.gui.components.fields import Slider
from segdesk.gui.components.labels import Label
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.key_following import follow_keys
from segdesk.gui.overflow_row import RowItem
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.signal import Signal
    from segdesk.gui.actions import Actions

_SLIDER_STEPS = 100
LABEL_RANK = 19  # what drops first for lack of room has the highest rank
_SLIDER_RANK = 18
_FOUR_DIGITS = 1000


@dataclass(frozen=True, slots=True)
class Amount:
    """A number from `low` to `high` of an option: a slider with a field.

    Parameters
    ----------
    curved
        The slider gives small numbers more room.
    """

    label: str
    tip: str
    low: int
    high: int
    unit: str = ""
    default: int = 0
    curved: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values of an option.

    Parameters
    ----------
    segments
        Their ids are the values.
    """

    label: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """An option that is on or off; `command` toggles it.

    Parameters
    ----------
    rank
        The highest drops first for lack of room.
    """

    label: str
    command: str
    rank: int = 20


@dataclass(frozen=True, slots=True)
class Hint:
    """A few words that tell what helps on; `words` returns them as they are now.

    Parameters
    ----------
    command, verb
        A button before the words that runs a command; "": there is none.
    """

    words: Callable[["AppContext"], str]
    changed: "Callable[[AppContext], Signal[()]]"
    command: str = ""
    verb: str = ""


OPTIONS: Mapping[str, Amount | Choice | Check | Hint] = {
    "brush_size": Amount(
        tr("Size"),
        tr("Diameter of the brush in pixels of the image."),
        1,
        2000,
        "px",
        42,
        True,
    ),
    "brush_shape": Choice(
        tr("Brush shape"),
        (
            Segment(BrushShape.ROUND, icon="circle", tip=Tip(tr("Round brush"))),
            Segment(BrushShape.SQUARE, icon="square", tip=Tip(tr("Square brush"))),
        ),
    ),
    "pressure_sizes": Check(tr("Pen pressure"), "tool.pressure_sizes", 21),
    "fill_closed": Check(tr("Fill closed stroke"), "tool.fill_closed"),
    "fill_mode": Choice(
        tr("What is filled"),
        (Segment(FillMode.REGION, tr("Region")), Segment(FillMode.HOLES, tr("Holes"))),
    ),
    "tolerance": Amount(
        tr("Tolerance"), tr("How far a colour may differ from the clicked one."), 0, 255
    ),
    "contiguous": Check(tr("Connected only"), "tool.contiguous"),
    "combine": Choice(
        tr("With shapes of the class"),
        (
            Segment(Combine.NEW, tr("New")),
            Segment(Combine.ADD, tr("Add")),
            Segment(Combine.SUBTRACT, tr("Subtract")),
        ),
    ),
    "keep_shapes": Check(tr("Keep shape"), "tool.keep_shapes"),
    "line_width": Amount(
        tr("Width"),
        tr("Width of the line in pixels of the image."),
        1,
        500,
        "px",
        12,
        True,
    ),
    "superpixel_size": Amount(
        tr("Patch size"),
        tr("Side of a patch in pixels of the image."),
        4,
        200,
        "px",
        24,
        True,
    ),
    "compactness": Amount(
        tr("Compactness"),
        tr("Low follows colours, high makes even patches."),
        1,
        40,
        "",
        10,
    ),
    "scribble_size": Amount(
        tr("Width"), tr("Width of a scribble in pixels of the image."), 1, 60, "px", 3
    ),
    "scribble_smooth": Amount(
        tr("Smooth"), tr("Over how many pixels the result is smoothed."), 0, 20, "px", 2
    ),
    "scribble_live": Check(tr("Live"), "scribble.live"),
    "scribble_deep": Check(tr("Use the model"), "scribble.deep", 21),
    "prompt_model": Hint(
        lambda context: context.prompting.hint,
        lambda context: context.prompting.changed,
        "prompt.models",
        tr("Models"),
    ),
    "scribble_hint": Hint(
        lambda context: context.scribbling.live.hint_of_classes or "",
        lambda context: context.scribbling.live.changed,
    ),
}


@dataclass(frozen=True, slots=True)
class Option:
    """The controls of one option, and what shows a value in them.

    Parameters
    ----------
    items
        The controls, in their order.
    show_value
        Shows a value of the option; no signal.
    """

    items: tuple[RowItem, ...]
    show_value: Callable[[object], None]


def make_option(name: str, context: "AppContext", actions: "Actions") -> Option:
    """Make the controls of one field of `ToolOptions`, or a hint beside them."""
    match OPTIONS[name]:
        case Hint() as hint:
            return _hint(hint, context, actions)
        case Amount() as amount:
            return _amount(name, amount, context)
        case Choice() as choice:
            return _choice(name, choice, context)
        case Check() as check:
            return _check(check, actions)


def _amount(name: str, amount: Amount, context: "AppContext") -> Option:
    def change(value: int) -> None:
        set_option(context, name, float(value) if _is_float(context, name) else value)

    slider = Slider(
        amount.label,
        0,
        _SLIDER_STEPS if amount.curved else amount.high - amount.low,
        default=_place(amount, amount.default or amount.low),
    )
    slider.setFixedWidth(78)
    field = NumberField(
        amount.label,
        amount.low,
        amount.high,
        unit=amount.unit,
        width=(60 if amount.unit else 48) + (18 if amount.high >= _FOUR_DIGITS else 0),
    )
    sized = name in ("brush_size", "line_width", "scribble_size")

    def show_keys() -> None:
        keys = [context.keymap.shown(f"tool.size_{way}") for way in ("down", "up")]
        key = joined(" ", filter(None, keys)) if sized else ""
        for widget in (slider, field):
            give(widget, Tip(amount.label, key, amount.tip))

    follow_keys(context, slider, show_keys)
    slider.moved.connect(lambda at: change(_amount_at(amount, at)))
    field.edited.connect(change)

    def show(value: object) -> None:
        number = round(float(value)) if isinstance(value, int | float) else amount.low
        field.set_value(number)
        if not slider.isSliderDown():
            slider.setValue(_place(amount, number))

    return Option(
        (
            RowItem(Label(amount.label, "small", "text2"), LABEL_RANK, gap=12),
            RowItem(slider, _SLIDER_RANK, gap=12),
            RowItem(field, gap=14),
        ),
        show,
    )


def _is_float(context: "AppContext", name: str) -> bool:
    return isinstance(getattr(context.annotating.choices.options, name), float)


def _place(amount: Amount, value: int) -> int:
    """Return where on the slider a number is."""
    if not amount.curved:
        return value - amount.low
    span = math.log(amount.high / amount.low)
    return round(_SLIDER_STEPS * math.log(max(value, amount.low) / amount.low) / span)


def _amount_at(amount: Amount, place: int) -> int:
    """Return the number at a place of the slider."""
    if not amount.curved:
        return amount.low + place
    share = place / _SLIDER_STEPS
    return round(amount.low * math.pow(amount.high / amount.low, share))


def _choice(name: str, choice: Choice, context: "AppContext") -> Option:
    segmented = Segmented(choice.segments, choice.label)
    values = {str(segment.id): segment.id for segment in choice.segments}
    segmented.chosen.connect(
        lambda chosen: set_option(context, name, values[str(chosen)])
    )
    return Option(
        (RowItem(segmented, gap=10),), lambda value: segmented.choose(str(value))
    )


def _check(check: Check, actions: "Actions") -> Option:
    box = CheckBox(check.label)
    actions.bind(box, check.command)
    item = RowItem(box, check.rank, (check.command,), gap=12)
    return Option((item,), lambda value: box.setChecked(bool(value)))


def _hint(hint: Hint, context: "AppContext", actions: "Actions") -> Option:
    label = Label(hint.words(context), "small", "text3")
    hint.changed(context).connect(lambda: put(label.setText, hint.words(context)))
    items = [RowItem(label, _SLIDER_RANK - 1, gap=12)]
    if hint.command:
        button = Button(hint.verb, Kind.DEFAULT)
        actions.bind(button, hint.command)
        items.insert(0, RowItem(button, 1, (hint.command,), gap=10))
    return Option(tuple(items), lambda _value: None)
