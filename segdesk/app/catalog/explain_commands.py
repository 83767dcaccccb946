"""Asking the loaded model for its reasons."""

from segdesk.app.commands import Command
from segdesk.core.language import tr

COMMANDS: tuple[Command, ...] = (
    Command(
        "model.explain",
        tr("Explain"),
        "lightbulb",
        tr("Model"),
        lambda context: context.window.show_explain(),
        ("Ctrl+Shift+W",),
        tr("See where the loaded model looks when it says a class, at a pixel or all."),
        disabled_why=lambda context: context.explaining.why_not(),
    ),
)
