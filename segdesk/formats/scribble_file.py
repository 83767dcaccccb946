"""Scribbles of an image, in a JSON file beside its annotation.

`a.scribbles.json` lies beside `a.png`. Classes are told by name, so that the file means
the same when the project's classes have another order.
"""

from pathlib import Path

import msgspec

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError, StorageError
from segdesk.core.language import tr
from segdesk.core.scribbles import Scribble, Scribbles
from segdesk.core.shapes import Point
from segdesk.formats.atomic import write_atomic
from segdesk.formats.file_mark import keep_aside

SCRIBBLES_SUFFIX = ".scribbles.json"
_VERSION = 1
_DIGITS = 2  # behind the point, of a place in px


class _Stroke(msgspec.Struct, rename={"class_name": "class"}):
    class_name: str
    width: float
    places: list[float]


class _File(msgspec.Struct):
    scribbles: int
    image: str
    strokes: list[_Stroke]


def scribbles_path(mask: Path) -> Path:
    """Return where the scribbles of an image lie, by its annotation's PNG."""
    return mask.with_name(mask.stem + SCRIBBLES_SUFFIX)


def read_scribbles(path: Path, classes: ClassList) -> Scribbles:
    """Read scribbles; those of classes that are not there any more are left out.

    Raises
    ------
    InputError
        When the file is damaged; it is kept under another name.
    StorageError
        When it is there and cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StorageError(
            tr("The scribbles were not read."),
            cause=tr("{path} cannot be read: {why}.", path=path, why=error.strerror),
            hint=tr("Check your rights, then open the image again."),
            detail=str(error),
        ) from error
    try:
        found = msgspec.json.decode(data, type=_File)
    except msgspec.MsgspecError as error:
        raise _damaged(path, str(error)) from error
    places = {name: index for index, name in enumerate(classes.names)}
    return tuple(
        Scribble(places[stroke.class_name], stroke.width, _points(stroke.places))
        for stroke in found.strokes
        if stroke.class_name in places and len(stroke.places) >= 2
    )


def write_scribbles(
    path: Path, image: str, scribbles: Scribbles, classes: ClassList
) -> None:
    """Write scribbles whole or not at all; none: the file goes.

    Parameters
    ----------
    image
        File name of the image.

    Raises
    ------
    StorageError
        When the disk does not take it; what was there is untouched.
    """
    if not scribbles:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(
                tr("The scribbles were not cleared."),
                cause=tr(
                    "{path} cannot be deleted: {why}.", path=path, why=error.strerror
                ),
                hint=tr("Check your rights, then clear them again."),
                detail=str(error),
            ) from error
        return
    strokes = [
        _Stroke(
            classes.names[scribble.class_index],
            scribble.width,
            [round(value, _DIGITS) for point in scribble.points for value in point],
        )
        for scribble in scribbles
        if scribble.class_index < len(classes)
    ]
    write_atomic(path, msgspec.json.encode(_File(_VERSION, image, strokes)))


def _points(places: list[float]) -> tuple[Point, ...]:
    pairs = zip(places[::2], places[1::2], strict=False)
    return tuple(Point(x, y) for x, y in pairs)


def _damaged(path: Path, why: str) -> InputError:
    keep_aside((path,), "damaged")
    return InputError(
        tr("The scribbles were not read."),
        cause=tr(
            "{name} is damaged. It is kept under another name; the annotation is not "
            "affected.",
            name=path.name,
        ),
        hint=tr("Scribble anew."),
        detail=why,
    )
