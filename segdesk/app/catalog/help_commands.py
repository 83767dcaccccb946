"""The Help menu, and what belongs to no other."""

from segdesk.app.commands import Command
from segdesk.app.context import AppContext
from segdesk.core.paths import user_log_dir


def _logs(context: AppContext) -> None:
    folder = user_log_dir()
    folder.mkdir(parents=True, exist_ok=True)
    context.dialogs.reveal(folder)


COMMANDS = (
    Command(
        "app.commands",
        "Search commands",
        "magnifying-glass",
        "Help",
        lambda context: context.window.show_palette(),
        ("Ctrl+K", "Ctrl+Shift+P"),
        "Find any command, file or class by its name.",
    ),
    Command(
        "app.keys",
        "Keys",
        "keyboard",
        "Help",
        lambda context: context.window.show_keys(),
        ("Ctrl+/",),
        "Show every command with its keys, and change them.",
    ),
    Command(
        "app.jobs",
        "Jobs",
        "activity",
        "View",
        lambda context: context.window.show_dock("jobs"),
        ("Ctrl+J",),
        "Show what runs, how far it is, and its log.",
    ),
    Command(
        "app.welcome",
        "Welcome page",
        "house",
        "Help",
        lambda context: context.window.show_welcome(),
        (),
        "Show the first page with recent folders.",
    ),
    Command(
        "help.logs",
        "Show log files",
        "file-text",
        "Help",
        _logs,
        (),
        "Open the folder of SegDesk's log files.",
    ),
    Command(
        "app.about",
        "About SegDesk",
        "question",
        "Help",
        lambda context: context.window.show_about(),
        ("F1",),
        "Show version, licences and folders.",
    ),
)
