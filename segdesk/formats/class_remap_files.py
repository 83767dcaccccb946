"""Giving classes other indices in all annotations of a project, or in none.

Every file is copied into a backup before it is written. The backup says that it is not
finished until all files and the project file are written; one that a killed program
left so is put back when the project is opened again. A finished one is how the change
is undone.
"""

import json
import shutil
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.class_remap import ClassRemap
from segdesk.core.errors import SegDeskError, StorageError
from segdesk.core.geometry import Size
from segdesk.core.imaging import read_size
from segdesk.core.language import tr
from segdesk.core.paths import user_data_dir
from segdesk.core.project import PROJECT_FILE
from segdesk.formats.atomic import write_atomic
from segdesk.formats.bringing_back import bring_back
from segdesk.formats.file_mark import mark_of
from segdesk.formats.native import (
    Expected,
    read_annotation,
    sidecar_path,
    write_annotation,
)
from segdesk.formats.png_mask import read_palette

ENTRY_SUFFIX = ".entry"  # says of which file the copies beside it are
_HEAD = "backup.json"


def backups_dir() -> Path:
    """Return the folder of the backups."""
    return user_data_dir() / "remaps"


@dataclass(frozen=True, slots=True)
class PutBack:
    """What came of putting a backup back.

    Parameters
    ----------
    files
        Number of files that are as they were.
    changed
        Files that somebody changed since, so they were left alone.
    """

    files: int
    changed: tuple[Path, ...] = ()


def remap_annotations(
    root: Path,
    masks: Sequence[Path],
    remap: ClassRemap,
    backup: Path,
    looked_at: Callable[[int, int], None],
) -> tuple[Path, ...]:
    """Write all annotations with other class indices. Slow: call it in a job.

    When anything fails, or `looked_at` raises, everything is put back first.

    Parameters
    ----------
    root
        The project's folder.
    masks
        PNGs of the annotations.
    backup
        New folder below `backups_dir`.
    looked_at
        Takes the number of annotations that are done and their total.

    Returns
    -------
    left_out
        Annotations that cannot be read, and were left alone.

    Raises
    ------
    StorageError
        When a disk does not take it.
    """
    _write_head(backup, root, is_finished=False)
    _copy(root / PROJECT_FILE, backup / PROJECT_FILE)
    left_out = []
    try:
        for number, mask in enumerate(masks):
            looked_at(number, len(masks))
            if not _remap_one(mask, remap, backup / f"{number:07}"):
                left_out.append(mask)
        looked_at(len(masks), len(masks))
    except BaseException:
        put_back(backup)
        raise
    return tuple(left_out)


def finish(backup: Path, kept: Collection[Path] = ()) -> None:
    """Say that the project file is written too.

    Parameters
    ----------
    kept
        Older backups that are wanted still; all others of its project go.
    """
    root = _root_of(backup)
    if root is None:  # it was put back meanwhile
        return
    _write_head(backup, root, is_finished=True)
    for other in _backups():
        if other != backup and other not in kept and _root_of(other) == root:
            shutil.rmtree(other, ignore_errors=True)


def begin_return(backup: Path, project: bytes) -> None:
    """Say that all of a finished backup shall be put back, even after a kill.

    Parameters
    ----------
    project
        The project file as it shall be then.
    """
    root = _root_of(backup)
    if root is not None:
        write_atomic(backup / PROJECT_FILE, project)
        _write_head(backup, root, is_finished=False)


def entries(backup: Path) -> dict[Path, Path]:
    """Return the entry of each file that a backup holds."""
    found = sorted(backup.glob(f"*{ENTRY_SUFFIX}"))
    return {Path(json.loads(entry.read_bytes())["mask"]): entry for entry in found}


def pair_in(entry: Path) -> tuple[Path, Path]:
    """Return where the copies of a sidecar and its PNG lie."""
    return entry.with_suffix(".json"), entry.with_suffix(".png")


def put_back(backup: Path) -> PutBack:
    """Bring all files back as they were, and drop the backup.

    Files that somebody changed since they were written are left alone.

    Raises
    ------
    StorageError
        When a disk does not take some of them; the others are back, and the backup is
        kept.
    """
    root, is_finished = _root_of(backup), _is_finished(backup)
    changed = []
    refused: StorageError | None = None
    count = 0
    for mask, entry in entries(backup).items():
        told = json.loads(entry.read_bytes())
        if told["written"] and not _is_either(mask, entry, told["written"]):
            changed.append(mask)
            continue
        try:
            for target, kept in _pairs(mask, entry):
                bring_back(kept, target, partial(_forget_written, mask, entry))
        except StorageError as error:
            refused = refused or error
        count += 1
    if refused is not None:
        raise refused
    kept = backup / PROJECT_FILE
    if root is not None and kept.exists() and not is_finished:
        write_atomic(root / PROJECT_FILE, kept.read_bytes())
    if root is not None and not is_finished:
        # What cannot be removed now must not be put back once more.
        _write_head(backup, root, is_finished=True)
    shutil.rmtree(backup, ignore_errors=True)
    return PutBack(count, tuple(changed))


