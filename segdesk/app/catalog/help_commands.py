"""The Help menu, and what belongs to no other."""

from segdesk.app.commands import Command
from segdesk.app.context import AppContext
from segdesk.core.language import tr
from segdesk.core.paths import user_log_dir


def _logs(context: AppContext) -> None:
    folder = user_log_dir()
    folder.mkdir(parents=True, exist_ok=True)
    context.dialogs.reveal(folder)


COMMANDS = (
    Command(
        "app.commands",
        tr("Search commands"),
        "magnifying-glass",
        tr("Help"),
        lambda context: context.window.show_palette(),
        ("Ctrl+K", "Ctrl+Shift+P"),
        tr("Find any command, file or class by its name."),
    ),
    Command(
        "app.keys",
        tr("Keys"),
        "keyboard",
        tr("Help"),
        lambda context: context.window.show_keys(),
        ("Ctrl+/",),
        tr("Show every command with its keys, and change them."),
    ),
    Command(
        "app.jobs",
        tr("Jobs"),
        "activity",
        tr("View"),
        lambda context: context.window.show_dock("jobs"),
        ("Ctrl+J",),
        tr("Show what runs, how far it is, and its log."),
    ),
    Command(
        "app.welcome",
        tr("Welcome page"),
        "house",
        tr("Help"),
        lambda context: context.window.show_welcome(),
        (),
        tr("Show the first page with recent folders."),
    ),
    Command(
        "help.logs",
        tr("Show log files"),
        "file-text",
        tr("Help"),
        _logs,
        (),
        tr("Open the folder of SegDesk's log files."),
    ),
    Command(
        "app.about",
        tr("About SegDesk"),
        "question",
        tr("Help"),
        lambda context: context.window.show_about(),
        ("F1",),
        tr("Show version, licences and folders."),
    ),
)
