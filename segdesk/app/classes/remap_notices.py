"""What is told of annotations that a change of classes left alone."""

from pathlib import Path

from segdesk.app.notices import Level, Notice
from segdesk.core.errors import StorageError
from segdesk.core.language import joined, tr


def left_out(paths: tuple[Path, ...]) -> Notice:
    """Return what is told of annotations that could not be changed."""
    return Notice(
        Level.WARNING,
        tr("{paths} annotations keep their old class indices.", paths=len(paths)),
        tr("They cannot be read: {some}.", some=_some(paths)),
        tr("Restore them from a copy, or draw them anew."),
    )


def not_taken_back(paths: tuple[Path, ...]) -> Notice:
    """Return what is told of annotations whose change could not be taken back."""
    return Notice(
        Level.WARNING,
        tr("{paths} annotations were not taken back.", paths=len(paths)),
        tr("They were changed since: {some}.", some=_some(paths)),
        tr("Check their classes."),
    )


def half_changed(root: Path, why: StorageError) -> StorageError:
    """Return what is told when a failed change of classes could not be taken back."""
    return StorageError(
        tr("Nothing is written into {name} for now.", name=root.name),
        cause=tr(
            "A change of classes failed half-way: some annotations "
            "have the new class indices, others the old. They were not "
            "put back: {cause} Copies of all of them are safe.",
            cause=why.cause,
        ),
        hint=tr("{hint} Then choose Put back.", hint=why.hint),
        detail=why.detail,
    )


def taken_back() -> Notice:
    """Return what is told when a change that was not finished was taken back."""
    return Notice(
        Level.WARNING,
        tr("A change of classes was taken back."),
        tr("It was not finished. All annotations are as they were."),
        tr("Change the classes again."),
    )


def _some(paths: tuple[Path, ...]) -> str:
    named = joined(", ", (path.name for path in paths[:3]))
    more = len(paths) - 3
    return tr("{named} and {more} more", named=named, more=more) if more > 0 else named
