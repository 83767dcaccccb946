"""The table of a batch: one row for each image, one column for each class's share."""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from segdesk.core.classes import ClassList
from segdesk.formats.atomic import write_atomic

Status = Literal["done", "skipped", "failed", "stopped"]

_FIXED = (
    "path",
    "width",
    "height",
    "seconds",
    "status",
    "error",
    "mean_confidence",
)


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """What became of one image.

    Parameters
    ----------
    path
        The image file.
    width, height
        In pixels; 0 where they are not known.
    seconds
        Wall time for decoding, predicting and writing it.
    status
        `skipped`: its results were there already; `stopped`: the batch was cancelled
        before its turn.
    error
        Why it failed, in sentences.
    shares
        Share of each class, 0-1, in class order; empty where there is no result.
    mean_confidence
        Of all pixels that have a class, 0-1; None where it was not computed.
    """

    path: Path
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    status: Status = "stopped"
    error: str = ""
    shares: tuple[float, ...] = ()
    mean_confidence: float | None = None


def write_summary(path: Path, rows: Sequence[SummaryRow], classes: ClassList) -> None:
    """Write the table as UTF-8 CSV, whole or not at all.

    Raises
    ------
    StorageError
        When it cannot be written.
    """
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow((*_FIXED, *share_columns(classes)))
    table.writerows(_cells(row, len(classes)) for row in rows)
    write_atomic(path, text.getvalue().encode("utf-8", "surrogateescape"))


def read_summary(path: Path, classes: ClassList) -> dict[Path, SummaryRow]:
    """Read an earlier table; empty if there is none or it is of other classes."""
    header = [*_FIXED, *share_columns(classes)]
    with suppress(OSError, ValueError, csv.Error):
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        lines = list(csv.reader(io.StringIO(text, newline="")))
        if lines and lines[0] == header:
            rows = (_row(cells) for cells in lines[1:])
            return {row.path: row for row in rows}
    return {}


def share_columns(classes: ClassList) -> tuple[str, ...]:
    """Return the heads of the share columns: `share_<name>`, each once."""
    heads = [f"share_{name}" for name in classes.names]
    return tuple(
        head if heads.count(head) == 1 else f"{head}_{index}"
        for index, head in enumerate(heads)
    )


def _cells(row: SummaryRow, num_classes: int) -> list[str]:
    shares = [f"{share:.6f}" for share in row.shares] or [""] * num_classes
    confidence = row.mean_confidence
    return [
        str(row.path),
        str(row.width or ""),
        str(row.height or ""),
        f"{row.seconds:.3f}" if row.seconds else "",
        row.status,
        row.error,
        "" if confidence is None else f"{confidence:.6f}",
        *shares,
    ]


def _row(cells: list[str]) -> SummaryRow:
    path, width, height, seconds, status, error, confidence, *shares = cells
    known: dict[str, Status] = {"done": "done", "skipped": "skipped"}
    return SummaryRow(
        path=Path(path),
        width=int(width or 0),
        height=int(height or 0),
        seconds=float(seconds or 0),
        status=known.get(status, "failed"),
        error=error,
        shares=tuple(float(share) for share in shares if share),
        mean_confidence=float(confidence) if confidence else None,
    )
