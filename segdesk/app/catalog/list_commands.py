"""The list of the files: how it is divided, sorted and shown."""

from collections.abc import Callable

from segdesk.app.catalog.reasons import why_no_files
from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.core.language import tr


def _split(context: AppContext) -> None:
    found = context.dialogs.ask_split(context.projects)
    if found is not None:
        context.projects.keep_split(*found)
        if not (context.projects.store and context.projects.store.is_project):
            context.projects.make()


def _why_no_split(context: AppContext) -> str | None:
    why = why_no_files(context)
    if why is None and context.projects.project is None:
        return tr("The folder is being read")
    if why is None and context.projects.read_only is not None:
        return tr("This folder is read-only")
    return why


def _sort_by(order: str) -> Command:
    def sort(context: AppContext) -> None:
        context.settings.update(files_order=order)

    def is_on(context: AppContext) -> bool:
        return context.settings.preferences.files_order == order

    title, tip = _ORDERS[order]
    return Command(
        f"file.sort_{order}",
        title,
        "sort-ascending",
        tr("File"),
        sort,
        (),
        tip,
        checked=is_on,
    )


def _toggle_filters(context: AppContext) -> None:
    shown = context.settings.preferences.files_filters
    context.settings.update(files_filters=not shown)
    if not shown:
        context.window.show_dock("files")


def _shows_filters(context: AppContext) -> bool:
    return context.settings.preferences.files_filters


def _toggle_grid(context: AppContext) -> None:
    is_grid = context.settings.preferences.files_grid
    context.settings.update(files_grid=not is_grid)
    context.window.show_dock("files")


def _is_grid(context: AppContext) -> bool:
    return context.settings.preferences.files_grid


def _leap(context: AppContext, way: int) -> None:
    last = len(context.session.files.paths) - 1
    now = context.opening.wanted
    if now is not None:
        context.opening.show(min(last, max(0, now + way)))


def _why_no_leap(way: int) -> Callable[[AppContext], str | None]:
    def why(context: AppContext) -> str | None:
        now = context.opening.wanted
        if now is None:
            return why_no_files(context)
        if way < 0:
            return None if now > 0 else tr("This is the first image")
        last = len(context.session.files.paths) - 1
        return None if now < last else tr("This is the last image")

    return why


_ORDERS = {
    "name": (tr("Sort by name"), tr("Numbers in names count as numbers.")),
    "status": (
        tr("Sort by status"),
        tr("Unlabelled first, then drafts, done, needs review."),
    ),
    "size": (tr("Sort by size"), tr("The largest files first.")),
    "date": (tr("Sort by date"), tr("The files that were changed last come first.")),
}

COMMANDS = (
    Command(
        "file.next_ten",
        tr("Ten images on"),
        "caret-right",
        tr("File"),
        lambda context: _leap(context, 10),
        (),
        tr("Leap ten images forward, or to the last one."),
        Where.CANVAS,
        _why_no_leap(10),
    ),
    Command(
        "file.previous_ten",
        tr("Ten images back"),
        "caret-left",
        tr("File"),
        lambda context: _leap(context, -10),
        (),
        tr("Leap ten images back, or to the first one."),
        Where.CANVAS,
        _why_no_leap(-10),
    ),
    *(_sort_by(order) for order in _ORDERS),
    Command(
        "file.filters",
        tr("Show filters"),
        "funnel-simple",
        tr("File"),
        _toggle_filters,
        (),
        tr("Filter the files by class, split and size."),
        checked=_shows_filters,
    ),
    Command(
        "file.grid",
        tr("Files as a grid"),
        "squares-four",
        tr("File"),
        _toggle_grid,
        (),
        tr("Show the files as larger thumbnails beside each other."),
        checked=_is_grid,
    ),
    Command(
        "file.split",
        tr("Split images"),
        "git-branch",
        tr("File"),
        _split,
        (),
        tr("Divide the images into training, validation and test."),
        disabled_why=_why_no_split,
    ),
)
