"""Labels that a model gave to images which nobody labelled, for a training alone.

They lie in a folder of their own, never among annotations made by hand:
`pseudo-labels/NAME/` holds `masks/….png`, 255 wherever the model was not sure enough,
and `pseudo-labels.json`, which says of each image where it is, and which model said so,
from which confidence on. Deleting the folder takes all of it back.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError, StorageError
from segdesk.core.language import joined, tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.mmseg_dataset import Pair

PSEUDO_FOLDER = "pseudo-labels"
MANIFEST_FILE = "pseudo-labels.json"
MASK_FOLDER = "masks"
_MAX_BYTES = 200_000_000
_SCHEMA = 1


class PseudoLabel(msgspec.Struct, frozen=True):
    """One image that a model labelled.

    Parameters
    ----------
    source
        The image, absolute.
    mask
        Its index PNG, relative to the folder, with forward slashes.
    share
        Of its pixels, 0-1, that is labelled.
    """

    source: str
    mask: str
    share: float


class PseudoLabelSet(msgspec.Struct, frozen=True, kw_only=True):
    """What a model labelled.

    Parameters
    ----------
    classes
        Names in the order of the masks' indices.
    model_id, model_digest
        Which model; SHA-256 of its checkpoint.
    temperature
        With which its confidence was made true; empty: it was not.
    threshold
        Confidence, 0-1, from which on a pixel is labelled.
    created
        ISO 8601 in UTC.
    share
        Of the pixels of the images, 0-1, that is labelled.
    shares
        Of the labelled pixels, by class.
    """

    classes: tuple[str, ...]
    model_id: str
    model_digest: str
    temperature: tuple[float, ...]
    threshold: float
    created: str
    share: float
    shares: tuple[float, ...]
    images: tuple[PseudoLabel, ...]
    schema: int = _SCHEMA


def write_pseudo_labels(folder: Path, found: PseudoLabelSet) -> Path:
    """Write the list of what a model labelled; the masks are there already.

    Raises
    ------
    StorageError
        The disk does not take it.
    """
    path = folder / MANIFEST_FILE
    write_atomic(path, msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    return path


def read_pseudo_labels(folder: Path) -> PseudoLabelSet:
    """Read the list of what a model labelled.

    Raises
    ------
    InputError
        There is none, or it is damaged.
    """
    path = folder / MANIFEST_FILE
    try:
        with path.open("rb") as file:
            found = msgspec.json.decode(file.read(_MAX_BYTES), type=PseudoLabelSet)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(
            tr("The labels of a model were not read."),
            cause=tr("{path}: {error}.", path=path, error=error),
            hint=tr("Let the model label the images again, or train without them."),
        ) from error
    return found


def pairs_of(
    folder: Path, classes: ClassList, taken: Sequence[Pair] = ()
) -> tuple[Pair, ...]:
    """Return the images that a model labelled, with their masks.

    Parameters
    ----------
    classes
        Of the training.
    taken
        Pairs that the training has already: an image among them that somebody labelled
        since then is left out.

    Raises
    ------
    InputError
        The model knows other classes, an image or a mask is gone, or none is left.
    """
    found = read_pseudo_labels(folder)
    if [one.casefold() for one in found.classes] != [
        one.casefold() for one in classes.names
    ]:
        raise other_classes(found.model_id, found.classes, classes.names)
    own = {pair.image for pair in taken}
    pairs = [Pair(Path(one.source), folder / one.mask) for one in found.images]
    pairs = [pair for pair in pairs if pair.image not in own]
    gone = [
        pair.image.name
        for pair in pairs
        if not (pair.image.is_file() and pair.mask.is_file())
    ]
    if gone or not pairs:
        raise InputError(
            tr("The training was not started."),
            cause=tr(
                "Of the images that {model} labelled, {count} are gone: {names}.",
                model=found.model_id,
                count=len(gone),
                names=joined(", ", gone[:3]),
            )
            if gone
            else tr(
                "All images that {model} labelled are labelled by hand by now.",
                model=found.model_id,
            )
            if found.images
            else tr("The model was not sure enough of a single image."),
            hint=tr("Let the model label the images again, or train without them."),
        )
    return tuple(pairs)


def other_classes(
    model: str, known: Sequence[str], wanted: Sequence[str]
) -> InputError:
    """Return the error for a model whose classes are not those of the data."""
    return InputError(
        tr("The images were not labelled by {model}.", model=model),
        cause=tr(
            "It knows {known}, and the data have {wanted}. Labels of other classes "
            "would teach something wrong.",
            known=joined(", ", known),
            wanted=joined(", ", wanted),
        ),
        hint=tr("Choose a model that was trained on these classes."),
    )


def remove_pseudo_labels(folder: Path) -> None:
    """Delete what a model labelled; nothing else lies in the folder.

    Raises
    ------
    InputError
        The folder holds no such labels.
    StorageError
        The system refuses.
    """
    if not (folder / MANIFEST_FILE).is_file():
        raise InputError(
            tr("Nothing was removed."),
            cause=tr("{folder} holds no labels of a model.", folder=folder),
            hint=tr("Name a folder below {name}.", name=PSEUDO_FOLDER),
        )
    try:
        shutil.rmtree(folder / MASK_FOLDER, ignore_errors=True)
        (folder / MANIFEST_FILE).unlink()
        folder.rmdir()
    except OSError as error:
        raise StorageError(
            tr("The labels of a model were not removed."),
            cause=f"{folder}: {error.strerror or error}.",
            hint=tr("Close the programs that use them, then remove them again."),
        ) from error
