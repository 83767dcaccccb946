"""What is done to classes."""

from segdesk.app.catalog.reasons import why_no_class, why_no_classes
from segdesk.app.classes.question import ClassQuestion
from segdesk.app.classes.visibility import show_all, toggle_class
from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.core.class_remap import heir_of
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.language import plural, tr


def holding(context: AppContext, index: int) -> int:
    """Return how many annotations hold a class, as far as they are known."""
    project = context.projects.project
    if project is None:
        return 0
    return sum(index in facts.classes for facts in project.items.values())


def delete_class(context: AppContext, index: int) -> None:
    """Ask, then drop a class from the project and from all annotations."""
    classes = context.session.classes
    if classes is None or index >= len(classes):
        return
    name, heir = classes.names[index], heir_of(classes, index)
    others = [other for other in range(len(classes)) if other not in (index, heir)]
    offered = (heir, *others, *(() if heir == IGNORE_INDEX else (IGNORE_INDEX,)))
    question = ClassQuestion(
        tr("Delete {name}?", name=name),
        _held(context, index, name),
        tr("Its pixels become"),
        classes,
        offered,
        tr("Delete class"),
        is_loss=True,
    )
    into = context.dialogs.ask_class(question)
    if into is not None:
        _adopt(context)
        context.class_remapping.delete(index, into)


def merge_classes(context: AppContext, index: int, into: int) -> None:
    """Ask, then give the pixels of one class to another and drop the first."""
    classes = context.session.classes
    if classes is None or max(index, into) >= len(classes):
        return
    name, other = classes.names[index], classes.names[into]
    detail = tr(
        "{held} Their pixels become {other}.",
        held=_held(context, index, name),
        other=other,
    )
    if context.dialogs.confirm(
        tr("Merge {name} into {other}?", name=name, other=other),
        detail,
        tr("Merge classes"),
    ):
        _adopt(context)
        context.class_remapping.merge(index, into)


def move_class(context: AppContext, index: int, place: int) -> None:
    """Put a class at another place of the list; its index changes everywhere."""
    classes = context.session.classes
    if classes is None or index == place:
        return
    order = [each for each in range(len(classes)) if each != index]
    order.insert(place, index)
    if order != list(range(len(classes))):
        _adopt(context)
        context.class_remapping.reorder(tuple(order))


def why_not_remapped(context: AppContext) -> str | None:
    """Return why classes cannot change their indices now."""
    why = context.class_editing.why_fixed()
    if why is None and context.class_remapping.is_busy:
        return tr("Classes are being changed already")
    return why


def _adopt(context: AppContext) -> None:
    """Make the classes the project's own, when they are a model's so far."""
    project, classes = context.projects.project, context.session.classes
    if project is not None and project.classes is None and classes is not None:
        context.projects.set_classes(classes, frozenset())


def _held(context: AppContext, index: int, name: str) -> str:
    held, total = holding(context, index), len(context.projects.items)
    if not held:
        return tr("None of {total:,} images holds {name}.", total=total, name=name)
    return plural(
        held,
        "{n:,} of {total:,} images holds {name}.",
        "{n:,} of {total:,} images hold {name}.",
        total=total,
        name=name,
    )


def _why_no_delete(context: AppContext) -> str | None:
    return why_no_class(context) or why_not_remapped(context)


def _selected(context: AppContext) -> int:
    return context.session.view.selected_class or 0


def _add(context: AppContext) -> None:
    context.window.name_class(None)


def _rename(context: AppContext) -> None:
    context.window.name_class(_selected(context))


def _lock(context: AppContext) -> None:
    context.class_editing.toggle_lock(_selected(context))


def _is_locked(context: AppContext) -> bool:
    return context.session.view.selected_class in context.class_editing.locked


def _why_fixed(context: AppContext) -> str | None:
    return context.class_editing.why_fixed()


def _write_colours(context: AppContext) -> None:
    _adopt(context)
    context.class_remapping.write_colours()


def _why_no_colours(context: AppContext) -> str | None:
    if context.session.classes is None:
        return tr("There are no classes yet")
    return why_not_remapped(context)


def _hide(context: AppContext) -> None:
    index = context.session.view.selected_class
    if index is not None:
        toggle_class(context.session, index)


def _why_not_hidden(context: AppContext) -> str | None:
    why = why_no_classes(context)
    if why is None and context.session.view.selected_class is None:
        return tr("Select a class first")
    return why


def _is_hidden(context: AppContext) -> bool:
    view = context.session.view
    return view.selected_class is not None and not view.draws(view.selected_class)


def _why_no_undo(context: AppContext) -> str | None:
    return context.deeds.why_no_class_undo() or why_not_remapped(context)


COMMANDS = (
    Command(
        "view.hide_class",
        tr("Hide class"),
        "eye-slash",
        tr("View"),
        _hide,
        (),
        tr("Do not draw the selected class, or draw it again."),
        Where.CANVAS,
        _why_not_hidden,
        _is_hidden,
    ),
    Command(
        "view.show_classes",
        tr("Show all classes"),
        "eye",
        tr("View"),
        lambda context: show_all(context.session),
        (),
        tr("Draw every class again."),
        Where.CANVAS,
        why_no_classes,
    ),
    Command(
        "class.add",
        tr("Add class"),
        "plus",
        tr("Tools"),
        _add,
        ("N",),
        tr("Name a new class. It gets the next free colour."),
        Where.CANVAS,
        _why_fixed,
    ),
    Command(
        "class.rename",
        tr("Rename class"),
        "pencil-simple",
        tr("Tools"),
        _rename,
        ("F2",),
        tr("Give the selected class another name."),
        Where.CANVAS,
        why_no_class,
    ),
    Command(
        "class.lock",
        tr("Lock class"),
        "lock-simple",
        tr("Tools"),
        _lock,
        ("L",),
        tr("Painting neither adds to a locked class nor takes of it."),
        Where.CANVAS,
        why_no_class,
        _is_locked,
    ),
    Command(
        "class.delete",
        tr("Delete class"),
        "trash",
        tr("Tools"),
        lambda context: delete_class(context, _selected(context)),
        (),
        tr("Drop the selected class from all annotations of the project."),
        disabled_why=_why_no_delete,
    ),
    Command(
        "class.write_colours",
        tr("Write colours into files"),
        "palette",
        tr("Tools"),
        _write_colours,
        (),
        tr(
            "Give all saved annotations the colours of the classes, for other programs."
        ),
        disabled_why=_why_no_colours,
    ),
    Command(
        "class.undo_change",
        tr("Take class change back"),
        "arrow-counter-clockwise",
        tr("Tools"),
        lambda context: context.deeds.undo_classes(),
        (),
        tr("Undo the last change of classes. What was painted since stays."),
        disabled_why=_why_no_undo,
    ),
)
