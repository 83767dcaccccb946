"""A row of the settings: what it is, its control, and the way back to the default."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.app.settings.schema import Applies, Kind, Setting
from segdesk.core.language import lowered, spaced, tr
from segdesk.gui import theme
from segdesk.gui.components.buttons import Button, IconButton
from segdesk.gui.components.choices import Segment, Segmented, Switch
from segdesk.gui.components.fields import Field, Slider
from segdesk.gui.components.labels import Label
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.components.select import Select
from segdesk.gui.components.tips import Tip
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_FEW, _SHORT = 3, 34  # choices, and letters of all of them, that are shown beside
_WORDS_PX = 330
_NUMBER_PX, _SLIDER_PX, _PERCENT_PX, _FOLDER_PX = 108, 150, 40, 170
_DOT_PX = 3.0

Show = Callable[[object], None]
Change = Callable[[object], None]


class SettingRow(QWidget):
    """One setting: title and help at the left, its control at the right.

    A dot before the title says that it is not as SegDesk came; the button behind the
    control takes it back. `changed` carries name and value, `reset` the name.

    Parameters
    ----------
    one
        What it shows.
    context
        Knows the devices of this machine, and asks for folders.
    """

    changed = Signal(str, object)
    reset = Signal(str)

    def __init__(self, one: Setting, context: "AppContext") -> None:
        super().__init__()
        self.setting = one
        self._differs = False
        self._began: object = None
        self.control, self._show_value = make_control(one, context, self._change)
        put(self.control.setAccessibleName, one.title)
        put(self.control.setAccessibleDescription, one.help)
        self.back = IconButton(
            "arrow-counter-clockwise",
            Tip(
                tr("Reset {title}", title=one.title),
                "",
                tr("Back to {value}.", value=words_of(one, one.default)),
            ),
            role="text3",
        )
        self.back.clicked.connect(lambda: self.reset.emit(one.name))
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(one.title, "strong"))
        words.addWidget(Label(one.help, "small", "text3", wrap=True))
        self.later = Label("", "small", "warn", wrap=True)
        self.later.hide()
        words.addWidget(self.later)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 9, 0, 9)
        row.setSpacing(10)
        row.addLayout(words, 1)
        row.addWidget(self.control, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.back, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_value(self, value: object, in_force: object) -> None:
        """Show a value.

        Parameters
        ----------
        in_force
            The value that the program began with: another one waits for the next
            start where the setting needs one.
        """
        self._show_value(value)
        self._differs = value != self.setting.default
        self.back.setVisible(self._differs)
        waits = self.setting.applies is not Applies.NOW and value != in_force
        self.later.setVisible(waits)
        if waits:
            put(
                self.later.setText,
                tr("In force {applies}.", applies=self.setting.applies.words),
            )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line under the row, and the dot of what differs."""
        del event
        painter = QPainter(self)
        line = QRectF(14, self.height() - 1, self.width() - 14, 1)
        painter.fillRect(line, theme.color("line"))
        if self._differs:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(QPointF(4, 9 + theme.row_px(17) / 2), _DOT_PX, _DOT_PX)

    def _change(self, value: object) -> None:
        self.changed.emit(self.setting.name, value)


def words_of(one: Setting, value: object) -> str:
    """Return a value in words: "Dark", "45%", "on"."""
    if one.kind is Kind.SWITCH:
        return "on" if value else "off"
    if one.kind is Kind.CHOICE:
        return one.choices.get(str(value), str(value))
    if one.kind is Kind.SHARE and isinstance(value, int | float):
        return f"{round(value * 100)}%"
    if one.kind is Kind.NUMBER:
        return spaced(f"{value:,}", one.unit)
    if one.kind is Kind.DEVICE and value == "auto":
        return tr("the best device")
    return str(value) or tr("SegDesk's own")


