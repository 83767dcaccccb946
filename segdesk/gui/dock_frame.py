"""A dock: a header of 36 px over a panel; a double click folds it."""

from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QSize, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segdesk.gui import theme
from segdesk.gui.components.buttons import IconButton
from segdesk.gui.components.panels import DockHeader
from segdesk.gui.components.tips import Tip
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions

UNLIMITED = 16_777_215  # QWIDGETSIZE_MAX
_LEAST_PX = 84


class Panel(Protocol):
    """What a dock holds: a widget that also says how its header looks.

    A panel may have `header_widgets()`: what stands behind the commands, `tabs`: what
    stands for the title, and `least_px`: the height below which it is of no use.
    """

    @property
    def dock_id(self) -> str:
        """The name it is remembered by: "files", "classes", "models" or "jobs"."""
        ...

    @property
    def title(self) -> str:
        """What the header says."""
        ...

    @property
    def header_actions(self) -> tuple[str, ...]:
        """Ids of the commands that are buttons in the header."""
        ...

    @property
    def count_text(self) -> str:
        """What stands beside the title."""
        ...

    @property
    def count_changed(self) -> SignalInstance:
        """Carries another text to stand beside the title."""
        ...


class Dock(QWidget):
    """A panel with its header.

    Parameters
    ----------
    panel
        A widget that is a `Panel`.
    context, actions
        For the commands in its header.
    """

    fold_changed = Signal(bool)

    def __init__(self, panel: Panel, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        self.panel = panel
        self.content = cast("QWidget", panel)
        self.dock_id = panel.dock_id
        self.setObjectName(f"dock-{panel.dock_id}")
        put(self.setAccessibleName, panel.title)
        self.header = DockHeader(panel.title, self)
        self.header.set_count(panel.count_text)
        tabs = getattr(panel, "tabs", None)
        if tabs is not None:
            self.header.show_tabs(tabs)
        for command_id in panel.header_actions:
            command = context.commands[command_id]
            button = IconButton(command.icon, Tip(command.title))
            actions.bind(button, command_id)
            self.header.add_button(button)
        for widget in getattr(panel, "header_widgets", tuple)():
            self.header.add_button(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.content, 1)
        self.header.double_clicked.connect(self.toggle_fold)
        panel.count_changed.connect(self.header.set_count)

    @property
    def title(self) -> str:
        """What the header says."""
        return self.header.title

    @property
    def is_folded(self) -> bool:
        """Whether only the header is shown."""
        return self.content.isHidden()

    @property
    def wanted_px(self) -> int | None:
        """Height that all of its content needs; None: it has no such height."""
        wanted = getattr(self.content, "wanted_px", None)
        return None if wanted is None else int(wanted())

    def toggle_fold(self) -> None:
        """Show only the header, or all of it again."""
        self.set_folded(not self.is_folded)

    def set_folded(self, folded: bool) -> None:
        """Show only the header, or all of it."""
        if folded is not self.is_folded:
            self.content.setHidden(folded)
            self.setMaximumHeight(self.header.height() if folded else UNLIMITED)
            self.fold_changed.emit(folded)

    def minimumSizeHint(self) -> QSize:
        """Return the least that is still of use."""
        height = self.header.height()
        least = max(_LEAST_PX, int(getattr(self.content, "least_px", 0)))
        return QSize(180, height if self.is_folded else height + least)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel's surface."""
        QPainter(self).fillRect(event.rect(), theme.color("panel"))
