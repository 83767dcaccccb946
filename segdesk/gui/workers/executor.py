"""Short work on threads; answers on the window's thread."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from segdesk.core.errors import SegDeskError
from segdesk.jobs.runner import failed_from

T = TypeVar("T")
_NICE = 10  # as `nice` begins


class Executor(QObject):
    """Runs short work in order of its arrival on a few threads.

    Parameters
    ----------
    name
        Of the threads, for a debugger.
    threads
        How many pieces of work run at once.
    yields
        Let the window and the screen go first where processors are few: nobody waits
        for this work. Only Linux can do that for a thread.
    """

    _answered = Signal(object)

    def __init__(
        self,
        name: str,
        threads: int = 1,
        parent: QObject | None = None,
        *,
        yields: bool = False,
    ) -> None:
        super().__init__(parent)
        begin = _let_others_first if yields else None
        self._pool = ThreadPoolExecutor(threads, name, initializer=begin)
        self._open = True
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        work: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[SegDeskError], object],
    ) -> None:
        """Run `work` on a worker, then call one of `done` and `failed`."""
        if not self._open:
            return
        future = self._pool.submit(work)
        future.add_done_callback(lambda ended: self._answer(ended, done, failed))

    def close(self) -> None:
        """Drop what waits, finish what runs; no answer arrives after this."""
        self._open = False
        self._pool.shutdown(wait=True, cancel_futures=True)

    def finish(self) -> None:
        """Finish also what waits; no answer arrives after this."""
        self._open = False
        self._pool.shutdown(wait=True)

    def _answer(
        self,
        future: "Future[T]",
        done: Callable[[T], object],
        failed: Callable[[SegDeskError], object],
    ) -> None:
        if future.cancelled() or not self._open:
            return
        error = future.exception()
        if error is None:
            result = future.result()
            self._answered.emit(lambda: done(result))
        else:
            told = as_segdesk_error(error)
            self._answered.emit(lambda: failed(told))

    @Slot(object)
    def _on_answered(self, call: Callable[[], Any]) -> None:
        if self._open:
            call()


def _let_others_first() -> None:
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def as_segdesk_error(error: BaseException) -> SegDeskError:
    """Return any error as one whose text is meant for the user."""
    if isinstance(error, SegDeskError):
        return error
    told = failed_from(error)
    return SegDeskError(
        told.message, cause=told.cause, hint=told.hint, detail=told.detail
    )
