"""Getting a backup of a change of classes ready, although files were written since.

Whoever went on annotating after the change must not lose it when the change is taken
back. So the old copy of such a file is replaced by what it is to become: the old labels
where nothing was painted since, the new ones under their old indices elsewhere. Images
first annotated since get a copy too. Only copies are written here; `put_back` then puts
all of them back. Doing this twice gives the same, so a kill in between does no harm.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from segdesk.core.class_remap import ClassRemap
from segdesk.core.errors import SegDeskError
from segdesk.core.geometry import Size
from segdesk.core.history import History
from segdesk.core.history_remap import StepRemap
from segdesk.core.history_return import (
    Returned,
    returned,
    returned_labels,
    returned_shapes,
)
from segdesk.core.imaging import read_size
from segdesk.core.tiles import size_of
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_remap_files import ENTRY_SUFFIX, entries, pair_in
from segdesk.formats.file_mark import mark_of
from segdesk.formats.native import (
    AnnotationState,
    Expected,
    ReadAnnotation,
    read_annotation,
    sidecar_path,
    write_annotation,
)
from segdesk.formats.png_mask import read_mask

Histories = Mapping[Path, tuple[History, str]]  # with the digest of the file


@dataclass(frozen=True, slots=True)
class Change:
    """A change of classes that is to be taken back.

    Parameters
    ----------
    remap, back
        What was done, and its inverse.
    then, now
        Steps of the annotations just before it, and now.
    """

    remap: ClassRemap
    back: ClassRemap
    then: Histories
    now: Histories


@dataclass(frozen=True, slots=True)
class Merged:
    """What an annotation that was written since becomes.

    Parameters
    ----------
    history
        Its steps with the digest of the file; None: they were dropped.
    present
        Indices of the classes in it, rising.
    """

    history: tuple[History, str] | None
    present: tuple[int, ...]


def merge_changed(
    backup: Path,
    masks: Sequence[Path],
    change: Change,
    looked_at: Callable[[int, int], None],
) -> dict[Path, Merged]:
    """Bring what was painted since a change into its backup. Slow: call it in a job.

    Parameters
    ----------
    masks
        PNGs of all annotations that are there now.
    looked_at
        Takes the number of annotations that are done and their total.

    Returns
    -------
    merged
        The annotations that were written since, or that the change had left alone;
        those that cannot be read are missing.

    Raises
    ------
    StorageError
        When a disk does not take it.
    """
    known = entries(backup)
    numbers = (int(entry.stem) for entry in known.values())
    free = max(numbers, default=-1) + 1
    found = {}
    for number, mask in enumerate(masks):
        looked_at(number, len(masks))
        entry = known.get(mask)
        if entry is None:
            merged = _merged_new(mask, backup / f"{free:07}{ENTRY_SUFFIX}", change)
            free += 1
        else:
            merged = _merged(mask, entry, change)
        if merged is not None:
            found[mask] = merged
    looked_at(len(masks), len(masks))
    return found


def _merged(mask: Path, entry: Path, change: Change) -> Merged | None:
    kept_sidecar, kept = pair_in(entry)
    mark, old = mark_of(mask), mark_of(kept)
    written = json.loads(entry.read_bytes())["written"]
    if mark is None or old is None or mark.digest in {written, old.digest}:
        return None
    now = _read(mask)
    if now.state is None or now.mark is None:
        return None
    labels = read_mask(kept)
    then, steps = change.then.get(mask), change.now.get(mask)
    fits = now.state.labels.shape == labels.shape
    if steps is not None and steps[1] == now.mark.digest and fits:
        before = History() if then is None else then[0]
        made = returned(
            (labels, before),
            (now.state.labels, steps[0]),
            change.remap,
            change.back,
        )
    else:
        made = Returned(returned_labels(labels, now.state.labels, change.remap), None)
    old_shapes = _old_shapes(kept, kept_sidecar, size_of(labels))
    shapes = returned_shapes(
        old_shapes.shapes if old_shapes else (),
        now.state.shapes,
        change.remap,
        change.back,
    )
    state = replace(now.state, labels=made.labels, shapes=shapes)
    return _put(mask, entry, state, (now.mark.digest, made.history), change.back)


def _merged_new(mask: Path, entry: Path, change: Change) -> Merged | None:
    now = _read(mask)
    if now.state is None or now.mark is None:
        return None
    labels = change.back.table[now.state.labels]
    shapes = change.back.shapes(now.state.shapes)
    steps = change.now.get(mask)
    history = None
    if steps is not None and steps[1] == now.mark.digest:
        history = steps[0].mapped(StepRemap(change.back, size_of(labels)))
    if shapes == now.state.shapes and bool((labels == now.state.labels).all()):
        return _merged_as(now.state, now.mark.digest, history)
    state = replace(now.state, labels=labels, shapes=shapes)
    return _put(mask, entry, state, (now.mark.digest, history), change.back)


def _put(
    mask: Path,
    entry: Path,
    state: AnnotationState,
    now: tuple[str, History | None],
    back: ClassRemap,
) -> Merged:
    """Make a state the copy that is put back; `now` is what is on disk and its steps.

    The entry comes last: until then the file counts as changed, and is left alone.
    """
    made = entry.with_suffix(".made.png")
    made.unlink(missing_ok=True)
    sidecar_path(made).unlink(missing_ok=True)
    state = replace(state, revision=state.revision + 1)
    mark = write_annotation(made, state, back.classes, Expected())
    kept_sidecar, kept = pair_in(entry)
    sidecar_path(made).replace(kept_sidecar)
    made.replace(kept)
    told = {"mask": str(mask), "written": now[0]}
    write_atomic(entry, json.dumps(told).encode())
    return _merged_as(state, mark.digest, now[1])


def _merged_as(state: AnnotationState, digest: str, steps: History | None) -> Merged:
    counts = np.bincount(state.labels.reshape(-1), minlength=256)
    present = tuple(int(index) for index in counts.nonzero()[0])
    return Merged(None if steps is None else (steps, digest), present)


def _read(mask: Path) -> ReadAnnotation:
    try:
        return read_annotation(mask, Size(*read_size(mask)))
    except SegDeskError:
        return ReadAnnotation()


def _old_shapes(kept: Path, sidecar: Path, size: Size) -> AnnotationState | None:
    """Return what a copy held; its sidecar lies under another name than usual."""
    if not sidecar.exists():
        return None
    usual = sidecar_path(kept)
    write_atomic(usual, sidecar.read_bytes())
    try:
        return read_annotation(kept, size).state
    finally:
        usual.unlink(missing_ok=True)