def put_back_unfinished(root: Path) -> int:
    """Put back what a killed program left half done in a project.

    Call it only while no other program has the project open.

    Returns
    -------
    changes
        Number of changes of classes that were taken back.
    """
    found = _unfinished(root)
    for backup in found:
        put_back(backup)
    return len(found)


def is_half_changed(root: Path) -> bool:
    """Tell whether some annotations of a project have other class indices than others.

    That is so when a change of classes failed and could not be taken back.
    """
    return bool(_unfinished(root))


def _remap_one(mask: Path, remap: ClassRemap, stem: Path) -> bool:
    try:
        found = read_annotation(mask, Size(*read_size(mask)))
    except SegDeskError:
        return False
    state = found.state
    if state is None or found.mark is None:
        return False
    labels = remap.table[state.labels]
    shapes = remap.shapes(state.shapes)
    is_same = shapes == state.shapes and bool((labels == state.labels).all())
    is_same = is_same and _comes_back(labels, remap)
    if is_same and not _is_stale(mask, labels, remap):
        return True
    entry = stem.with_suffix(ENTRY_SUFFIX)
    for source, kept in _pairs(mask, entry):
        _copy(source, kept)
    write_atomic(entry, json.dumps({"mask": str(mask), "written": ""}).encode())
    new = replace(state, labels=labels, shapes=shapes, revision=state.revision + 1)
    expected = Expected(found.mark, found.set_aside)
    mark = write_annotation(mask, new, remap.classes, expected)
    told = {"mask": str(mask), "written": mark.digest}
    write_atomic(entry, json.dumps(told).encode())
    return True


def _comes_back(labels: NDArray[np.uint8], remap: ClassRemap) -> bool:
    """Tell whether labels are known from the new ones alone, without a copy."""
    present = np.flatnonzero(np.bincount(labels.reshape(-1), minlength=256))
    return all(remap.old_of[index] == index for index in present)


def _is_stale(mask: Path, labels: NDArray[np.uint8], remap: ClassRemap) -> bool:
    """Tell whether a file shows labels in other colours than those of their classes."""
    known = read_palette(mask)
    if known is None:
        return remap.colours_all
    count = len(remap.classes)
    present = np.flatnonzero(np.bincount(labels.reshape(-1), minlength=256)[:count])
    if present.size and present[-1] >= len(known):
        return True
    wanted = np.array(remap.classes.rgb, np.uint8)[present]
    return bool((known[present] != wanted).any())


def _is_either(mask: Path, entry: Path, written: str) -> bool:
    now, old = mark_of(mask), mark_of(entry.with_suffix(".png"))
    return now is not None and now.digest in {written, old.digest if old else ""}


def _pairs(mask: Path, entry: Path) -> tuple[tuple[Path, Path], ...]:
    sidecar, png = pair_in(entry)
    return (sidecar_path(mask), sidecar), (mask, png)


def _copy(source: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        try:
            data = source.read_bytes()
        except PermissionError as error:
            raise StorageError(
                tr("The classes were not changed."),
                cause=tr("{source} may not be read.", source=source),
                hint=tr("Have its owner give you the right to read it."),
                detail=str(error),
            ) from error
        write_atomic(target, data)


def _write_head(backup: Path, root: Path, *, is_finished: bool) -> None:
    head = {"root": str(root), "finished": is_finished}
    write_atomic(backup / _HEAD, json.dumps(head).encode())


def _backups() -> list[Path]:
    return [path.parent for path in sorted(backups_dir().glob(f"*/{_HEAD}"))]


def _unfinished(root: Path) -> list[Path]:
    return [
        backup
        for backup in _backups()
        if _root_of(backup) == root and not _is_finished(backup)
    ]


def _forget_written(mask: Path, entry: Path) -> None:
    """Have a file put back whatever it holds: it may be gone for a moment."""
    write_atomic(entry, json.dumps({"mask": str(mask), "written": ""}).encode())


def _root_of(backup: Path) -> Path | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return Path(json.loads((backup / _HEAD).read_bytes())["root"])
    return None


def _is_finished(backup: Path) -> bool:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return bool(json.loads((backup / _HEAD).read_bytes())["finished"])
    return False
