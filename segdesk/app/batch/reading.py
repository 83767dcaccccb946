"""Batches from and to files: the results of an earlier one, a table of rows.

All functions here read or write the disk: workers call them.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from segdesk.app.batch.rows import BatchRow, BatchRows, RowFilter, RowState
from segdesk.app.batch.run import BatchRun, BatchStatus
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.classes_file import read_model_mark
from segdesk.formats.mmseg_classes import read_classes
from segdesk.formats.outputs import (
    BATCH_FILES,
    CLASSES_FILE,
    OUTPUTS,
    SUMMARY_FILE,
    output_path,
    plan_files,
)
from segdesk.formats.prediction_ledger import read_entries
from segdesk.formats.summary import Status, SummaryRow, read_summary, write_summary
from segdesk.jobs.batch_record import read_record
from segdesk.jobs.events import ItemDone, ItemFailed
from segdesk.jobs.specs import BatchItem

_LOOKED_AT = 50
_STATUS: dict[RowState, Status] = {
    RowState.DONE: "done",
    RowState.SKIPPED: "skipped",
    RowState.FAILED: "failed",
}


def read_batch(folder: Path) -> BatchRun:
    """Read the results of a batch from its folder.

    Raises
    ------
    InputError
        When no results lie there.
    """
    classes = read_batch_classes(folder)
    found = tuple(read_summary(folder / SUMMARY_FILE, classes).values())
    if not found:
        raise InputError(
            tr("{name} was not opened.", name=folder.name),
            cause=tr(
                "It has no {summary_file}, or one without images.",
                summary_file=SUMMARY_FILE,
            ),
            hint=tr("Choose the folder that a batch wrote its results into."),
        )
    mark = read_model_mark(folder / CLASSES_FILE)
    root, names = _named(folder, found)
    known = {one.path: (one.item_name, one.seconds) for one in read_entries(folder)}
    made = [
        known.get(row.path, (name, 0.0)) for row, name in zip(found, names, strict=True)
    ]
    rows = BatchRows(
        [BatchItem(row.path, name) for row, (name, _) in zip(found, made, strict=True)]
    )
    for index, (row, (_, seconds)) in enumerate(zip(found, made, strict=True)):
        _take(rows, index, row, seconds)
    model_id = mark.id if mark else ""
    return BatchRun(
        name=root.name,
        model_id=model_id,
        model_name=model_id,
        out_dir=folder,
        root=root,
        rows=rows,
        classes=classes,
        kinds=_kinds(folder, rows),
        record=read_record(folder),
        status=BatchStatus.READ,
    )


def read_batch_classes(folder: Path) -> ClassList:
    """Read the classes that lie beside the results of a batch.

    Raises
    ------
    InputError
        When they cannot be read.
    """
    try:
        return read_classes(folder / CLASSES_FILE)
    except InputError as error:
        raise InputError(
            tr("{name} was not opened.", name=folder.name),
            cause=error.cause,
            hint=tr("Choose the folder that a batch wrote its results into."),
            detail=error.detail,
        ) from error


def write_rows(path: Path, rows: Sequence[BatchRow], classes: ClassList | None) -> None:
    """Write rows of a batch as a table, as the engine writes it.

    Raises
    ------
    StorageError
        When the disk does not take it.
    """
    if classes is None:
        count = max((len(row.shares) for row in rows), default=0)
        names = tuple(
            tr("class {index}", index=index) for index in range(max(1, count))
        )
        classes = ClassList.from_names(names)
    written = [_summary_row(row) for row in rows]
    has_confidences = any(row.confidences for row in written)
    write_summary(path, written, classes, confidences=has_confidences)


def outputs_of(
    folder: Path, name: str, kinds: Sequence[str] = ()
) -> tuple[tuple[str, Path], ...]:
    """Return (kind, file) of what is written of an image alone.

    Parameters
    ----------
    kinds
        What may be there; empty: look for everything.
    """
    known = [kind for kind in OUTPUTS if not kinds or kind in kinds]
    paths = ((kind, output_path(folder, kind, name)) for kind in known)
    return tuple((kind, path) for kind, path in paths if path.is_file())


def batch_files_of(folder: Path) -> tuple[tuple[str, Path], ...]:
    """Return (kind, file) of what is written once for all images of a batch."""
    paths = [(kind, folder / name) for kind, name in BATCH_FILES.items()]
    paths.append(("summary", folder / SUMMARY_FILE))
    return tuple((kind, path) for kind, path in paths if path.is_file())


def _named(folder: Path, found: Sequence[SummaryRow]) -> tuple[Path, tuple[str, ...]]:
    """Return the folder from which the images were named, and their names."""
    sources = [row.path for row in found]
    root = Path()
    with suppress(ValueError):
        root = Path(os.path.commonpath([path.parent for path in sources]))
    first = root
    done = [at for at, row in enumerate(found) if row.shares][:_LOOKED_AT]
    while True:
        names = tuple(item.name for item in plan_files(sources, root))
        if not done or any(outputs_of(folder, names[at]) for at in done):
            return root, names
        if root == root.parent:
            return first, tuple(item.name for item in plan_files(sources, first))
        root = root.parent


def _kinds(folder: Path, rows: BatchRows) -> tuple[str, ...]:
    """Return what was written of the first images that were predicted."""
    done = rows.matching(RowFilter.DONE)[:_LOOKED_AT].tolist()
    found = (outputs_of(folder, rows.names[index]) for index in done)
    return tuple(dict.fromkeys(kind for one in found for kind, _ in one))


def _take(rows: BatchRows, index: int, row: SummaryRow, seconds: float) -> None:
    if row.status in ("done", "skipped") and row.shares:
        rows.take(
            ItemDone(
                index=index,
                source=row.path,
                outputs=(),
                size=(row.width, row.height),
                seconds=seconds,
                shares=row.shares,
                mean_confidence=row.mean_confidence,
                confidences=row.confidences,
            )
        )
    elif row.error:
        why = _without_name(row.error, row.path.name)
        rows.take(ItemFailed(index=index, source=row.path, message=why))


def _without_name(error: str, name: str) -> str:
    """Return an error without the sentence that names the file: its row does."""
    if not error.startswith(f"{name} "):
        return error
    _, _, rest = error[len(name) :].partition(". ")
    return rest or error


def _summary_row(row: BatchRow) -> SummaryRow:
    return SummaryRow(
        path=row.source,
        width=row.width,
        height=row.height,
        seconds=row.seconds,
        status=_STATUS.get(row.state, "stopped"),
        error=row.error,
        shares=row.shares,
        mean_confidence=row.confidence,
        confidences=row.confidences,
    )
