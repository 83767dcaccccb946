"""How an array travels between processes."""

from pathlib import Path

import msgspec


class ArrayRef(msgspec.Struct, frozen=True):
    """An array that lies in a file: raw bytes in C order, uint8.

    `segdesk.jobs.arrays` writes and takes it.
    """

    path: Path
    shape: tuple[int, ...]
