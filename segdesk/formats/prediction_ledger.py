"""What of a batch is done: of which content, by which model, into which files.

`.segdesk-batch/ledger.jsonl` in the folder of the results gets one line for each image
when all of its files are in place; a line that a kill cut off does not count. What
belongs into a file of the whole batch (COCO, CVAT, measurements) waits in `*.parts`
beside it, each piece found by the line of its image. So a batch that was killed at any
moment goes on where it was, and no image is in a file twice.
"""

import os
import shutil
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from segdesk.core.errors import StorageError
from segdesk.core.language import tr
from segdesk.formats import ledger_compaction
from segdesk.formats.file_lock import FileLock, HeldError
from segdesk.formats.ledger_compaction import LEDGER, part_name
from segdesk.formats.ledger_entry import (
    Entry,
    Made,
    Piece,
    Stamp,
    plain,
    storable,
)
from segdesk.formats.outputs import LEDGER_FOLDER

__all__ = [
    "Entry",
    "Ledger",
    "Made",
    "Piece",
    "Stamp",
    "digest_of_file",
    "read_entries",
    "stamp_of",
    "storable",
]

_LOCK = "lock"
_SCRATCH = "tmp"
_SYNC_S = 2.0
# A file that changed so lately may change again within one tick of its clock.
_SETTLED_NS = 2_000_000_000


class _Head(msgspec.Struct):
    name: str


def stamp_of(path: Path) -> Stamp | None:
    """Return size, times and number of a file; None where they tell too little.

    The time of the last change of the file's record is among them where the system
    keeps one: setting back a file's date changes it.
    """
    if os.name != "posix":
        return None
    facts = path.stat()
    if time.time_ns() - max(facts.st_ctime_ns, facts.st_mtime_ns) < _SETTLED_NS:
        return None
    return facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


