"""The commands, one file for each menu."""

from segdesk.app.catalog import (
    edit_commands,
    file_commands,
    help_commands,
    model_commands,
    view_commands,
)
from segdesk.app.commands import CommandRegistry


def all_commands() -> CommandRegistry:
    """Return a registry with every command of the program."""
    registry = CommandRegistry()
    registry.add(*file_commands.COMMANDS)
    registry.add(*edit_commands.COMMANDS)
    registry.add(*view_commands.COMMANDS)
    registry.add(*model_commands.COMMANDS)
    registry.add(*help_commands.COMMANDS)
    return registry
