"""The table of a video: one row for each frame, one column for each class's share."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from segdesk.core.classes import ClassList
from segdesk.formats.atomic import atomic_writer
from segdesk.formats.summary import share_columns


class TakesRow(Protocol):
    """Takes one frame: its number, its time in seconds, its shares."""

    def __call__(self, number: int, time_s: float, shares: tuple[float, ...]) -> None:
        """Write a row."""
        ...


@contextmanager
def shares_table(path: Path, classes: ClassList) -> Iterator[TakesRow]:
    """Open the table for writing, UTF-8 CSV; it appears when the block ends well.

    Raises
    ------
    StorageError
        It cannot be written; an earlier one is untouched.
    """
    with atomic_writer(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        table = csv.writer(text, lineterminator="\n")
        table.writerow(("frame", "time_s", *share_columns(classes)))

        def write(number: int, time_s: float, shares: tuple[float, ...]) -> None:
            cells = (f"{share:.6f}" for share in shares)
            table.writerow((number, f"{time_s:.6f}", *cells))

        try:
            yield write
        finally:
            text.flush()
            text.detach()
