"""The commands, one file for each menu."""

from segdesk.app.catalog import (
    accept_commands,
    batch_commands,
    class_commands,
    doubt_commands,
    edit_commands,
    evaluation_commands,
    explain_commands,
    file_commands,
    help_commands,
    list_commands,
    model_commands,
    prompt_commands,
    refine_commands,
    review_commands,
    run_commands,
    scribble_commands,
    settings_commands,
    tool_commands,
    tour_commands,
    training_commands,
    video_commands,
    view_commands,
)
from segdesk.app.commands import CommandRegistry


def all_commands() -> CommandRegistry:
    """Return a registry with every command of the program."""
    registry = CommandRegistry()
    registry.add(*file_commands.COMMANDS)
    registry.add(*list_commands.COMMANDS)
    registry.add(*edit_commands.COMMANDS)
    registry.add(*view_commands.COMMANDS)
    registry.add(*tool_commands.COMMANDS)
    registry.add(*scribble_commands.COMMANDS)
    registry.add(*class_commands.COMMANDS)
    registry.add(*refine_commands.COMMANDS)
    registry.add(*model_commands.COMMANDS)
    registry.add(*batch_commands.COMMANDS)
    registry.add(*training_commands.COMMANDS)
    registry.add(*run_commands.COMMANDS)
    registry.add(*review_commands.COMMANDS)
    registry.add(*video_commands.COMMANDS)
    registry.add(*accept_commands.COMMANDS)
    registry.add(*doubt_commands.COMMANDS)
    registry.add(*evaluation_commands.COMMANDS)
    registry.add(*explain_commands.COMMANDS)
    registry.add(*prompt_commands.COMMANDS)
    registry.add(*tour_commands.COMMANDS)
    registry.add(*settings_commands.COMMANDS)
    registry.add(*help_commands.COMMANDS)
    return registry
