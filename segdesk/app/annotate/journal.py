"""Every stroke goes to a file as it is made, so that a killed program loses none.

A journal belongs to one annotation and lives from the first change to the moment at
which the annotation is written and clean.
"""

import os
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

import msgspec

from segdesk.core.errors import StorageError
from segdesk.core.history import Step
from segdesk.core.language import tr
from segdesk.core.paths import user_data_dir
from segdesk.formats.file_lock import lock_descriptor
from segdesk.formats.journal_file import (
    MAGIC,
    Done,
    JournalHead,
    Mark,
    Record,
    framed,
    step_to_plain,
)

JOURNAL_SUFFIX = ".journal"
_SYNC_S = 1.0
_POLL_S = 0.002
_AT_ONCE_BYTES = 1_000_000
_numbers = count(1)


def journal_dir() -> Path:
    """Return the folder of the journals."""
    return user_data_dir() / "journals"


def copy_path(annotation: Path, word: str) -> Path:
    """Return a free name for a copy of an annotation, among the user's own files.

    Not beside the annotation, where it would count as a mask of the data set.

    Parameters
    ----------
    word
        What the name says of it: "recovered".
    """
    stamp = time.strftime("%Y%m%d-%H%M%S")
    folder = user_data_dir() / "recovered"
    number, path = 1, folder / f"{annotation.stem}.{word}-{stamp}.png"
    while path.exists():
        number += 1
        path = folder / f"{annotation.stem}.{word}-{stamp}-{number}.png"
    return path


class Journal:
    """The journal of one open annotation.

    Parameters
    ----------
    head
        What it belongs to.
    folder
        Where its file is made with the first step.
    """

    def __init__(self, head: JournalHead, folder: Path | None = None) -> None:
        self._folder = folder or journal_dir()
        self._head = head
        self._file: _File | None = None
        self._records = 0
        self._early: Mark | None = None
        self._turn = threading.Lock()

    @property
    def records(self) -> int:
        """Number of steps in it, done and undone."""
        return self._records

    @property
    def path(self) -> Path | None:
        """Its file; None while there is none."""
        return self._file.path if self._file else None

    @property
    def problem(self) -> StorageError | None:
        """Why strokes are not journalled; None: they are."""
        return self._file.problem if self._file else None

    def append(self, step: Step, *, undone: bool = False) -> None:
        """Write a step that was done or undone; a large one a moment later."""
        if self._file is None:
            name = f"{os.getpid()}-{next(_numbers)}{JOURNAL_SUFFIX}"
            with self._turn:
                self._file = _File(self._folder / name, self._head)
                if self._early:
                    self._file.put(self._early)
        self._records += 1
        self._file.put(Done(step_to_plain(step), undone), step.size_bytes)

    def mark(self, mark: Mark) -> None:
        """Write that a PNG is about to hold the first steps, and wait until it is told.

        Any thread may call it.
        """
        with self._turn:
            file = self._file
            if file is None:  # the first step may come while the PNG is written
                self._early = mark
                return
        file.put(mark)
        file.wait()

    def wait(self) -> None:
        """Wait until everything is with the system."""
        if self._file:
            self._file.wait()

    def clear(self, base: str) -> None:
        """Remove the file: the annotation is written and clean.

        Parameters
        ----------
        base
            Digest of the PNG on which the next step will be done.
        """
        if self._file:
            self._file.end(remove=True)
        self._file = self._early = None
        self._records = 0
        head = self._head
        if (head.base, head.replaces) != (base, ""):
            self._head = msgspec.structs.replace(head, base=base, replaces="")

    def close(self) -> None:
        """Stop writing and leave the file for the next start."""
        if self._file:
            self._file.end(remove=False)
            self._file = None


class _File:
    """The file. Small records are written at once: the system takes them in 0.1 ms.

    Waking a thread for each costs the window more, up to a slice of the scheduler.
    Large ones, and what comes while one waits, go through a thread, in order. Another
    thread forces the file to the disk once a second, and removes it in the end.
    """

    def __init__(self, path: Path, head: JournalHead) -> None:
        self.path = path
        self.problem: StorageError | None = None
        self._descriptor = -1
        self._remove = False
        self._is_dirty = False
        self._ended = threading.Event()
        self._turn = threading.Lock()
        self._waiting = 0
        self._queue: queue.SimpleQueue[Record | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._attempt(partial(self._open, head))
        self._keeper = threading.Thread(target=self._keep, name="journal", daemon=True)
        self._keeper.start()

    def put(self, record: Record, size_bytes: int = 0) -> None:
        with self._turn:
            if self._ended.is_set():
                return
            if size_bytes <= _AT_ONCE_BYTES and not self._waiting:
                self._attempt(partial(self._write, record))
                return
            self._waiting += 1
            if self._writer is None:
                self._writer = threading.Thread(
                    target=self._write_queue, name="journal writer", daemon=True
                )
                self._writer.start()
        self._queue.put(record)

    def wait(self) -> None:
        while self._waiting:
            time.sleep(_POLL_S)

    def end(self, *, remove: bool) -> None:
        """Write what waits and close the file; only to leave it, the caller waits."""
        self._remove = remove
        if remove:  # Windows lets nobody remove an open file: the keeper does it then
            with suppress(OSError):
                self.path.unlink()
        self._ended.set()
        if not remove:
            self._keeper.join()

    def _open(self, head: JournalHead) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(self.path, flags, 0o600)
        lock_descriptor(self._descriptor)
        self._put_bytes(MAGIC + framed(head))

    def _write(self, record: Record) -> None:
        if self._descriptor >= 0 and not self.problem:
            self._put_bytes(framed(record))

    def _put_bytes(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]
        self._is_dirty = True

    def _attempt(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:  # behind a torn record nothing would be read
            self.problem = StorageError(
                tr("Strokes are no longer journalled."),
                cause=tr(
                    "{folder} does not take them: {reason}. Your work is "
                    "still in memory and is saved as before.",
                    folder=self.path.parent,
                    reason=error.strerror,
                ),
                hint=tr("Free some space there, then save."),
                detail=str(error),
            )

    def _write_queue(self) -> None:
        while (record := self._queue.get()) is not None:
            self._attempt(partial(self._write, record))
            with self._turn:
                self._waiting -= 1

    def _keep(self) -> None:
        while not self._ended.wait(_SYNC_S):
            if self._is_dirty and self._descriptor >= 0:
                self._is_dirty = False
                with suppress(OSError):
                    os.fsync(self._descriptor)
        if self._writer:
            self._queue.put(None)
            self._writer.join()
        with self._turn:
            if self._descriptor >= 0:
                os.close(self._descriptor)
            self._descriptor = -1
        if self._remove:
            with suppress(OSError):
                self.path.unlink()
