"""The card of a model that comes into the library."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from segdesk.core.classes import ClassList
from segdesk.core.errors import ClassesUnknownError, InputError
from segdesk.core.language import tr
from segdesk.jobs.events import ModelFacts
from segdesk.library.calibrations import calibration_beside
from segdesk.library.model_card import ModelCard
from segdesk.library.model_files import checkpoint_name, config_name
from segdesk.library.sources import Candidate

if TYPE_CHECKING:
    from segdesk.library.model_library import AddRequest


def agreed_classes(
    request: "AddRequest", facts: ModelFacts, found: Candidate
) -> ClassList | None:
    """Return what the labels of a new model mean: the user's word, else its own.

    Raises
    ------
    ClassesUnknownError
        Nobody says it, and the request wants to know it.
    InputError
        The user names another number of classes than the model has.
    """
    name = found.checkpoint.name
    classes = request.classes or facts.classes
    if classes is None and not request.keep_unnamed:
        raise ClassesUnknownError(
            tr("{name} was not added.", name=name),
            cause=tr(
                "It predicts {num_classes} classes and names none of them.",
                num_classes=facts.num_classes,
            ),
            hint=tr(
                "Name them: `--classes FILE`, one name on each line, index 0 first."
            ),
        )
    if classes and facts.num_classes and len(classes) != facts.num_classes:
        raise wrong_count(name, len(classes), facts.num_classes)
    return classes


def wrong_count(name: str, named: int, predicted: int) -> InputError:
    """Return the error for a number of names that is not the model's."""
    return InputError(
        tr("{name} was not added.", name=name),
        cause=tr(
            "{named} classes are named, the model predicts {predicted}.",
            named=named,
            predicted=predicted,
        ),
        hint=tr("Give one name for each class, index 0 first."),
    )


def new_card(
    request: "AddRequest",
    facts: ModelFacts,
    found: Candidate,
    classes: ClassList | None,
    name: str,
) -> ModelCard:
    """Return the card of a model that is being added; its id comes later."""
    return ModelCard(
        id="incoming",
        name=name,
        architecture=facts.architecture,
        classes=classes,
        num_classes=facts.num_classes,
        checkpoint=checkpoint_name(found.checkpoint),
        config=config_name(found.checkpoint) if facts.config_text else "",
        sha256=facts.sha256,
        size_bytes=facts.checkpoint_bytes,
        input_size=facts.input_size,
        dataset=facts.dataset or request.dataset,
        metrics=facts.metrics or request.metrics,
        origin=request.origin or str(found.checkpoint),
        licence=request.licence,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        parameters=facts.parameters,
        missing_ops=facts.missing_ops,
        problem=facts.problem,
        calibration=calibration_beside(found.checkpoint),
    )
