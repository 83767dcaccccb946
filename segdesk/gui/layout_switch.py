"""The choice between the layouts of the window, in the middle of the app bar."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.actions import shown_key
from segdesk.gui.components.choices import Segment, Segmented
from segdesk.gui.components.tips import Tip
from segdesk.gui.key_following import follow_keys
from segdesk.gui.layouts import LAYOUTS

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions

_HEIGHT = 30
_SEGMENT_PX = 94


class LayoutSwitch(QWidget):
    """What the window is laid out for; it follows the commands that lead there.

    Parameters
    ----------
    context
        The application.
    actions
        Tell when a command's state may be another one.
    """

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        self._context = context
        segments = [
            Segment(
                layout.command,
                layout.title,
                layout.icon,
            )
            for layout in LAYOUTS.values()
            if not layout.within
        ]
        self.choice = Segmented(
            segments, tr("Layout"), height=_HEIGHT, style="strong", least_px=_SEGMENT_PX
        )
        self.choice.chosen.connect(self._on_chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.choice)
        actions.refreshed.connect(self.refresh)
        follow_keys(context, self, self._show_keys)

    def sizeHint(self) -> QSize:
        """Return the size of all choices."""
        return QSize(self.choice.sizeHint().width(), theme.row_px(_HEIGHT))

    def refresh(self) -> None:
        """Show the layout in force."""
        for layout in LAYOUTS.values():
            if self._context.commands.is_checked(layout.command):
                self.choice.choose(LAYOUTS[layout.within or layout.id].command)

    def _show_keys(self) -> None:
        for layout in LAYOUTS.values():
            if not layout.within:
                key = shown_key(self._context.keymap.shown(layout.command))
                tip = self._context.commands[layout.command].tip
                self.choice.set_tip(layout.command, Tip(layout.title, key, tip))

    def _on_chosen(self, command_id: str) -> None:
        self._context.commands.run(command_id)
