"""Taking a proposal over, as the Model menu and the bar over the picture do it."""

from segdesk.app.catalog.reasons import why_not_accepting
from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.app.tools.pointer import Key
from segdesk.core.language import tr


def _accept_all(context: AppContext) -> None:
    tool = context.annotating.tool
    if tool is not None and tool.is_open and context.annotating.key(Key.ENTER):
        return
    if context.review.working.on_screen is not None:
        context.review.working.accept()
    elif _why_no_enter(context) is None:
        context.accepting.accept_all()


def _why_no_enter(context: AppContext) -> str | None:
    tool = context.annotating.tool
    if tool is not None and tool.is_open:
        return None
    if context.review.working.on_screen is not None:
        return context.review.working.why_not_accept()
    return why_not_accepting(context) or _why_nothing_left(context)


def _why_nothing_left(context: AppContext) -> str | None:
    if not context.accepting.is_all_accepted:
        return None
    at_least = context.session.view.min_confidence
    return tr("All from confidence {at_least:.2f} on is accepted", at_least=at_least)


def proposed_classes(context: AppContext) -> tuple[int, ...]:
    """Return the model's classes that the selected class takes."""
    chosen = context.session.view.selected_class
    return () if chosen is None else context.accepting.mapping.takers(chosen)


def _accept_class(context: AppContext) -> None:
    indices = proposed_classes(context)
    if indices:
        context.accepting.accept_class(*indices)


def _why_no_class(context: AppContext) -> str | None:
    why = why_not_accepting(context)
    if why:
        return why
    if not proposed_classes(context):
        return tr("The model does not know the selected class")
    return None


COMMANDS = (
    Command(
        "model.accept_all",
        tr("Accept all"),
        "check",
        tr("Model"),
        _accept_all,
        ("Return", "Enter"),
        tr("Take over all that is proposed. An open shape is closed first."),
        Where.CANVAS,
        _why_no_enter,
    ),
    Command(
        "model.accept_class",
        tr("Accept class"),
        "palette",
        tr("Model"),
        _accept_class,
        ("Shift+Return", "Shift+Enter"),
        tr("Take over what is proposed for the selected class."),
        Where.CANVAS,
        _why_no_class,
    ),
)
