"""What is told of annotations that a change of classes left alone."""

from pathlib import Path

from segdesk.app.notices import Level, Notice
from segdesk.core.errors import StorageError


def left_out(paths: tuple[Path, ...]) -> Notice:
    """Return what is told of annotations that could not be changed."""
    return Notice(
        Level.WARNING,
        f"{len(paths)} annotations keep their old class indices.",
        f"They cannot be read: {_some(paths)}.",
        "Restore them from a copy, or draw them anew.",
    )


def not_taken_back(paths: tuple[Path, ...]) -> Notice:
    """Return what is told of annotations whose change could not be taken back."""
    return Notice(
        Level.WARNING,
        f"{len(paths)} annotations were not taken back.",
        f"They were changed since: {_some(paths)}.",
        "Check their classes.",
    )


def half_changed(root: Path, why: StorageError) -> StorageError:
    """Return what is told when a failed change of classes could not be taken back."""
    return StorageError(
        f"Nothing is written into {root.name} for now.",
        cause="A change of classes failed half-way: some annotations have the new "
        f"class indices, others the old. They were not put back: {why.cause} Copies of "
        "all of them are safe.",
        hint=f"{why.hint} Then choose Put back.",
        detail=why.detail,
    )


def taken_back() -> Notice:
    """Return what is told when a change that was not finished was taken back."""
    return Notice(
        Level.WARNING,
        "A change of classes was taken back.",
        "It was not finished. All annotations are as they were.",
        "Change the classes again.",
    )


def _some(paths: tuple[Path, ...]) -> str:
    named = ", ".join(path.name for path in paths[:3])
    more = len(paths) - 3
    return f"{named} and {more} more" if more > 0 else named
