"""The form of a journal: records of which a torn end can be told and left out.

A file is the magic, then records; a record is its length and its CRC-32, four bytes
each, little-endian, then MessagePack. The first record is the head; the others are
steps that were done or undone, and marks that say which PNG holds how many of them.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from segdesk.core.edits import RasterEdit, TileChange
from segdesk.core.geometry import Rect
from segdesk.core.history import ShapeEdit, Source, SourceKind, Step
from segdesk.core.shapes import Shape
from segdesk.formats.shape_codec import shape_from_plain, shape_to_plain

MAGIC = b"SegDesk journal 1\n"
_FRAME = struct.Struct("<II")
_LARGEST = 1 << 30


class JournalHead(msgspec.Struct, frozen=True, kw_only=True):
    """What a journal belongs to.

    Parameters
    ----------
    image, annotation
        Absolute paths of the image and of the PNG.
    base
        Digest of the PNG on which the first step was done; "": there was none of use.
    replaces
        Digest of a PNG that could not be used and is to be kept aside; "": none.
    size
        Width and height.
    unlabelled
        Value of pixels nobody has labelled.
    names, palette
        The classes.
    """

    image: Path
    annotation: Path
    base: str
    replaces: str
    size: tuple[int, int]
    unlabelled: int
    names: tuple[str, ...]
    palette: tuple[str, ...]


class Done(msgspec.Struct, frozen=True, tag="step"):
    """A step that was done, or undone.

    Parameters
    ----------
    undone
        It was taken back, not done.
    """

    plain: dict[str, Any]
    undone: bool = False


class Mark(msgspec.Struct, frozen=True, tag="mark"):
    """A PNG that is about to be written.

    Parameters
    ----------
    digest
        Of the PNG.
    revision
        Of the annotation that it holds.
    records
        Number of the journal's steps, done and undone, that it holds.
    """

    digest: str
    revision: int
    records: int


Record = Done | Mark

_encoder = msgspec.msgpack.Encoder(enc_hook=str)


def framed(record: JournalHead | Record) -> bytes:
    """Return a record as it stands in the file."""
    body = _encoder.encode(record)
    return _FRAME.pack(len(body), zlib.crc32(body)) + body


def read_journal(path: Path) -> tuple[JournalHead, list[Record]] | None:
    """Return head and whole records; a torn or damaged end is left out.

    Returns
    -------
    journal
        None when not even the head is whole.

    Raises
    ------
    OSError
        When the file may not be read.
    """
    bodies = _bodies(path.read_bytes())
    head = next(bodies, None)
    if head is None:
        return None
    records: list[Record] = []
    with suppress(msgspec.MsgspecError, ValueError):
        told = msgspec.msgpack.decode(head, type=JournalHead, dec_hook=_path)
        with suppress(msgspec.MsgspecError, ValueError):
            records += (msgspec.msgpack.decode(body, type=Record) for body in bodies)
        return told, records
    return None


def step_to_plain(step: Step) -> dict[str, Any]:
    """Return a step as MessagePack's own types."""
    return {
        "title": step.title,
        "icon": step.icon,
        "class": step.class_index,
        "by": step.source.kind.value,
        "name": step.source.name,
        "time": step.time,
        "edits": [_plain_edit(edit) for edit in step.edits],
    }


def step_from_plain(plain: dict[str, Any]) -> Step:
    """Return the step that `step_to_plain` told.

    Raises
    ------
    ValueError, KeyError, TypeError
        When it is no such value.
    """
    index = plain["class"]
    return Step(
        str(plain["title"]),
        str(plain["icon"]),
        None if index is None else int(index),
        tuple(_edit(edit) for edit in plain["edits"]),
        Source(SourceKind(plain["by"]), str(plain["name"])),
        float(plain["time"]),
    )


def _bodies(data: bytes) -> Iterator[bytes]:
    if not data.startswith(MAGIC):
        return
    at = len(MAGIC)
    while at + _FRAME.size <= len(data):
        length, check = _FRAME.unpack_from(data, at)
        at += _FRAME.size
        body = data[at : at + length]
        if length > _LARGEST or len(body) < length or zlib.crc32(body) != check:
            return
        yield body
        at += length


def _plain_edit(edit: RasterEdit | ShapeEdit) -> dict[str, Any]:
    if isinstance(edit, ShapeEdit):
        return {
            "index": edit.index,
            "before": _plain_shape(edit.before),
            "after": _plain_shape(edit.after),
        }
    return {
        "rect": tuple(edit.rect),
        "changed_px": edit.changed_px,
        "tiles": [(one.row, one.column, one.before, one.after) for one in edit.tiles],
    }


def _edit(plain: dict[str, Any]) -> RasterEdit | ShapeEdit:
    if "index" in plain:
        before, after = plain["before"], plain["after"]
        return ShapeEdit(
            int(plain["index"]),
            None if before is None else shape_from_plain(before),
            None if after is None else shape_from_plain(after),
        )
    tiles = tuple(
        TileChange(int(row), int(column), bytes(before), bytes(after))
        for row, column, before, after in plain["tiles"]
    )
    return RasterEdit(Rect(*map(int, plain["rect"])), tiles, int(plain["changed_px"]))


def _plain_shape(shape: Shape | None) -> dict[str, Any] | None:
    return None if shape is None else shape_to_plain(shape)


def _path(kind: type, value: object) -> object:
    return kind(value)
