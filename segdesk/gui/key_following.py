"""Keys that are shown somewhere follow the keymap."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

from segdesk.app.keys.names import shown

if TYPE_CHECKING:
    from segdesk.app.context import AppContext


class ShowsKey(Protocol):
    """A widget that shows a key."""

    def set_key(self, key: str) -> None:
        """Show another key."""
        ...


def follow_key(context: "AppContext", part: ShowsKey, command_id: str) -> None:
    """Show a command's key in a widget, now and whenever it is another one."""
    if not isinstance(part, QWidget):
        msg = "only a widget can follow keys"
        raise TypeError(msg)
    keymap = context.keymap
    follow_keys(context, part, lambda: part.set_key(shown(keymap.shown(command_id))))


def follow_keys(
    context: "AppContext", widget: QWidget, show: Callable[[], object]
) -> None:
    """Show keys now, and again whenever commands have other ones.

    Parameters
    ----------
    widget
        Where they are shown; when it goes, nothing follows any more.
    """
    show()
    leave = context.keymap.changed.connect(show)
    widget.destroyed.connect(leave)
