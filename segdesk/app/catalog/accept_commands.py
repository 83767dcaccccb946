"""Taking a proposal over, as the Model menu and the bar over the picture do it."""

from segdesk.app.catalog.reasons import why_not_accepting
from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.app.tools.pointer import Key


def _accept_all(context: AppContext) -> None:
    tool = context.annotating.tool
    if tool is not None and tool.is_open and context.annotating.key(Key.ENTER):
        return
    if why_not_accepting(context) is None:
        context.accepting.accept_all()


def _why_no_enter(context: AppContext) -> str | None:
    tool = context.annotating.tool
    if tool is not None and tool.is_open:
        return None
    return why_not_accepting(context)


def proposed_class(context: AppContext) -> int | None:
    """Return the model's index of the selected class; None where it has none."""
    proposal, classes = context.session.proposal, context.session.classes
    chosen = context.session.view.selected_class
    if proposal is None or classes is None or chosen is None:
        return None
    if chosen >= len(classes):
        return None
    wanted = classes.names[chosen].strip().casefold()
    names = [name.strip().casefold() for name in proposal.prediction.classes.names]
    return names.index(wanted) if wanted in names else None


def _accept_class(context: AppContext) -> None:
    index = proposed_class(context)
    if index is not None:
        context.accepting.accept_class(index)


def _why_no_class(context: AppContext) -> str | None:
    why = why_not_accepting(context)
    if why:
        return why
    if proposed_class(context) is None:
        return "The model does not know the selected class"
    return None


COMMANDS = (
    Command(
        "model.accept_all",
        "Accept all",
        "check",
        "Model",
        _accept_all,
        ("Return", "Enter"),
        "Take over all that is proposed. An open shape is closed first.",
        Where.CANVAS,
        _why_no_enter,
    ),
    Command(
        "model.accept_class",
        "Accept class",
        "palette",
        "Model",
        _accept_class,
        ("Shift+Return", "Shift+Enter"),
        "Take over what is proposed for the selected class.",
        Where.CANVAS,
        _why_no_class,
    ),
)
