"""What a ledger says of one image: its content, its model, its files and counts."""

import os
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path

import msgspec

Stamp = tuple[int, int, int, int]

_RAW = "\0"


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """Where the piece of an image lies in a `.parts` file, and its check sum."""

    offset: int
    length: int
    crc: int


class Made(msgspec.Struct, frozen=True, array_like=True):
    """A file that was written: what it was made with, and its size in bytes."""

    way: str
    size: int


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One image that is done.

    Parameters
    ----------
    name
        As planned; see `PlannedItem`.
    source
        The image file.
    digest
        SHA-256 of its bytes.
    stamp
        Size, times and number of the file, by which an unchanged one is known without
        reading it; None: it must be read.
    made_by
        Which model predicted it in which way.
    size
        Width and height in pixels.
    counts
        Pixels of each class.
    confidences
        Mean confidence of each class, 0-1; None where it has no pixel. Empty: not
        measured.
    files
        Its own files by kind.
    pieces
        Its pieces of the batch's files by kind; the way is part of the key.
    seconds
        Wall time for reading, predicting and writing it.
    """

    name: str
    source: str
    digest: str
    made_by: str
    size: tuple[int, int]
    counts: tuple[int, ...]
    stamp: Stamp | None = None
    confidences: tuple[float | None, ...] = ()
    files: dict[str, Made] = {}
    pieces: dict[str, Piece] = {}
    seconds: float = 0.0

    @property
    def item_name(self) -> str:
        """Its name, as planned."""
        return plain(self.name)

    @property
    def path(self) -> Path:
        """The image file."""
        return Path(plain(self.source))

    @property
    def shares(self) -> tuple[float, ...]:
        """Share of each class, 0-1, of all pixels."""
        pixels = max(1, self.size[0] * self.size[1])
        return tuple(count / pixels for count in self.counts)

    @property
    def mean_confidence(self) -> float | None:
        """Mean confidence, 0-1, of the pixels that have a class; None: not measured."""
        total = sum(self.counts)
        if not self.confidences or not total:
            return None
        known = zip(self.counts, self.confidences, strict=True)
        return sum(count * (mean or 0.0) for count, mean in known) / total


def storable(text: str) -> str:
    """Return a text that JSON can hold, also of a name that is not UTF-8."""
    with suppress(UnicodeEncodeError):
        text.encode()
        return text
    return _RAW + b64encode(os.fsencode(text)).decode()


def plain(text: str) -> str:
    """Return the text that `storable` was given."""
    if text.startswith(_RAW):
        return os.fsdecode(b64decode(text.removeprefix(_RAW)))
    return text
