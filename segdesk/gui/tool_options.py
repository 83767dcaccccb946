"""The bar over the canvas while annotating: the tool, its options, the view."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import (
    QFontMetrics,
    QInputDevice,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from segdesk.app.tools.catalog import INFO
from segdesk.core.language import shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.components.labels import Label
from segdesk.gui.components.panels import Hairline
from segdesk.gui.option_controls import OPTIONS, Check, Option, make_option
from segdesk.gui.overflow_row import OverflowRow, RowItem
from segdesk.gui.rule_select import RuleSelect
from segdesk.gui.view_toggles import view_items
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.choices import Choices
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions

HEIGHT = 42
_PEN = "pressure_sizes"
_NAME_ICON = 18

_RULE_LABEL_RANK = 22  # its choices say it; sliders keep their labels longer
_TOGGLE_RANK = 10  # the toggles drop last
_TOGGLES = (
    "view.overlay",
    "view.contour_mode",
    "view.split",
    "view.confidence",
    "view.pixel_grid",
)


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
        put(self.setAccessibleName, tr("Options bar"))
        self.setFixedHeight(theme.row_px(HEIGHT))
        self._context = context
        self._actions = actions
        self._tool = ""
        self._name = _ToolName()
        self._options: dict[str, Option] = {}
        self.rule = RuleSelect(context)
        self._rule_items = (
            self._hairline(),
            RowItem(
                Label(tr("Paint over"), "small", "text2"), _RULE_LABEL_RANK, gap=12
            ),
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

    def option(self, name: str) -> Option:
        """Return the controls of one option of the tools."""
        if name not in self._options:
            self._options[name] = make_option(name, self._context, self._actions)
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
            option.show_value(getattr(choices.options, name, None))
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
        for option in (*checks, *([self.option(info.hint)] if info.hint else ())):
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
        put(self.setAccessibleName, title)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetrics(theme.font("section")).horizontalAdvance(
            shown(self._title)
        )
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
        painter.drawText(words, 0x81, shown(self._title))
