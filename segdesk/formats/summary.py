"""The tables of a batch: one row for each image, one row for each class of all.

Rows come one after the other and are written so: a table of 100,000 images needs no
more memory than one of ten. Nothing in them depends on when or where a batch ran.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from segdesk.core.classes import ClassList
from segdesk.formats.atomic import atomic_writer

Status = Literal["done", "skipped", "failed", "stopped"]

_FIXED = (
    "path",
    "width",
    "height",
    "status",
    "error",
    "mean_confidence",
)
_TOTALS = ("class", "pixels", "share", "images", "mean_confidence")
_ALL = "(all)"
_TOGETHER = 256


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
        Wall time for decoding, predicting and writing it; no table holds it.
    status
        `stopped`: the batch was cancelled before its turn. `skipped`, its results were
        there already, is written as `done`: the table says what is there.
    error
        Why it failed, in sentences.
    shares
        Share of each class, 0-1, in class order; empty where there is no result.
    mean_confidence
        Of all pixels that have a class, 0-1; None where it was not computed.
    confidences
        Mean confidence of each class, 0-1; None where it has no pixel. Empty: not
        computed.
    """

    path: Path
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    status: Status = "stopped"
    error: str = ""
    shares: tuple[float, ...] = ()
    mean_confidence: float | None = None
    confidences: tuple[float | None, ...] = ()


def write_summary(
    path: Path,
    rows: Iterable[SummaryRow],
    classes: ClassList,
    *,
    confidences: bool = False,
    scratch: Path | None = None,
) -> None:
    """Write the table as UTF-8 CSV, whole or not at all.

    Parameters
    ----------
    confidences
        Give each class a column for its mean confidence too.
    scratch
        As for `segdesk.formats.atomic.atomic_writer`.

    Raises
    ------
    StorageError
        When it cannot be written.
    """
    heads = share_columns(classes)
    if confidences:
        heads = (*heads, *confidence_columns(classes))
    cells = (_cells(row, len(classes), confidences=confidences) for row in rows)
    _write(path, (*_FIXED, *heads), cells, scratch)


def read_summary(path: Path, classes: ClassList) -> dict[Path, SummaryRow]:
    """Read an earlier table; empty if there is none or it is of other classes."""
    plain = [*_FIXED, *share_columns(classes)]
    known = (plain, [*plain, *confidence_columns(classes)])
    with suppress(OSError, ValueError, csv.Error):
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        lines = csv.reader(io.StringIO(text, newline=""))
        if next(lines, None) in known:
            rows = (_row(cells, len(classes)) for cells in lines)
            return {row.path: row for row in rows}
    return {}


def share_columns(classes: ClassList) -> tuple[str, ...]:
    """Return the heads of the share columns: `share_<name>`, each once."""
    return _columns("share", classes)


def confidence_columns(classes: ClassList) -> tuple[str, ...]:
    """Return the heads of the confidence columns: `confidence_<name>`, each once."""
    return _columns("confidence", classes)


class Totals:
    """Adds up what all images of a batch say of each class."""

    def __init__(self, classes: ClassList) -> None:
        self._classes = classes
        self._counts = np.zeros(len(classes), np.int64)
        self._images = np.zeros(len(classes), np.int64)
        self._sums = np.zeros(len(classes))
        self._sure = np.zeros(len(classes), np.int64)
        self._pixels = 0
        self._all = 0

    def add(
        self,
        size: tuple[int, int],
        counts: Sequence[int],
        confidences: Sequence[float | None] = (),
    ) -> None:
        """Add an image.

        Parameters
        ----------
        size
            Width and height in pixels.
        counts
            Pixels of each class.
        confidences
            Mean confidence of each class; empty: not computed.
        """
        own = np.array(counts, np.int64)
        self._counts += own
        self._images += own > 0
        self._pixels += size[0] * size[1]
        self._all += 1
        if confidences:
            self._sums += own * np.array([mean or 0.0 for mean in confidences])
            self._sure += own

    def write(self, path: Path, scratch: Path | None = None) -> None:
        """Write one row for each class and one for all, whole or not at all.

        Raises
        ------
        StorageError
            When it cannot be written.
        """
        pixels = max(1, self._pixels)
        rows = [
            (
                name,
                str(int(self._counts[index])),
                f"{self._counts[index] / pixels:.6f}",
                str(int(self._images[index])),
                _mean(float(self._sums[index]), int(self._sure[index])),
            )
            for index, name in enumerate(self._classes.names)
        ]
        sure = _mean(float(self._sums.sum()), int(self._sure.sum()))
        share = f"{self._counts.sum() / pixels:.6f}"
        rows.append((_ALL, str(self._pixels), share, str(self._all), sure))
        _write(path, _TOTALS, rows, scratch)


def _mean(total: float, count: int) -> str:
    return f"{total / count:.6f}" if count else ""


def _write(
    path: Path,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    scratch: Path | None,
) -> None:
    with atomic_writer(path, scratch) as file:
        text = io.StringIO(newline="")
        table = csv.writer(text, lineterminator="\n")
        table.writerow(head)
        for number, cells in enumerate(rows, 1):
            table.writerow(cells)
            if number % _TOGETHER == 0:
                file.write(text.getvalue().encode("utf-8", "surrogateescape"))
                text.seek(0)
                text.truncate()
        file.write(text.getvalue().encode("utf-8", "surrogateescape"))


def _columns(word: str, classes: ClassList) -> tuple[str, ...]:
    heads = [f"{word}_{name}" for name in classes.names]
    return tuple(
        head if heads.count(head) == 1 else f"{head}_{index}"
        for index, head in enumerate(heads)
    )


def _cells(row: SummaryRow, num_classes: int, *, confidences: bool) -> list[str]:
    shares = [f"{share:.6f}" for share in row.shares] or [""] * num_classes
    sure = [_number(mean) for mean in row.confidences] or [""] * num_classes
    return [
        str(row.path),
        str(row.width or ""),
        str(row.height or ""),
        "done" if row.status == "skipped" else row.status,
        row.error,
        _number(row.mean_confidence),
        *shares,
        *(sure if confidences else ()),
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"


def _row(cells: list[str], num_classes: int) -> SummaryRow:
    path, width, height, status, error, confidence, *more = cells
    known: dict[str, Status] = {"done": "done", "stopped": "stopped"}
    shares, sure = more[:num_classes], more[num_classes:]
    measured = any(sure)
    return SummaryRow(
        path=Path(path),
        width=int(width or 0),
        height=int(height or 0),
        status=known.get(status, "failed"),
        error=error,
        shares=tuple(float(share) for share in shares if share),
        mean_confidence=float(confidence) if confidence else None,
        confidences=tuple(float(mean) if mean else None for mean in sure)
        if measured
        else (),
    )
