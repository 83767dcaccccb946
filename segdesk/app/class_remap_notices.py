"""What is told of annotations that a change of classes left alone."""

from pathlib import Path

from segdesk.app.notices import Level, Notice


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


def _some(paths: tuple[Path, ...]) -> str:
    named = ", ".join(path.name for path in paths[:3])
    more = len(paths) - 3
    return f"{named} and {more} more" if more > 0 else named
