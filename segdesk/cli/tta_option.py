"""The `--tta` of every command that predicts."""

from segdesk.core.errors import InputError
from segdesk.jobs.specs import Tta

TTA_HELP = (
    "Predict each image several times and take the mean: flip, and sizes, with commas "
    "between them: flip,0.75,1,1.25."
)


def tta_of(text: str | None) -> Tta | None:
    """Return what a `--tta` asks for; None where it was not given.

    Raises
    ------
    InputError
        A word is neither "flip" nor a number.
    """
    if text is None:
        return None
    words = [word.strip() for word in text.split(",") if word.strip()]
    scales = [word for word in words if word != "flip"]
    try:
        numbers = tuple(float(word) for word in scales)
    except ValueError:
        words = []
        numbers = ()
    if not words:
        raise InputError(
            "Nothing was predicted.",
            cause=f"--tta is {text!r}.",
            hint="It takes flip and sizes, with commas between them: flip,0.75,1,1.25.",
        )
    return Tta(flip="flip" in words, scales=numbers or (1.0,))
