"""After a crash: bring the strokes that a journal holds back into the annotation."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segdesk.app.annotate.journal import JOURNAL_SUFFIX, copy_path, journal_dir
from segdesk.core.classes import ClassList
from segdesk.core.document import AnnotationDocument
from segdesk.core.edits import RasterEdit
from segdesk.core.errors import SegDeskError, StorageError
from segdesk.core.geometry import Size
from segdesk.core.history import History, Step
from segdesk.core.item_status import ItemStatus
from segdesk.core.language import tr
from segdesk.formats.file_lock import lock_descriptor
from segdesk.formats.journal_file import (
    Done,
    JournalHead,
    Mark,
    Record,
    read_journal,
    step_from_plain,
)
from segdesk.formats.native import (
    AnnotationState,
    Expected,
    ReadAnnotation,
    read_annotation,
    write_annotation,
)

_STALE_S = 10.0  # a younger one may still be written by another program


@dataclass(frozen=True, slots=True, eq=False)
class Recovered:
    """What one journal gave.

    Parameters
    ----------
    steps
        Number of strokes and other steps that came back.
    written
        Where they are now: the annotation itself, or a copy in `copies_dir` when it is
        no longer the one on which they were made. None: nowhere yet, see `problem`.
    digest
        Of the PNG that was written.
    history
        The steps, to be undone as if nothing had happened.
    problem
        Why they are not written; the journal is kept.
    """

    image: Path
    annotation: Path
    steps: int
    written: Path | None = None
    digest: str = ""
    history: History | None = None
    problem: SegDeskError | None = None

    @property
    def is_copy(self) -> bool:
        """Whether the annotation was left alone and a copy was written."""
        return self.written is not None and self.written != self.annotation


def recover_journals(folder: Path | None = None) -> list[Recovered]:
    """Bring back what killed programs left. Slow: call it on a worker.

    Journals of programs that still run are left alone. A journal goes when its strokes
    are safely in a file.

    Returns
    -------
    recovered
        The journals that held strokes which were not saved, oldest first.
    """
    found = []
    with suppress(FileNotFoundError):
        paths = sorted(
            (folder or journal_dir()).glob(f"*{JOURNAL_SUFFIX}"),
            key=lambda path: path.stat().st_mtime_ns,
        )
        for path in paths:
            recovered = _recover_unheld(path)
            if recovered is not None:
                found.append(recovered)
    return found


def _recover_unheld(path: Path) -> Recovered | None:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        lock_descriptor(descriptor)
        journal = read_journal(path)
    except OSError:  # its program lives, or it is another user's
        os.close(descriptor)
        return None
    recovered = _recover(*journal) if journal else None
    if journal:
        _sweep(journal[0].annotation.parent)
    os.close(descriptor)
    if recovered is None or recovered.problem is None:
        with suppress(OSError):
            path.unlink()
    return recovered


def _sweep(folder: Path) -> None:
    """Remove the half written files that a killed program left beside its masks."""
    for path in folder.glob(".segdesk-*.tmp"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE_S:
                path.unlink()


def _recover(head: JournalHead, records: list[Record]) -> Recovered | None:
    steps = [(step_from_plain(one.plain), one.undone) for one in _done(records)]
    if not steps:
        return None
    if not (head.image.exists() or head.annotation.parent.is_dir()):
        problem = _missing(head, len(steps))
        return Recovered(head.image, head.annotation, len(steps), problem=problem)
    found = read_annotation(head.annotation, Size(*head.size))
    start = _start(head, records, found)
    if start is not None and start >= len(steps):
        return None
    document = _document(head, found)
    for step, undone in steps[start or 0 :]:
        _replay(document, step, undone=undone)
    try:
        return _written(head, found, document, start, len(steps))
    except SegDeskError as error:
        return Recovered(head.image, head.annotation, len(steps), problem=error)


def _done(records: Sequence[Record]) -> list[Done]:
    return [record for record in records if isinstance(record, Done)]


def _start(
    head: JournalHead, records: Sequence[Record], found: ReadAnnotation
) -> int | None:
    """Return how many steps the PNG holds already; None: it is another one."""
    digest = found.mark.digest if found.mark else ""
    revision = found.state.revision if found.state else -1
    for record in reversed(records):
        if isinstance(record, Mark) and (record.digest, record.revision) == (
            digest,
            revision,
        ):
            return record.records
    if found.state is None:
        return 0 if head.base == "" and digest in ("", head.replaces) else None
    return 0 if digest == head.base else None


def _document(head: JournalHead, found: ReadAnnotation) -> AnnotationDocument:
    state = found.state
    if state is None:
        width, height = head.size
        labels = np.full((height, width), head.unlabelled, np.uint8)
        return AnnotationDocument(labels, head.unlabelled)
    return AnnotationDocument(
        state.labels, head.unlabelled, state.shapes, state.provenance
    )


def _replay(document: AnnotationDocument, step: Step, *, undone: bool) -> None:
    history = document.history
    if not undone:
        if history.redoable == step:
            document.redo()
        else:
            document.apply(step)
    elif history.undoable == step:
        document.undo()
    else:  # done before the journal began
        for edit in reversed(step.edits):
            if isinstance(edit, RasterEdit):
                edit.revert(document.labels)
            else:
                document.shapes = edit.revert(document.shapes)
        changed = -step.changed_px
        document.provenance = document.provenance.plus(step.source, changed)
        document.revision += 1


def _written(
    head: JournalHead,
    found: ReadAnnotation,
    document: AnnotationDocument,
    start: int | None,
    steps: int,
) -> Recovered:
    state = AnnotationState(
        head.image.name,
        document.labels,
        document.shapes,
        document.provenance,
        found.state.status if found.state else ItemStatus.DRAFT,
        (found.state.revision if found.state else 0) + document.revision,
    )
    expected = Expected(found.mark, found.set_aside)
    target = head.annotation
    if start is None:
        target = copy_path(head.annotation, "recovered")
        expected = Expected()
    classes = ClassList(head.names, head.palette)
    mark = write_annotation(target, state, classes, expected)
    return Recovered(
        head.image,
        head.annotation,
        steps - (start or 0),
        target,
        mark.digest,
        document.history if start is not None else None,
    )


def _missing(head: JournalHead, steps: int) -> StorageError:
    name = head.image.name
    changes = tr("{steps} changes of {name} were", steps=steps, name=name)
    if steps == 1:
        changes = tr("1 change of {name} was", name=name)
    return StorageError(
        tr("{changes} not recovered yet.", changes=changes),
        cause=tr(
            "{folder} is not there. They are safe in the journal.",
            folder=head.image.parent,
        ),
        hint=tr("Connect its disk and start SegDesk again."),
    )
