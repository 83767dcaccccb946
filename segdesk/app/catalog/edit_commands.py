"""The Edit menu."""

from segdesk.app.commands import Command
from segdesk.app.context import AppContext


def _copy_view(context: AppContext) -> None:
    context.viewer.copy_view()
    context.notices.toast("Copied the view as a picture")


def _why_no_image(context: AppContext) -> str | None:
    return None if context.session.image else "Open an image first"


COMMANDS = (
    Command(
        "edit.copy_view",
        "Copy view as picture",
        "copy",
        "Edit",
        _copy_view,
        ("Ctrl+Shift+C",),
        "Put what the viewer shows on the clipboard.",
        disabled_why=_why_no_image,
    ),
)