class Ledger:
    """The ledger of one folder of results, held by this process alone.

    Threads may add to it at once.

    Parameters
    ----------
    out_dir
        Folder of the results.
    anew
        Forget what is done.

    Attributes
    ----------
    scratch
        Empty folder for files that are not whole yet, on the disk of the results.

    Raises
    ------
    StorageError
        When another batch writes there, or it cannot be written.
    """

    def __init__(self, out_dir: Path, *, anew: bool = False) -> None:
        self._folder = out_dir / LEDGER_FOLDER
        self.scratch = self._folder / _SCRATCH
        self._places: dict[str, int] = {}
        self._parts: dict[str, BinaryIO] = {}
        self._guard = threading.Lock()
        self._synced_s = time.monotonic()
        self._is_settled = False
        self._lock = _held(self._folder)
        try:
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.scratch.mkdir(exist_ok=True)
            ledger_compaction.finish(self._folder)
            if anew:
                self._forget()
            self._lines = self._open(LEDGER)
            self._read()
        except OSError as error:
            self._lock.release()
            raise _not_kept(self._folder, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __len__(self) -> int:
        """Return how many images are done."""
        return len(self._places)

    def get(self, name: str) -> Entry | None:
        """Return what is known of an image; None: it is not done."""
        place = self._places.get(storable(name))
        if place is None:
            return None
        with self._guard:
            self._lines.seek(place)
            line = self._lines.readline()
        try:
            return msgspec.json.decode(line, type=Entry)
        except msgspec.MsgspecError:
            return None

    def entries(self) -> Iterator[Entry]:
        """Return all images that are done, in the order in which they were."""
        for name in tuple(self._places):
            entry = self.get(plain(name))
            if entry is not None:
                yield entry

    def add(self, entry: Entry, pieces: Mapping[str, bytes]) -> Entry:
        """Write down that an image is done.

        Parameters
        ----------
        pieces
            What belongs into files of the whole batch, by kind.

        Returns
        -------
        entry
            With the places of its pieces.

        Raises
        ------
        StorageError
            When the disk does not take it; the image then counts as not done.
        """
        with self._guard:
            try:
                placed = {
                    kind: self._append(kind, data) for kind, data in pieces.items()
                }
                whole = msgspec.structs.replace(
                    entry, pieces={**entry.pieces, **placed}
                )
                place = self._lines.seek(0, os.SEEK_END)
                self._lines.write(msgspec.json.encode(whole, enc_hook=str) + b"\n")
                self._lines.flush()
                self._sync()
            except OSError as error:
                raise _not_kept(self._folder, error) from error
            self._places[whole.name] = place
        return whole

    def piece(self, entry: Entry, kind: str) -> bytes | None:
        """Return an image's piece of a batch's file; None where it is not whole."""
        found = entry.pieces.get(kind)
        if found is None:
            return None
        with self._guard:
            file = self._part(kind)
            file.seek(found.offset)
            data = file.read(found.length)
        return data if zlib.crc32(data) == found.crc else None

    def settle(self) -> None:
        """Drop at the close what no image's last entry names, where that is much."""
        self._is_settled = True

    def close(self) -> None:
        """Force to the disk what is written and let others write."""
        with self._guard:
            for file in (*self._parts.values(), self._lines):
                with suppress(OSError, ValueError):
                    file.flush()
                    os.fsync(file.fileno())
                    file.close()
            self._parts.clear()
        if self._is_settled:
            with suppress(OSError):  # it is larger than it need be, and whole
                ledger_compaction.compact(self._folder, self._places.values())
        shutil.rmtree(self.scratch, ignore_errors=True)
        self._lock.release()

    def _append(self, kind: str, data: bytes) -> Piece:
        file = self._part(kind)
        offset = file.seek(0, os.SEEK_END)
        file.write(data)
        file.flush()
        return Piece(offset, len(data), zlib.crc32(data))

    def _part(self, kind: str) -> BinaryIO:
        name = part_name(kind)
        if name not in self._parts:
            self._parts[name] = self._open(name)
        return self._parts[name]

    def _open(self, name: str) -> BinaryIO:
        path = self._folder / name
        path.touch(exist_ok=True)
        return path.open("r+b")

    def _sync(self) -> None:
        """Force everything to the disk now and then: a power cut costs seconds."""
        now_s = time.monotonic()
        if now_s - self._synced_s > _SYNC_S:
            self._synced_s = now_s
            for file in (*self._parts.values(), self._lines):
                os.fsync(file.fileno())

    def _read(self) -> None:
        decoder = msgspec.json.Decoder(_Head)
        place = 0
        for line in self._lines:
            if not line.endswith(b"\n"):  # a kill cut it off
                break
            with suppress(msgspec.MsgspecError):
                self._places[decoder.decode(line).name] = place
            place += len(line)
        self._lines.truncate(place)

    def _forget(self) -> None:
        for path in (self._folder / LEDGER, *self._folder.glob("*.parts")):
            path.unlink(missing_ok=True)


def read_entries(out_dir: Path) -> Iterator[Entry]:
    """Return what a ledger says, for a look: nothing is held or mended.

    An image that was predicted again comes again; its last entry holds.
    """
    with suppress(OSError), (out_dir / LEDGER_FOLDER / LEDGER).open("rb") as lines:
        for line in lines:
            with suppress(msgspec.MsgspecError):
                yield msgspec.json.decode(line, type=Entry)


def _held(folder: Path) -> FileLock:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock.take(folder / _LOCK)
    except HeldError as held:
        raise StorageError(
            tr("The images were not predicted."),
            cause=tr(
                "Another batch (process {pid} on {host}) writes into {folder}.",
                pid=held.pid,
                host=held.host,
                folder=folder.parent,
            ),
            hint=tr("Wait until it is done, or choose another folder."),
        ) from held
    except OSError as error:
        raise _not_kept(folder, error) from error


def _not_kept(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        tr("What is done was not written into {folder}.", folder=folder.parent),
        cause=f"{error.strerror or error}.",
        hint=tr("Free some space or choose another folder; what is written stays."),
        detail=str(error),
    )
