"""Promptable models in the Model menu."""

from segdesk.app.commands import Command
from segdesk.core.language import tr

COMMANDS: tuple[Command, ...] = (
    Command(
        "prompt.models",
        tr("Promptable models"),
        "sparkle",
        tr("Model"),
        lambda context: context.window.show_promptable(),
        (),
        tr("Choose the model behind the prompt tool, and see which files fit."),
    ),
)
