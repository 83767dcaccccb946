"""Buttons that are a command: its title, icon, key, and why it is off."""

from functools import partial
from typing import TYPE_CHECKING

from segdesk.app.keys.names import shown
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.key_following import follow_keys

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions


def command_button(
    context: "AppContext",
    command_id: str,
    kind: Kind = Kind.DEFAULT,
    *,
    text: str = "",
    shows_key: bool = True,
) -> Button:
    """Return a button that runs a command.

    Parameters
    ----------
    text
        Shorter words where the command's title is too long.
    shows_key
        Put its key on the button.
    """
    command = context.commands[command_id]
    button = Button(text or command.title, kind, icon=command.icon)
    button.clicked.connect(partial(_run, context, command_id))

    def show_key() -> None:
        key = shown(context.keymap.shown(command_id))
        button.set_key(key if shows_key else "")
        give(button, Tip(command.title, key, command.tip))

    follow_keys(context, button, show_key)
    return button


def bound_button(
    context: "AppContext",
    actions: "Actions",
    command_id: str,
    kind: Kind = Kind.DEFAULT,
    *,
    key: str = "",
    height: int = 28,
) -> Button:
    """Return a button that runs a command and follows its state.

    Parameters
    ----------
    key
        What to show as its key where the keymap has none.
    height
        In px.
    """
    command = context.commands[command_id]
    key = key or shown(context.keymap.shown(command_id))
    button = Button(command.title, kind, icon=command.icon, key=key, height=height)
    actions.bind(button, command_id)
    return button


def _run(context: "AppContext", command_id: str, _checked: bool = False) -> None:
    context.commands.run(command_id)
