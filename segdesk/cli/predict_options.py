"""What the options of `segdesk predict` mean, or what is wrong with them."""

from pathlib import Path
from typing import get_args

from segdesk.core.errors import InputError
from segdesk.core.image_view import ImageView, Stretching
from segdesk.jobs.model_source import LARGE_IN_WINDOWS
from segdesk.jobs.specs import SaveKind, Windows

WINDOWS_HELP = (
    "Predict in overlapping windows of SIZE pixels: SIZE or SIZE:OVERLAP. "
    "[default: only images from 64 megapixels on, 1024:0.25]"
)
BANDS_HELP = (
    "Bands of TIFFs that the model sees as red, green and blue: 4,3,2; or one, as grey."
)
STRETCH_HELP = "What becomes 0 and 255 of wide numbers: range, or percentiles (2, 98)."
EACH_BAND_HELP = "Stretch each band for itself, not all alike."

_OPACITY = 0.5
_LEAST_WINDOW = 64
_MOST_OVERLAP = 0.75


def save_kinds(text: str) -> tuple[SaveKind, ...]:
    """Return what a `--save` names.

    Raises
    ------
    InputError
        A word is none of `SaveKind`, or there is no word.
    """
    words = dict.fromkeys(word.strip() for word in text.split(",") if word.strip())
    known: dict[str, SaveKind] = {kind: kind for kind in get_args(SaveKind)}
    unknown = [word for word in words if word not in known]
    if unknown or not words:
        raise InputError(
            "Nothing was predicted.",
            cause=f"--save names {unknown[0]!r}." if unknown else "--save is empty.",
            hint=f"It takes {', '.join(known)}, with commas between them.",
        )
    return tuple(known[word] for word in words)


def check_opacity(opacity: float | None) -> None:
    """Refuse an opacity that is not between 0 and 1."""
    if opacity is not None and not 0 <= opacity <= 1:
        raise InputError(
            "Nothing was predicted.",
            cause=f"--opacity is {opacity:g}.",
            hint="It goes from 0, the image alone, to 1, the colours alone.",
        )


def style_of(
    out_dir: Path, opacity: float | None, legend: bool | None
) -> tuple[float, bool]:
    """Return opacity and legend: as asked, else as in the folder already.

    Parameters
    ----------
    out_dir
        Folder of the results; earlier ones may lie there.
    opacity, legend
        None: not asked for.
    """
    from segdesk.jobs.batch_record import read_record

    record = read_record(out_dir)
    known = (record.spec.opacity, record.spec.legend) if record else (_OPACITY, False)
    return (
        known[0] if opacity is None else opacity,
        known[1] if legend is None else legend,
    )


def view_of(bands: str | None, stretch: str, *, each_band: bool = False) -> ImageView:
    """Return what `--bands`, `--stretch` and `--each-band` ask for.

    Raises
    ------
    InputError
        The bands are not one number or three from 1 on; no such stretch is known.
    """
    ways: dict[str, Stretching] = {way: way for way in get_args(Stretching)}
    if stretch not in ways:
        raise InputError(
            "Nothing was predicted.",
            cause=f"--stretch is {stretch!r}.",
            hint=f"It takes {' or '.join(ways)}.",
        )
    words = [] if bands is None else [word.strip() for word in bands.split(",")]
    numbers = tuple(int(word) - 1 for word in words if word.isdecimal())
    if len(numbers) != len(words) or len(numbers) not in {0, 1, 3} or -1 in numbers:
        raise InputError(
            "Nothing was predicted.",
            cause=f"--bands is {bands!r}.",
            hint="It takes three numbers from 1 on with commas between them, or one.",
        )
    return ImageView(numbers, ways[stretch], each_band)


def windows_of(text: str | None) -> Windows:
    """Return what a `--windows` asks for; not given: large images go in windows.

    Raises
    ------
    InputError
        It is no size, or size and overlap, that makes sense.
    """
    if text is None:
        return LARGE_IN_WINDOWS
    size, _, overlap = text.partition(":")
    try:
        windows = Windows(size=int(size), overlap=float(overlap or 0.25))
        good = windows.size >= _LEAST_WINDOW and 0 <= windows.overlap <= _MOST_OVERLAP
    except ValueError:
        good = False
    if not good:
        raise InputError(
            "Nothing was predicted.",
            cause=f"--windows is {text!r}.",
            hint=f"It takes a size from {_LEAST_WINDOW} px on, and a share of overlap "
            f"from 0 to {_MOST_OVERLAP:g}: 1024 or 1024:0.25.",
        )
    return windows
