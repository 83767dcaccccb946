"""Files that only one process holds; the system lets go when the process dies."""

import json
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

from segdesk.core.language import tr

_FAR = 1 << 30  # a byte behind the text, so that others can read who holds it


class HeldError(Exception):
    """Another process, or another part of this one, holds the file.

    Parameters
    ----------
    pid
        0: not known.
    host
        Name of its machine; "": not known.
    """

    def __init__(self, pid: int, host: str) -> None:
        super().__init__(tr("held by process {pid} on {host}", pid=pid, host=host))
        self.pid = pid
        self.host = host


class FileLock:
    """A file that this process alone holds until `release` or its end.

    Parameters
    ----------
    path
        Made when missing; its text says who holds it.
    descriptor
        Open file, locked.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path) -> "FileLock":
        """Hold a file.

        Raises
        ------
        HeldError
            When somebody else does.
        OSError
            When the file cannot be made: the folder may only be read.
        """
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                lock_descriptor(descriptor)
            except BlockingIOError:
                os.close(descriptor)
                raise _held(path) from None
            if _is_same(descriptor, path):
                break
            os.close(descriptor)  # its holder removed it as this one waited
        holder = {"pid": os.getpid(), "host": socket.gethostname()}
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps(holder).encode())
        return cls(path, descriptor)

    def release(self) -> None:
        """Let go and remove the file; a second call does nothing."""
        if self._descriptor is None:
            return
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None


def lock_descriptor(descriptor: int) -> None:
    """Lock an open file for this descriptor alone, without waiting.

    File systems that know no locks let everybody pass.

    Raises
    ------
    BlockingIOError
        When another descriptor holds it.
    """
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
    else:
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:
            return


def _held(path: Path) -> HeldError:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return HeldError(int(holder["pid"]), str(holder["host"]))
    except (OSError, ValueError, KeyError, TypeError):
        return HeldError(0, "")


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
