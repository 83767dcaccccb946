"""The File menu."""

from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.core.paths import resource_path

_NO_FILES = "Open images first"


def _open_files(context: AppContext) -> None:
    paths = context.dialogs.choose_images()
    if paths:
        context.opening.open_paths(paths)


def _open_folder(context: AppContext) -> None:
    folder = context.dialogs.choose_folder("Open folder")
    if folder:
        context.opening.open_paths((folder,))


def open_sample(context: AppContext) -> None:
    """Show the sample images and load the sample model."""
    context.opening.open_paths((resource_path("sample", "images"),))
    context.shelf.load_sample()


def _next(context: AppContext) -> None:
    context.opening.next()


def _previous(context: AppContext) -> None:
    context.opening.previous()


def _close(context: AppContext) -> None:
    context.opening.close()
    context.window.show_welcome()


def _filter(context: AppContext) -> None:
    context.window.show_dock("files")
    context.window.focus_filter()


def _reveal(context: AppContext) -> None:
    image = context.session.image
    if image:
        context.dialogs.reveal(image.path)


def _quit(context: AppContext) -> None:
    context.window.close()


def _why_no_files(context: AppContext) -> str | None:
    return None if context.session.files.paths else _NO_FILES


def _why_no_next(context: AppContext) -> str | None:
    if context.opening.wanted is None:
        return _NO_FILES
    last = len(context.session.files.paths) - 1
    return None if context.opening.wanted < last else "This is the last image"


def _why_no_previous(context: AppContext) -> str | None:
    if context.opening.wanted is None:
        return _NO_FILES
    return None if context.opening.wanted > 0 else "This is the first image"


def _why_no_image(context: AppContext) -> str | None:
    return None if context.session.image else "Open an image first"


COMMANDS = (
    Command(
        "file.open_files",
        "Open files",
        "image",
        "File",
        _open_files,
        ("Ctrl+O",),
        "Choose one image or several. One image opens the folder round it.",
    ),
    Command(
        "file.open_folder",
        "Open folder",
        "folder-open",
        "File",
        _open_folder,
        ("Ctrl+U",),
        "Open every image in a folder and the folders inside it.",
    ),
    Command(
        "file.open_sample",
        "Try the sample",
        "sparkle",
        "File",
        open_sample,
        (),
        "Open the sample pictures with the model that comes with SegDesk.",
    ),
    Command(
        "file.next",
        "Next image",
        "caret-right",
        "File",
        _next,
        ("D", "PgDown"),
        "Show the next image of the list.",
        Where.CANVAS,
        _why_no_next,
    ),
    Command(
        "file.previous",
        "Previous image",
        "caret-left",
        "File",
        _previous,
        ("A", "PgUp"),
        "Show the previous image of the list.",
        Where.CANVAS,
        _why_no_previous,
    ),
    Command(
        "file.filter",
        "Filter files",
        "funnel-simple",
        "File",
        _filter,
        ("Ctrl+F", "/"),
        "Show only files whose name holds some text.",
        disabled_why=_why_no_files,
    ),
    Command(
        "file.reveal",
        "Show in folder",
        "folder-notch-open",
        "File",
        _reveal,
        (),
        "Open the folder that holds the image.",
        disabled_why=_why_no_image,
    ),
    Command(
        "file.close",
        "Close images",
        "x",
        "File",
        _close,
        ("Ctrl+W",),
        "Close all open images. Nothing on disk changes.",
        disabled_why=_why_no_files,
    ),
    Command(
        "app.quit",
        "Quit",
        "sign-out",
        "File",
        _quit,
        ("Ctrl+Q",),
        "Close SegDesk.",
    ),
)
