"""The Edit menu."""

from segdesk.app.catalog.reasons import why_no_annotation, why_no_image
from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.core.language import tr


def _copy_view(context: AppContext) -> None:
    context.viewer.copy_view()
    context.notices.toast(tr("Copied the view as a picture"))


def _is_drawing(context: AppContext) -> bool:
    tool = context.annotating.tool
    return tool is not None and tool.is_open


def _undo(context: AppContext) -> None:
    """Take back what was done last: a change of classes, or a step of this image."""
    if _is_drawing(context):
        context.annotating.undo()
    else:
        context.deeds.undo()


def _why_no_undo(context: AppContext) -> str | None:
    why = context.deeds.why_no_undo()
    if why is None or _is_drawing(context):
        return None
    is_open = context.annotating.document is not None
    return why if is_open else why_no_annotation(context)


def _why_no_redo(context: AppContext) -> str | None:
    why = context.deeds.why_no_redo()
    is_open = context.annotating.document is not None
    return why if why is None or is_open else why_no_annotation(context)


def _why_no_shape(context: AppContext) -> str | None:
    if context.annotating.document is None:
        return why_no_annotation(context)
    return tr("Choose a shape first") if context.shapes.chosen is None else None


def _delete(context: AppContext) -> None:
    if context.shapes.chosen is not None:
        context.shapes.remove(context.shapes.chosen)


def _change_class(context: AppContext) -> None:
    if context.shapes.chosen is not None:
        context.shapes.reclass(
            context.shapes.chosen, context.annotating.choices.class_index
        )


COMMANDS = (
    Command(
        "edit.undo",
        tr("Undo"),
        "arrow-counter-clockwise",
        tr("Edit"),
        _undo,
        ("Ctrl+Z",),
        tr("Take the last step back. A half-drawn shape loses its last point."),
        disabled_why=_why_no_undo,
    ),
    Command(
        "edit.redo",
        tr("Redo"),
        "arrow-clockwise",
        tr("Edit"),
        lambda context: context.deeds.redo(),
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        tr("Bring back the step that was taken back last."),
        disabled_why=_why_no_redo,
    ),
    Command(
        "edit.delete",
        tr("Delete shape"),
        "trash",
        tr("Edit"),
        _delete,
        ("Del",),
        tr("Delete the chosen shape; its pixels become what lies below."),
        Where.CANVAS,
        _why_no_shape,
    ),
    Command(
        "edit.change_class",
        tr("Change class of shape"),
        "tag",
        tr("Edit"),
        _change_class,
        ("Ctrl+E",),
        tr("Give the chosen shape the class that is painted."),
        disabled_why=_why_no_shape,
    ),
    Command(
        "edit.copy_view",
        tr("Copy view as picture"),
        "copy",
        tr("Edit"),
        _copy_view,
        ("Ctrl+Shift+C",),
        tr("Put what the viewer shows on the clipboard."),
        disabled_why=why_no_image,
    ),
)
