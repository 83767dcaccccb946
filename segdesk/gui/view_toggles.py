"""The right end of both option bars: what is shown, and how large."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter, QPaintEvent

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.buttons import IconButton
from segdesk.gui.components.panels import Hairline
from segdesk.gui.components.tips import Tip
from segdesk.gui.overflow_row import RowItem

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions


def view_items(
    context: "AppContext",
    actions: "Actions",
    toggles: Sequence[str],
    first_rank: int,
    gap: int = 14,
) -> list[RowItem]:
    """Return buttons that switch layers, then those that fit the picture.

    Parameters
    ----------
    toggles
        Ids of the commands of the layers.
    first_rank
        Of the first toggle; later ones drop earlier.
    gap
        Room before the first toggle.
    """

    def button(command_id: str) -> IconButton:
        command = context.commands[command_id]
        made = IconButton(command.icon, Tip(command.title))
        actions.bind(made, command_id)
        return made

    items = [
        RowItem(button(command_id), first_rank + at, (command_id,), 2 if at else gap)
        for at, command_id in enumerate(toggles)
    ]
    line = Hairline(vertical=True, length=20, role="line2")
    items.append(RowItem(line, first_rank, gap=12))
    items.append(RowItem(button("view.fit"), 5, ("view.fit",), 12))
    actual = _ActualSize()
    actions.bind(actual, "view.actual_size")
    items.append(RowItem(actual, 6, ("view.actual_size",), 2))
    return items


class _ActualSize(IconButton):
    """One to one, as words: 1:1."""

    def __init__(self) -> None:
        super().__init__("frame-corners", Tip(tr("Actual size")))
        self.setText("1:1")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the surface and the words."""
        del event
        painter = QPainter(self)
        self.draw_surface(painter)
        painter.setFont(theme.font("strong"))
        painter.setPen(self.ink())
        painter.drawText(self.rect(), 0x84, "1:1")
