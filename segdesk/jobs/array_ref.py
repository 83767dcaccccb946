"""How an array travels between processes."""

from pathlib import Path

import msgspec

from segdesk.core.scores import ScoreLayout


class ArrayRef(msgspec.Struct, frozen=True):
    """An array that lies in a file: raw bytes in C order, uint8.

    `segdesk.jobs.arrays` writes and takes it.
    """

    path: Path
    shape: tuple[int, ...]


class ScoresRef(msgspec.Struct, frozen=True):
    """A score map that lies in a file, its arrays one behind the other."""

    array: ArrayRef
    layout: ScoreLayout
