"""The list of the files: how it is divided, sorted and shown."""

from segdesk.app.catalog.reasons import why_no_files
from segdesk.app.commands import Command
from segdesk.app.context import AppContext


def _split(context: AppContext) -> None:
    found = context.dialogs.ask_split(context.projects)
    if found is not None:
        context.projects.keep_split(*found)
        if not (context.projects.store and context.projects.store.is_project):
            context.projects.make()


def _why_no_split(context: AppContext) -> str | None:
    why = why_no_files(context)
    if why is None and context.projects.project is None:
        return "The folder is being read"
    if why is None and context.projects.read_only is not None:
        return "This folder is read-only"
    return why


COMMANDS = (
    Command(
        "file.split",
        "Split images",
        "git-branch",
        "File",
        _split,
        (),
        "Divide the images into training, validation and test.",
        disabled_why=_why_no_split,
    ),
)
