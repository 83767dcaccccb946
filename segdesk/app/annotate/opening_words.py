"""What is said when an annotation is opened: refusals, and what came back."""

from segdesk.app.annotate.recovery import Recovered
from segdesk.app.notices import Level, Notice
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.language import plural, tr


def no_classes() -> SegDeskError:
    """Return the refusal of a stroke while there is no class."""
    return InputError(
        tr("Nothing was painted."),
        cause=tr("The project names no classes yet."),
        hint=tr(
            "Add a class in the classes panel, or load a model to take its classes."
        ),
    )


def being_rewritten() -> SegDeskError:
    """Return the refusal of a stroke while a job rewrites the annotations."""
    return InputError(
        tr("Nothing was begun."),
        cause=tr("Another job rewrites the annotations of this folder."),
        hint=tr("Wait until it has ended; the jobs panel shows how far it is."),
    )


def recovered_notice(one: Recovered) -> Notice:
    """Return what is said of steps that came back from the journal."""
    changes = plural(one.steps, "1 change", "{n} changes")
    if one.is_copy:
        return Notice(
            Level.WARNING,
            tr(
                "{changes} of {name} were recovered into a copy.",
                changes=changes,
                name=one.image.name,
            ),
            tr(
                "SegDesk ended before they were saved, and the annotation "
                "is another one by now. It was left alone; the copy is "
                "{written}.",
                written=one.written,
            ),
            tr("Compare the two and keep the better one."),
        )
    return Notice(
        Level.DONE,
        tr("{changes} of {name} recovered.", changes=changes, name=one.image.name),
        tr("SegDesk ended before they were saved; they are in the annotation now."),
    )
