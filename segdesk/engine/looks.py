"""The ways to look at an image when it is predicted several times."""

from dataclasses import dataclass
from typing import Final

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.jobs.specs import Tta

_SMALLEST, _LARGEST, _MOST = 0.1, 4.0, 8


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at an image.

    Parameters
    ----------
    scale
        Size relative to the one that the model's test pipeline gives the image.
    mirrored
        Left and right are exchanged.
    """

    scale: float = 1.0
    mirrored: bool = False


PLAIN: Final = Look()


def looks_of(tta: Tta | None) -> tuple[Look, ...]:
    """Return every look that a test-time augmentation asks for, in mmseg's order.

    Raises
    ------
    InputError
        A scale is too small or too large, or there are too many or none.
    """
    if tta is None:
        return (PLAIN,)
    scales = tuple(dict.fromkeys(tta.scales))
    wrong = [scale for scale in scales if not _SMALLEST <= scale <= _LARGEST]
    if wrong or not 0 < len(scales) <= _MOST:
        raise InputError(
            tr("The image was not predicted."),
            cause=tr("A scale is {wrong:g}.", wrong=wrong[0])
            if wrong
            else tr("There are {scales} scales.", scales=len(scales)),
            hint=tr(
                "Give 1 to {most} scales from {smallest} to {largest:g}.",
                most=_MOST,
                smallest=_SMALLEST,
                largest=_LARGEST,
            ),
        )
    sides = (False, True) if tta.flip else (False,)
    return tuple(Look(scale, mirrored) for scale in scales for mirrored in sides)
