"""A ledger without what no image's last line names: the clean end of a batch.

Images that were predicted again leave their earlier lines and pieces behind. The files
without these are made in a folder beside; its new name says that they are whole, and
whoever opens the ledger next puts them in place, should a kill have come between.
"""

import os
import shutil
import zlib
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from segdesk.formats.ledger_entry import Entry, Piece

LEDGER = "ledger.jsonl"
_MAKING, _WHOLE = "compacting", "compacted"
# So much that is not named, and no less than what is, makes it worth while.
_LEAST_BYTES = 1_000_000


def compact(folder: Path, places: Iterable[int]) -> bool:
    """Write the files of a ledger anew where more than half of them is left over.

    Parameters
    ----------
    folder
        Of a ledger that is closed, its lock held.
    places
        Where the last line of each image begins.

    Returns
    -------
    bool
        Whether they were.

    Raises
    ------
    OSError
        When the disk does not take them; the ledger is as it was.
    """
    places = sorted(places)
    if not _is_worth_it(folder, places):
        return False
    making = folder / _MAKING
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    try:
        _copy(folder, making, places)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        raise
    making.rename(folder / _WHOLE)
    finish(folder)
    return True


def finish(folder: Path) -> None:
    """Put in place what was whole when a kill came; drop what was not."""
    shutil.rmtree(folder / _MAKING, ignore_errors=True)
    whole = folder / _WHOLE
    if whole.is_dir():
        for path in tuple(whole.iterdir()):
            path.replace(folder / path.name)
        whole.rmdir()


def part_name(kind: str) -> str:
    """Return the name of the file that holds the pieces of a kind."""
    return f"{kind.partition(' ')[0]}.parts"


def _is_worth_it(folder: Path, places: Iterable[int]) -> bool:
    files = (folder / LEDGER, *folder.glob("*.parts"))
    whole = sum(path.stat().st_size for path in files)
    if whole < 2 * _LEAST_BYTES:
        return False
    named = 0
    with (folder / LEDGER).open("rb") as lines:
        for line, entry in _entries(lines, places):
            named += len(line) + sum(one.length for one in entry.pieces.values())
    return whole - named >= max(_LEAST_BYTES, named)


def _entries(lines: BinaryIO, places: Iterable[int]) -> "Iterable[tuple[bytes, Entry]]":
    for place in places:
        lines.seek(place)
        line = lines.readline()
        with suppress(msgspec.MsgspecError):
            yield line, msgspec.json.decode(line, type=Entry)


def _copy(folder: Path, making: Path, places: Iterable[int]) -> None:
    with ExitStack() as stack:
        lines = stack.enter_context((folder / LEDGER).open("rb"))
        out = stack.enter_context((making / LEDGER).open("wb"))
        parts = {
            path.name: (
                stack.enter_context(path.open("rb")),
                stack.enter_context((making / path.name).open("wb")),
            )
            for path in folder.glob("*.parts")
        }
        for _, entry in _entries(lines, places):
            pieces = {}
            for kind, piece in entry.pieces.items():
                files = parts.get(part_name(kind))
                if files and (moved := _moved(piece, *files)) is not None:
                    pieces[kind] = moved
            whole = msgspec.structs.replace(entry, pieces=pieces)
            out.write(msgspec.json.encode(whole, enc_hook=str) + b"\n")
        for file in (out, *(new for _, new in parts.values())):
            file.flush()
            os.fsync(file.fileno())


def _moved(piece: Piece, old: BinaryIO, new: BinaryIO) -> Piece | None:
    """Copy a piece; None: it is not whole, so its image will be asked for again."""
    old.seek(piece.offset)
    data = old.read(piece.length)
    if zlib.crc32(data) != piece.crc:
        return None
    offset = new.tell()
    new.write(data)
    return Piece(offset, piece.length, piece.crc)
