"""Scribbles in the Tools menu: following the pen, clearing, other images."""

from segdesk.app.catalog.reasons import why_no_painting
from segdesk.app.catalog.tool_commands import set_option
from segdesk.app.commands import Command
from segdesk.app.context import AppContext
from segdesk.core.language import plural, tr

_CATEGORY = tr("Tools")


def _toggle_live(context: AppContext) -> None:
    options = context.annotating.choices.options
    set_option(context, "scribble_live", not options.scribble_live)


def _toggle_deep(context: AppContext) -> None:
    options = context.annotating.choices.options
    set_option(context, "scribble_deep", not options.scribble_deep)


def _why_no_deep(context: AppContext) -> str | None:
    return None if context.predicting.is_ready else tr("Load a model first")


def _why_no_scribbles(context: AppContext) -> str | None:
    why = why_no_painting(context)
    if why is None and not context.scribbling.book.scribbles:
        return tr("There are no scribbles here")
    return why


def _apply(context: AppContext) -> None:
    count = len(context.scribbling.applying.items)
    question = plural(
        count,
        "Make a draft of {n} image?",
        "Make drafts of {n} images?",
    )
    detail = tr(
        "What the scribbles of this image say of colours and edges labels the images "
        "of the list that have no annotation. Nothing that exists is changed."
    )
    if context.dialogs.confirm(question, detail, tr("Make drafts"), "pencil-line"):
        context.scribbling.applying.apply()


COMMANDS = (
    Command(
        "scribble.live",
        tr("Result follows scribbles"),
        "lightning",
        _CATEGORY,
        _toggle_live,
        (),
        tr("What the scribbles mean for the whole image is shown while you draw."),
        checked=lambda context: context.annotating.choices.options.scribble_live,
    ),
    Command(
        "scribble.deep",
        tr("Scribbles use the model"),
        "cube",
        _CATEGORY,
        _toggle_deep,
        (),
        tr("Scribbles also learn from what the loaded model sees, not colours alone."),
        disabled_why=_why_no_deep,
        checked=lambda context: context.annotating.choices.options.scribble_deep,
    ),
    Command(
        "scribble.update",
        tr("Work out scribbles"),
        "arrow-clockwise",
        _CATEGORY,
        lambda context: context.scribbling.live.update(),
        (),
        tr("Propose labels for the whole image from its scribbles, now."),
        disabled_why=lambda context: (
            _why_no_scribbles(context) or context.scribbling.live.hint_of_classes
        ),
    ),
    Command(
        "scribble.apply",
        tr("Apply scribbles to other images"),
        "stack",
        _CATEGORY,
        _apply,
        (),
        tr("Make drafts of the listed images without annotation, by these scribbles."),
        disabled_why=lambda context: (
            _why_no_scribbles(context) or context.scribbling.applying.why_not()
        ),
    ),
    Command(
        "scribble.clear",
        tr("Clear scribbles"),
        "trash",
        _CATEGORY,
        lambda context: context.scribbling.book.clear(),
        (),
        tr("Take all scribbles of this image away. Undo brings them back."),
        disabled_why=_why_no_scribbles,
    ),
)
