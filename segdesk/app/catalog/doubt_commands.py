"""How unsure the model is: layers to look at, and what becomes of unsure pixels."""

from collections.abc import Callable

from segdesk.app.catalog.reasons import why_not_accepting
from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.app.view_state import Layer
from segdesk.core.language import tr


def _toggle(layer: Layer) -> Callable[[AppContext], None]:
    def toggle(context: AppContext) -> None:
        shown = context.session.view.main is layer
        context.session.update_view(main=Layer.PROPOSAL if shown else layer)

    return toggle


def _is_shown(layer: Layer) -> Callable[[AppContext], bool]:
    return lambda context: context.session.view.main is layer


def _why_no_doubt(context: AppContext) -> str | None:
    if context.session.proposal is None:
        return tr("Predict the image first")
    return None if context.predicting.is_ready else tr("Load a model first")


def _toggle_ignoring(context: AppContext) -> None:
    view = context.session.view
    context.session.update_view(ignore_unsure=not view.ignore_unsure)


def _why_not_ignoring(context: AppContext) -> str | None:
    why = why_not_accepting(context)
    if why is not None:
        return why
    proposal = context.session.proposal
    if proposal is not None and proposal.prediction.confidence is None:
        return tr("The model does not say how sure it is")
    if not context.session.view.min_confidence:
        return tr("Raise the least confidence first")
    return None


COMMANDS = (
    Command(
        "view.entropy",
        tr("Entropy"),
        "thermometer-simple",
        tr("View"),
        _toggle(Layer.ENTROPY),
        (),
        tr("Show where many classes are likely as a heat map: bright is unsure."),
        Where.CANVAS,
        _why_no_doubt,
        _is_shown(Layer.ENTROPY),
    ),
    Command(
        "view.margin",
        tr("Margin"),
        "thermometer-simple",
        tr("View"),
        _toggle(Layer.MARGIN),
        (),
        tr("Show how far the likeliest class leads as a heat map: bright is a tie."),
        Where.CANVAS,
        _why_no_doubt,
        _is_shown(Layer.MARGIN),
    ),
    Command(
        "model.ignore_unsure",
        tr("Ignore the rest"),
        "selection-slash",
        tr("Model"),
        _toggle_ignoring,
        (),
        tr("Accepting makes less sure pixels ignored (255), else it leaves them."),
        Where.CANVAS,
        _why_not_ignoring,
        lambda context: context.session.view.ignore_unsure,
    ),
)
