"""The bar over the canvas while annotating: the tool, its options, the view."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QIcon,
    QInputDevice,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from segdesk.app.catalog.tool_commands import choose_rule, rule_words, set_option
from segdesk.app.tools.catalog import INFO
from segdesk.app.tools.options import BrushShape, Combine, FillMode
from segdesk.core.rules import PaintRule, RuleKind
from segdesk.gui import icons, theme
from segdesk.gui.actions import shown_key
from segdesk.gui.components.choices import CheckBox, Segment, Segmented
from segdesk.gui.components.fields import Select, Slider
from segdesk.gui.components.labels import Label
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.components.painting import rounded
from segdesk.gui.components.panels import Hairline
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.overflow_row import OverflowRow, RowItem
from segdesk.gui.view_toggles import view_items

if TYPE_CHECKING:
    from segdesk.app.annotating import Choices
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions

HEIGHT = 42
_SLIDER_STEPS = 100
_PEN = "pressure_sizes"
_NAME_ICON = 18

# What drops first has the highest rank.
_LABEL_RANK, _SLIDER_RANK, _TOGGLE_RANK = 19, 18, 10
_TOGGLES = (
    "view.overlay",
    "view.contour_mode",
    "view.split",
    "view.confidence",
    "view.pixel_grid",
)


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


OPTIONS: Mapping[str, Amount | Choice | Check] = {
    "brush_size": Amount(
        "Size", "Diameter of the brush in pixels of the image.", 1, 2000, "px", 42, True
    ),
    "brush_shape": Choice(
        "Brush shape",
        (
            Segment(BrushShape.ROUND, icon="circle", tip=Tip("Round brush")),
            Segment(BrushShape.SQUARE, icon="square", tip=Tip("Square brush")),
        ),
    ),
    "pressure_sizes": Check("Pen pressure", "tool.pressure_sizes", 21),
    "fill_closed": Check("Fill closed stroke", "tool.fill_closed"),
    "fill_mode": Choice(
        "What is filled",
        (Segment(FillMode.REGION, "Region"), Segment(FillMode.HOLES, "Holes")),
    ),
    "tolerance": Amount(
        "Tolerance", "How far a colour may differ from the clicked one.", 0, 255
    ),
    "contiguous": Check("Connected only", "tool.contiguous"),
    "combine": Choice(
        "With shapes of the class",
        (
            Segment(Combine.NEW, "New"),
            Segment(Combine.ADD, "Add"),
            Segment(Combine.SUBTRACT, "Subtract"),
        ),
    ),
    "keep_shapes": Check("Keep shape", "tool.keep_shapes"),
    "line_width": Amount(
        "Width", "Width of the line in pixels of the image.", 1, 500, "px", 12, True
    ),
    "superpixel_size": Amount(
        "Patch size", "Side of a patch in pixels of the image.", 4, 200, "px", 24, True
    ),
    "compactness": Amount(
        "Compactness", "Low follows colours, high makes even patches.", 1, 40, "", 10
    ),
}


class ToolOptionsBar(QWidget):
    """The bar over the canvas while annotating.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' rows and states.
    """

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        self.setAccessibleName("Options bar")
        self.setFixedHeight(theme.row_px(HEIGHT))
        self._context = context
        self._actions = actions
        self._tool = ""
        self._name = _ToolName()
        self._options: dict[str, _Option] = {}
        self.rule = _RuleSelect(context)
        self._rule_items = (
            self._hairline(),
            RowItem(Label("Paint over", "small", "text2"), _LABEL_RANK, gap=12),
            RowItem(self.rule, gap=10),
        )
        self._after_name = self._hairline()
        toggles = view_items(context, actions, _TOGGLES, _TOGGLE_RANK)
        self._row = OverflowRow((), toggles, actions, margin=12)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 1)
        row.addWidget(self._row)
        context.annotating.chosen.connect(self._show_choices)
        actions.refreshed.connect(self._on_refreshed)
        self._show_choices(context.annotating.choices)

    @property
    def dropped_commands(self) -> tuple[str, ...]:
        """Ids of the commands that have no room in the bar."""
        return self._row.dropped_commands

    def option(self, name: str) -> "_Option":
        """Return the controls of one option of the tools."""
        if name not in self._options:
            self._options[name] = _make_option(name, self._context, self._actions)
        return self._options[name]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar and the line under it."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("panel"))
        line = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, theme.color("line"))

    def _show_choices(self, choices: "Choices") -> None:
        if choices.tool != self._tool:
            self._tool = choices.tool
            self._lay_out()
        for name, option in self._options.items():
            option.show_value(getattr(choices.options, name))
        self.rule.show_rule(choices.rule)

    def _lay_out(self) -> None:
        info = INFO[self._tool]
        self._name.show_tool(info.icon, info.title)
        names = [name for name in info.options if name != _PEN or _has_pen()]
        controls = [(name, self.option(name)) for name in names]
        checks = [opt for name, opt in controls if isinstance(OPTIONS[name], Check)]
        others = [opt for name, opt in controls if opt not in checks]
        items = [RowItem(self._name)]
        if controls or info.follows_rule:
            items.append(self._after_name if others else RowItem(_Nothing(), gap=0))
        for option in others:
            items.extend(option.items)
        if info.follows_rule:
            items.extend(self._rule_items)
        for option in checks:
            items.extend(option.items)
        self._row.set_left(items)

    def _hairline(self) -> RowItem:
        return RowItem(Hairline(vertical=True, length=20, role="line2"), gap=12)

    def _on_refreshed(self) -> None:
        self.rule.refresh()


def _has_pen() -> bool:
    pen = QInputDevice.DeviceType.Stylus
    return any(device.type() == pen for device in QInputDevice.devices())


class _Nothing(QWidget):
    """Takes no room."""

    def sizeHint(self) -> QSize:
        return QSize(0, 0)


class _ToolName(QWidget):
    """Icon and name of the active tool."""

    def __init__(self) -> None:
        super().__init__()
        self._icon, self._title = "hand", ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_tool(self, icon: str, title: str) -> None:
        """Show another tool."""
        self._icon, self._title = icon, title
        self.setAccessibleName(title)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetrics(theme.font("section")).horizontalAdvance(self._title)
        return QSize(_NAME_ICON + 6 + words + 2, theme.row_px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        top = (self.height() - _NAME_ICON) / 2
        box = QRectF(0, top, _NAME_ICON, _NAME_ICON)
        icons.paint(painter, box, self._icon, theme.color("text"))
        painter.setFont(theme.font("section"))
        painter.setPen(theme.color("text"))
        words = self.rect().adjusted(_NAME_ICON + 6, 0, 0, 0)
        painter.drawText(words, 0x81, self._title)


@dataclass(frozen=True, slots=True)
class _Option:
    """The controls of one option, and what shows a value in them."""

    items: tuple[RowItem, ...]
    show_value: Callable[[object], None]


def _make_option(name: str, context: "AppContext", actions: "Actions") -> _Option:
    match OPTIONS[name]:
        case Amount() as amount:
            return _amount(name, amount, context)
        case Choice() as choice:
            return _choice(name, choice, context)
        case Check() as check:
            return _check(check, actions)


def _amount(name: str, amount: Amount, context: "AppContext") -> _Option:
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
        width=60 if amount.unit else 48,
    )
    keys = [context.keymap.shown(f"tool.size_{way}") for way in ("down", "up")]
    sized = name in ("brush_size", "line_width")
    key = " ".join(filter(None, keys)) if sized else ""
    for widget in (slider, field):
        give(widget, Tip(amount.label, key, amount.tip))
    slider.moved.connect(lambda at: change(_amount_at(amount, at)))
    field.edited.connect(change)

    def show(value: object) -> None:
        number = round(float(value)) if isinstance(value, int | float) else amount.low
        field.set_value(number)
        if not slider.isSliderDown():
            slider.setValue(_place(amount, number))

    return _Option(
        (
            RowItem(Label(amount.label, "small", "text2"), _LABEL_RANK, gap=12),
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


def _choice(name: str, choice: Choice, context: "AppContext") -> _Option:
    segmented = Segmented(choice.segments, choice.label)
    values = {str(segment.id): segment.id for segment in choice.segments}
    segmented.chosen.connect(
        lambda chosen: set_option(context, name, values[str(chosen)])
    )
    return _Option(
        (RowItem(segmented, gap=10),), lambda value: segmented.choose(str(value))
    )


def _check(check: Check, actions: "Actions") -> _Option:
    box = CheckBox(check.label)
    actions.bind(box, check.command)
    item = RowItem(box, check.rank, (check.command,), gap=12)
    return _Option((item,), lambda value: box.setChecked(bool(value)))


class _RuleSelect(Select):
    """What is painted over: all but locked, only unlabelled, everything, one class."""

    def __init__(self, context: "AppContext") -> None:
        super().__init__("Paint over", icon="shield-check")
        self._context = context
        self._rules: list[PaintRule] = []
        self._classes: object = None
        key = shown_key(context.keymap.shown("tool.rule_next"))
        give(self, Tip("Paint over", key, "What a stroke may replace."))
        self.activated.connect(self._on_activated)
        self.refresh()

    def sizeHint(self) -> QSize:
        """Return room for the longest of the fixed rules."""
        widest = QFontMetrics(theme.font("body")).horizontalAdvance("All but locked")
        return QSize(widest + 58, theme.row_px(28))

    def refresh(self) -> None:
        """List the classes as they are now."""
        classes = self._context.session.classes
        if classes is self._classes and self._rules:
            return
        self._classes = classes
        self.clear()
        kinds = (RuleKind.NOT_LOCKED, RuleKind.UNLABELLED, RuleKind.EVERYWHERE)
        self._rules = [PaintRule(kind) for kind in kinds]
        for kind in kinds:
            self.addItem(icons.icon("shield-check", "text3"), rule_words(kind))
        for index, name in enumerate(classes.names if classes else ()):
            self._rules.append(PaintRule(RuleKind.ONLY_CLASS, index))
            colour = classes.palette[index] if classes else ""
            self.addItem(_swatch_icon(colour), f"Only {name}")
        self.show_rule(self._context.annotating.choices.rule)

    def show_rule(self, rule: PaintRule) -> None:
        """Show the rule in force."""
        self.setCurrentIndex(self._rules.index(rule) if rule in self._rules else 0)

    def _on_activated(self, index: int) -> None:
        rule = self._rules[index]
        if rule.kind is RuleKind.ONLY_CLASS:
            self._context.annotating.choose(rule=rule)
        else:
            choose_rule(self._context, rule.kind)


def _swatch_icon(colour: str) -> QIcon:
    picture = QPixmap(32, 32)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    rounded(painter, QRectF(3, 3, 26, 26), 8, QColor(colour))
    painter.end()
    return QIcon(picture)
