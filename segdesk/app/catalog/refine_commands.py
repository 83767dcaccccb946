"""What is done to a whole class: fill holes, grow, shrink, smooth, clean."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from segdesk.app.catalog.reasons import why_no_painting
from segdesk.app.commands import Command
from segdesk.app.context import AppContext
from segdesk.app.tools.refining import REFINEMENTS, Refinement
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.language import tr


def _why_not(context: AppContext) -> str | None:
    why = why_no_painting(context)
    if why is None and context.annotating.choices.class_index == IGNORE_INDEX:
        return tr("Select a class first")
    return why


def _named(context: AppContext, refinement: Refinement) -> Refinement:
    """Return the question with the name of the class that it is about."""
    classes, index = context.session.classes, context.annotating.choices.class_index
    if classes is None or index >= len(classes):
        return refinement
    name = classes.names[index]
    return replace(refinement, tip=refinement.tip.replace("the selected class", name))


def _run(refinement: Refinement) -> Callable[[AppContext], None]:
    def run(context: AppContext) -> None:
        amount: int | None = 0
        if refinement.amount:
            trying = context.refining.trying
            tried = partial(trying.show, refinement)
            amount = context.dialogs.ask_number(_named(context, refinement), tried)
            trying.hide()
        if amount is not None:
            context.refining.refine(refinement, amount)

    return run


COMMANDS = tuple(
    Command(
        f"class.{refinement.id}",
        refinement.title,
        refinement.icon,
        tr("Tools"),
        _run(refinement),
        (),
        refinement.tip,
        disabled_why=_why_not,
    )
    for refinement in REFINEMENTS
)
