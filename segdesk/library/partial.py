"""What came of a file so far, and the proof that the rest still belongs to it."""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

import msgspec

from segdesk.core.errors import DownloadError
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class _Facts(msgspec.Struct, frozen=True):
    url: str
    total: int
    etag: str = ""
    modified: str = ""


class Part:
    """The beginning of a file as one address gave it.

    Each address has its own part: the ends of two files are never glued together.

    Parameters
    ----------
    folder
        Where parts are kept between tries.
    file_name
        Name of the whole file.
    url
        The address it comes from.
    """

    def __init__(self, folder: Path, file_name: str, url: str) -> None:
        token = hashlib.sha256(url.encode()).hexdigest()[:8]
        self.url = url
        self.path = folder / f"{file_name}.{token}.part"
        self._facts_path = folder / f"{file_name}.{token}.part.json"
        self._facts = self._read_facts()
        if self._facts is None or self.size > self._facts.total:
            self.discard()

    @property
    def size(self) -> int:
        """Bytes on disk."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @property
    def total(self) -> int | None:
        """Bytes of the whole file; None before the server said so."""
        return self._facts.total if self._facts else None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return self._facts is not None and self.size == self._facts.total

    @property
    def validator(self) -> str:
        """What the server must confirm before the rest is appended; may be empty.

        A weak ETag does not promise equal bytes (RFC 9110, 13.1.5), so it is not used.
        """
        if self._facts is None:
            return ""
        etag = self._facts.etag
        strong = etag if etag and not etag.startswith("W/") else ""
        return strong or self._facts.modified

    def belongs_to(self, total: int, etag: str) -> bool:
        """Tell whether a rest of a file of `total` bytes may be appended."""
        if self._facts is None or total != self._facts.total:
            return False
        return not etag or not self._facts.etag or etag == self._facts.etag

    def begin(self, total: int, etag: str, modified: str) -> None:
        """Start over, with what the server says of the file now.

        Raises
        ------
        StorageError
            When the folder does not take it.
        """
        self.discard()
        facts = _Facts(self.url, total, etag, modified)
        write_atomic(self._facts_path, msgspec.json.encode(facts, enc_hook=str))
        self._facts = facts

    def discard(self) -> None:
        """Forget what came."""
        self._facts = None
        self._facts_path.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def _read_facts(self) -> _Facts | None:
        try:
            facts = msgspec.json.decode(self._facts_path.read_bytes(), type=_Facts)
        except (OSError, msgspec.MsgspecError):
            return None
        return facts if facts.url == self.url else None


def bytes_kept(folder: Path, file_name: str) -> int:
    """Return how much of a file lies in `folder` from earlier tries."""
    parts = folder.glob(f"{escape(file_name)}.*.part")
    return max((part.stat().st_size for part in parts), default=0)


def remove_parts(folder: Path, file_name: str) -> None:
    """Delete all that earlier tries left of a file."""
    for pattern in ("*.part", "*.part.json"):
        for path in folder.glob(f"{escape(file_name)}.{pattern}"):
            with suppress(OSError):
                path.unlink()


@contextmanager
def only_one(folder: Path, file_name: str) -> Iterator[None]:
    """Keep a second SegDesk from writing the same part.

    Raises
    ------
    DownloadError
        When another one is at it.
    """
    path = folder / f"{file_name}.lock"
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
    try:
        if not _lock(handle) or not _is_file_of(handle, path):
            raise DownloadError(
                tr("{file_name} was not downloaded.", file_name=file_name),
                cause=tr("Another SegDesk is downloading it right now."),
                hint=tr("Wait for it, or stop it there."),
            )
        try:
            yield
        finally:
            with suppress(OSError):  # Windows deletes no open file: it stays, empty
                path.unlink()
    finally:
        os.close(handle)


def _is_file_of(handle: int, path: Path) -> bool:
    """Tell whether the name still leads to the file that was locked."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