def make_control(
    one: Setting, context: "AppContext", change: Change
) -> tuple[QWidget, Show]:
    """Return a setting's control, and what shows a value in it without a signal."""
    match one.kind:
        case Kind.SWITCH:
            return _switch(one, change)
        case Kind.NUMBER:
            return _number(one, change)
        case Kind.SHARE:
            return _share(one, change)
        case Kind.FOLDER:
            return _folder(one, context, change)
        case Kind.DEVICE:
            return _select(one, _devices(context), change)
        case _ if _is_short(one.choices):
            return _segmented(one, change)
        case _:
            return _select(one, one.choices, change)


def _is_short(choices: Mapping[str, str]) -> bool:
    return len(choices) <= _FEW and sum(map(len, choices.values())) <= _SHORT


def _devices(context: "AppContext") -> dict[str, str]:
    found = {facts.id: facts.name for facts in context.predicting.devices}
    return {"auto": tr("The best one"), "cpu": tr("Processor")} | found


def _switch(one: Setting, change: Change) -> tuple[QWidget, Show]:
    switch = Switch(one.title)
    switch.clicked.connect(lambda: change(switch.isChecked()))
    return switch, lambda value: switch.setChecked(bool(value))


def _number(one: Setting, change: Change) -> tuple[QWidget, Show]:
    low, high = round(one.low), round(one.high)
    field = NumberField(one.title, low, high, unit=one.unit, width=_NUMBER_PX)
    field.edited.connect(change)

    def show(value: object) -> None:
        if isinstance(value, int):
            field.set_value(value)

    return field, show


def _share(one: Setting, change: Change) -> tuple[QWidget, Show]:
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    low, high = round(one.low * 100), round(one.high * 100)
    default = one.default if isinstance(one.default, float) else one.low
    slider = Slider(one.title, low, high, default=round(default * 100))
    slider.setFixedWidth(_SLIDER_PX)
    percent = Label("", "small", "text2", tabular=True)
    percent.setMinimumWidth(_PERCENT_PX)
    percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    slider.valueChanged.connect(lambda value: percent.setText(f"{value}%"))
    slider.moved.connect(lambda value: change(value / 100))
    row.addWidget(slider)
    row.addWidget(percent)

    def show(value: object) -> None:
        if isinstance(value, int | float) and not slider.isSliderDown():
            slider.setValue(round(value * 100))
            percent.setText(f"{slider.value()}%")

    whole.setFocusProxy(slider)
    return whole, show


def _segmented(one: Setting, change: Change) -> tuple[QWidget, Show]:
    choice = Segmented([Segment(*pair) for pair in one.choices.items()], one.title)
    choice.chosen.connect(change)
    return choice, lambda value: choice.choose(str(value))


def _select(
    one: Setting, choices: Mapping[str, str], change: Change
) -> tuple[QWidget, Show]:
    select = Select(one.title)
    for value, words in choices.items():
        select.addItem(words, value)
    select.activated.connect(lambda index: change(select.itemData(index)))

    def show(value: object) -> None:
        place = select.findData(value)
        if place < 0:
            select.addItem(str(value), value)
            place = select.count() - 1
        select.setCurrentIndex(place)

    return select, show


def _folder(
    one: Setting, context: "AppContext", change: Change
) -> tuple[QWidget, Show]:
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    field = Field(one.title, tr("SegDesk's own"))
    field.setReadOnly(True)
    field.setFixedWidth(_FOLDER_PX)
    button = Button(tr("Choose…"))
    put(
        button.setAccessibleName,
        tr("Choose {title}", title=lowered(one.title)),
    )

    def choose() -> None:
        found = context.dialogs.choose_folder(one.title)
        if found is not None:
            change(str(found))

    def show(value: object) -> None:
        field.setText(str(value))
        field.setToolTip("")
        field.setCursorPosition(0)

    button.clicked.connect(choose)
    row.addWidget(field)
    row.addWidget(button)
    whole.setFocusProxy(button)
    return whole, show
