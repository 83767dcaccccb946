"""What somebody else says of an image: another model, or the same one mirrored."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.engine.order import RawPrediction
from segdesk.engine.predictor import Predictor

if TYPE_CHECKING:
    from segdesk.jobs.events import Noted
    from segdesk.jobs.specs import BatchSpec

Labels = NDArray[np.uint8]
# Takes (H, W, 3) RGB and what raises to cancel; gives (H, W) class indices.
Opinion = Callable[[NDArray[np.uint8], Callable[[], None]], Labels]


@dataclass(frozen=True, slots=True)
class TwoOpinions(RawPrediction):
    """A prediction with another opinion of the same image.

    Parameters
    ----------
    other
        (H, W), class indices.
    """

    other: Labels | None = None


def beside(raw: RawPrediction, other: Labels) -> TwoOpinions:
    """Put another opinion beside a prediction."""
    known = {field.name: getattr(raw, field.name) for field in fields(RawPrediction)}
    return TwoOpinions(**known, other=other)


def other_of(raw: RawPrediction) -> Labels | None:
    """Return the other opinion; None: there is none."""
    return raw.other if isinstance(raw, TwoOpinions) else None


def opinion_for(spec: "BatchSpec", predictor: Predictor) -> Opinion | None:
    """Return what gives the other opinion for a batch; None: it asks for none.

    Raises
    ------
    InputError
        When the other model shares no class with the model.
    SegDeskError
        As `Predictor`, when the other model cannot be loaded.
    """
    if "review" not in spec.save:
        return None
    if spec.other is None:
        return _mirrored(predictor, spec)
    other = Predictor(
        spec.other, device=spec.device, precision=spec.precision, note=_unsaid
    )
    table = _table(other.built.classes, predictor.built.classes, spec.other.id)

    def say(pixels: NDArray[np.uint8], check: Callable[[], None]) -> Labels:
        found = other.predict(
            pixels, confidence=False, windows=spec.windows, check=check
        )
        return table[found.labels]

    return say


def _mirrored(predictor: Predictor, spec: "BatchSpec") -> Opinion:
    def say(pixels: NDArray[np.uint8], check: Callable[[], None]) -> Labels:
        found = predictor.predict(
            np.ascontiguousarray(pixels[:, ::-1]),
            confidence=False,
            windows=spec.windows,
            check=check,
        )
        return np.ascontiguousarray(found.labels[:, ::-1])

    return say


def _table(other: ClassList, own: ClassList, name: str) -> Labels:
    """Return the model's index of each of the other's labels, matched by name."""
    wanted = {one.casefold(): index for index, one in enumerate(own.names)}
    table = np.full(256, IGNORE_INDEX, np.uint8)
    for index, one in enumerate(other.names):
        table[index] = wanted.get(one.casefold(), IGNORE_INDEX)
    if (table == IGNORE_INDEX).all():
        raise InputError(
            tr("The images were not ranked."),
            cause=tr(
                "{name} knows {other}, and the model {own}: no class in common.",
                name=name,
                other=", ".join(other.names),
                own=", ".join(own.names),
            ),
            hint=tr("Choose two models of the same classes."),
        )
    return table


def _unsaid(_note: "Noted") -> None:
    """Say nothing: the first model says what there is to say of the device."""
