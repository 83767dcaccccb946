"""SegDesk's own annotation: an index PNG, and a sidecar for all else.

`a.png` holds the class indices as MMSegmentation reads them. `a.segdesk.json` beside it
holds shapes, who made them, the status and the digest of the PNG they belong to.

The sidecar is written first and tells of two states, the new one and the one before;
the PNG that then takes the place of the old one decides which of them holds. So at
every moment, a power cut between the two files included, both tell of one state.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.document import Provenance
from segdesk.core.errors import ImageReadError, InputError, SegDeskError
from segdesk.core.geometry import Size
from segdesk.core.item_status import ItemStatus
from segdesk.core.language import tr
from segdesk.core.shapes import Shape
from segdesk.core.tiles import size_of
from segdesk.formats.atomic import write_atomic
from segdesk.formats.file_mark import (
    FileMark,
    digest_of,
    is_unchanged,
    keep_aside,
    mark_of,
)
from segdesk.formats.png_mask import encode_mask, read_mask
from segdesk.formats.shape_codec import (
    provenance_from_plain,
    provenance_to_plain,
    shape_from_plain,
    shape_to_plain,
)

SIDECAR_SUFFIX = ".segdesk.json"
_VERSION = 1


class ChangedOnDiskError(InputError):
    """Another program changed a file since SegDesk read it."""


@dataclass(frozen=True, slots=True, eq=False)
class AnnotationState:
    """An annotation at one moment, as it is written.

    Parameters
    ----------
    image
        File name of its image.
    labels
        (H, W), class index of each pixel.
    revision
        Grows with every writing of a changed annotation.
    """

    image: str
    labels: NDArray[np.uint8]
    shapes: tuple[Shape, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)
    status: ItemStatus = ItemStatus.DRAFT
    revision: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ReadAnnotation:
    """What was found where an annotation should lie.

    Parameters
    ----------
    state
        None: there is none, or none that can be used.
    mark
        Of the PNG; None: there is no such file.
    set_aside
        Files that must be kept under another name before these are written anew.
    problem
        What could not be used, for the user.
    """

    state: AnnotationState | None = None
    mark: FileMark | None = None
    set_aside: tuple[Path, ...] = ()
    problem: SegDeskError | None = None


def sidecar_path(mask: Path) -> Path:
    """Return the sidecar of a PNG."""
    return mask.with_name(mask.stem + SIDECAR_SUFFIX)


def read_annotation(mask: Path, size: Size) -> ReadAnnotation:
    """Read an annotation; what is damaged is told and never lost.

    Parameters
    ----------
    mask
        The PNG.
    size
        Of the image.
    """
    sidecar = sidecar_path(mask)
    try:
        mark = mark_of(mask)
    except OSError as error:
        return ReadAnnotation(None, None, (mask, sidecar), _unreadable(mask, error))
    if mark is None:
        problem = _sidecar_problem(sidecar)
        return ReadAnnotation(set_aside=(sidecar,) if problem else (), problem=problem)
    try:
        labels = read_mask(mask)
    except (ImageReadError, InputError) as error:
        return ReadAnnotation(None, mark, _there(mask, sidecar), _kept(error))
    if size_of(labels) != size:
        wrong = _wrong_size(mask, size_of(labels), size)
        return ReadAnnotation(None, mark, _there(mask, sidecar), wrong)
    bare = AnnotationState("", labels)
    try:
        state = _state_from(sidecar, mark.digest, bare)
    except SegDeskError as error:
        return ReadAnnotation(bare, mark, (sidecar,), error)
    if state is None:
        return ReadAnnotation(bare, mark, (sidecar,), _foreign(mask))
    return ReadAnnotation(state, mark)


def read_status(mask: Path) -> tuple[ItemStatus, Provenance] | None:
    """Return what the sidecar says last, without reading the PNG; None: nothing."""
    with suppress(OSError, ValueError, KeyError, TypeError, IndexError):
        newest = _load(sidecar_path(mask))["states"][0]
        provenance = provenance_from_plain(newest["made_by"])
        return ItemStatus(newest["status"]), provenance
    return None


@dataclass(frozen=True, slots=True)
class Expected:
    """What the writer takes to be on disk.

    Parameters
    ----------
    mark
        Of the PNG as it was read or written last; None: there was none.
    set_aside
        Files to keep under another name first.
    word
        What their new names say of them.
    """

    mark: FileMark | None = None
    set_aside: tuple[Path, ...] = ()
    word: str = "damaged"


def write_annotation(
    mask: Path,
    state: AnnotationState,
    classes: ClassList,
    expected: Expected,
    announce: Callable[[str], None] | None = None,
) -> FileMark:
    """Write an annotation whole or not at all.

    Parameters
    ----------
    mask
        The PNG; missing folders are made.
    classes
        Give the palette.
    announce
        Takes the digest of the PNG before anything is written.

    Returns
    -------
    mark
        Of the PNG that is on disk now.

    Raises
    ------
    ChangedOnDiskError
        When the PNG is not the expected one; nothing is written.
    StorageError
        When the disk does not take it; what was there is untouched.
    """
    if not is_unchanged(mask, expected.mark):
        raise _changed(mask)
    data = encode_mask(state.labels, classes)
    digest = digest_of(data)
    if announce:
        announce(digest)
    before = expected.mark if mask not in expected.set_aside else None
    keep_aside(expected.set_aside, expected.word)
    write_atomic(sidecar_path(mask), _sidecar(mask, state, digest, before))
    if before is None or before.digest != digest:
        write_atomic(mask, data)
    facts = mask.stat()
    return FileMark(len(data), facts.st_mtime_ns, digest)


def _sidecar(
    mask: Path, state: AnnotationState, digest: str, before: FileMark | None
) -> bytes:
    size = size_of(state.labels)
    newest = {
        "mask": digest,
        "revision": state.revision,
        "status": state.status.value,
        "made_by": provenance_to_plain(state.provenance),
        "shapes": [shape_to_plain(shape) for shape in state.shapes],
    }
    states = [newest]
    if before is not None and before.digest != digest:
        with suppress(OSError, ValueError, KeyError, TypeError):
            known = _load(sidecar_path(mask))["states"]
            states += [old for old in known if old["mask"] == before.digest][:1]
    content = {
        "segdesk": _VERSION,
        "image": state.image,
        "size": [size.width, size.height],
        "states": states,
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _load(sidecar: Path) -> dict[str, Any]:
    content = json.loads(sidecar.read_bytes())
    if not isinstance(content, dict):
        raise TypeError("it holds no object")
    return content


def _state_from(
    sidecar: Path, digest: str, bare: AnnotationState
) -> AnnotationState | None:
    """Return what the sidecar says of a PNG; None when it tells of another one."""
    if not sidecar.exists():
        return bare
    try:
        content = _load(sidecar)
        for known in content["states"]:
            if known["mask"] == digest:
                return replace(
                    bare,
                    image=str(content["image"]),
                    shapes=tuple(shape_from_plain(one) for one in known["shapes"]),
                    provenance=provenance_from_plain(known["made_by"]),
                    status=ItemStatus(known["status"]),
                    revision=int(known["revision"]),
                )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged_sidecar(sidecar, error) from error
    return None


def _sidecar_problem(sidecar: Path) -> SegDeskError | None:
    # One without a PNG is what a kill during the very first writing leaves: no loss.
    if sidecar.exists():
        try:
            _load(sidecar)
        except (OSError, ValueError, TypeError) as error:
            return _damaged_sidecar(sidecar, error)
    return None


def _there(*paths: Path) -> tuple[Path, ...]:
    return tuple(path for path in paths if path.exists())


def _kept(error: SegDeskError) -> SegDeskError:
    return InputError(
        error.message,
        cause=tr(
            "{cause} It stays as it is: your first stroke keeps it under another name.",
            cause=error.cause,
        ),
        hint=error.hint,
        detail=error.detail,
    )


def _unreadable(mask: Path, error: OSError) -> SegDeskError:
    return InputError(
        tr("{name} was not read.", name=mask.name),
        cause=tr("{reason}. It stays as it is.", reason=error.strerror),
        hint=tr("Have its owner give you the right to read it."),
        detail=str(error),
    )


def _wrong_size(mask: Path, found: Size, wanted: Size) -> SegDeskError:
    return InputError(
        tr("{name} was not used.", name=mask.name),
        cause=tr(
            "It is {width:,} × {height:,} px, its image {width2:,} × "
            "{height2:,} px. It stays as it is: your first stroke "
            "keeps it under another name.",
            width=found.width,
            height=found.height,
            width2=wanted.width,
            height2=wanted.height,
        ),
        hint=tr("Export it again at the image's size, or begin afresh here."),
    )


def _damaged_sidecar(sidecar: Path, error: Exception) -> SegDeskError:
    return InputError(
        tr("{name} was not read.", name=sidecar.name),
        cause=tr(
            "It is damaged: {error}. The pixels are complete; shapes "
            "can no longer be edited. Your first stroke keeps the file "
            "under another name.",
            error=error,
        ),
        hint=tr("Restore it from a copy, or go on without its shapes."),
        detail=str(error),
    )


def _foreign(mask: Path) -> SegDeskError:
    return InputError(
        tr("{name} was changed by another program.", name=mask.name),
        cause=tr(
            "Its pixels are not those that SegDesk wrote, so its shapes no longer "
            "fit and are left out. Your first stroke keeps them under another name."
        ),
        hint=tr("Check the labels before you go on."),
    )


def _changed(mask: Path) -> ChangedOnDiskError:
    gone = not mask.exists()
    return ChangedOnDiskError(
        tr("{name} was not saved.", name=mask.name),
        cause=tr("Another program ")
        + (tr("removed it") if gone else tr("changed it"))
        + tr(" since it was read. Your work is kept in the journal."),
        hint=tr("Choose which of the two to keep."),
    )
