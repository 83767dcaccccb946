"""What is wrong with the form of a batch, field by field."""

from typing import TYPE_CHECKING

from segdesk.app.batch.choice import DRAFTS
from segdesk.app.batch.finding import SourceKind
from segdesk.app.training.problems import Problem
from segdesk.core.language import tr

if TYPE_CHECKING:
    from segdesk.app.batch.form import BatchForm


def problems_of(form: "BatchForm") -> tuple[Problem, ...]:
    """Return what is wrong; what stops the batch comes first."""
    found = (
        Problem("source", "bad", _of_source(form)),
        Problem("model", "bad", _of_model(form)),
        Problem("cards", "bad", _of_cards(form)),
        Problem("into", "bad", _of_into(form)),
        Problem("into", "warn", _of_room(form)),
        Problem("into", "warn", _of_place(form)),
    )
    return tuple(one for one in found if one.words)


def _of_source(form: "BatchForm") -> str:
    if form.source is None:
        return tr("Choose the images first")
    if form.failure is not None:
        return form.failure.cause.rstrip(".") or form.failure.message.rstrip(".")
    return ""


def _of_model(form: "BatchForm") -> str:
    return "" if form.models else tr("No model is ready: add one in the models panel")


def _of_cards(form: "BatchForm") -> str:
    if not form.choice.cards:
        return tr("Choose what is written")
    kinds = {source.kind for source in form.doors.sources()}
    if DRAFTS in form.choice.cards and SourceKind.PROJECT not in kinds:
        return tr("Drafts need an open project")
    return ""


def _of_into(form: "BatchForm") -> str:
    facts = form.facts
    if not form.choice.keeps_files or facts is None:
        return ""
    if facts.why_not:
        return facts.why_not
    if facts.of_other and not form.overwrite:
        return tr("The folder holds results of {model}", model=facts.of_other)
    return ""


def _of_room(form: "BatchForm") -> str:
    facts, estimate = form.facts, form.estimate
    if facts is None or estimate is None or facts.free_bytes is None:
        return ""
    if estimate.size_bytes > facts.free_bytes:
        return tr("The disk may have too little room")
    return ""


def _of_place(form: "BatchForm") -> str:
    source, into = form.source, form.into
    if source is None or into is None or not form.choice.keeps_files:
        return ""
    images = source.path.parent if source.kind is SourceKind.LIST else source.path
    return tr("Results go among the images") if into == images else ""
