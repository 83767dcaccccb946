"""The child's side: serve jobs from stdin, say events on a private channel."""

import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from segdesk.jobs.codec import (
    EXIT_SPENT,
    Pause,
    Request,
    Said,
    Start,
    decode_request,
    encode,
)
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Event, Report
from segdesk.jobs.runner import Handler, run_job

log = logging.getLogger(__name__)

EXIT_ORPHANED = 70


def private_channel() -> BinaryIO:
    """Keep stdout for events and send every stray print to stderr.

    Returns
    -------
    file
        The real stdout, which nothing else in this process can reach any more.
    """
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return channel


class _Server:
    def __init__(
        self, handler: Handler, channel: BinaryIO, is_spent: Callable[[], bool]
    ) -> None:
        self._handler = handler
        self._channel = channel
        self._is_spent = is_spent
        self._jobs: queue.SimpleQueue[Start | None] = queue.SimpleQueue()
        self._stops: dict[int, StopFlag] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._orphaned = threading.Event()

    def read(self, requests: BinaryIO) -> None:
        """Read requests until the parent is gone, then stop what is running."""
        for line in requests:
            try:
                request = decode_request(line)
            except msgspec.MsgspecError:
                log.warning("unreadable request: %r", line[:200])
                continue
            self._take(request)
        self._orphaned.set()
        with self._lock:
            for stop in self._stops.values():
                stop.set()
        self._jobs.put(None)

    def _take(self, request: Request) -> None:
        if isinstance(request, Start):
            self._stop_flag(request.job)
            self._jobs.put(request)
            return
        with self._lock:
            stop = self._stops.get(request.job)
        if stop is None:  # it came to its end in the meantime
            return
        if isinstance(request, Pause):
            (stop.pause if request.paused else stop.go_on)()
        else:
            stop.set()

    def run(self) -> bool:
        """Run jobs one after the other until the parent is gone.

        Returns
        -------
        spent
            This process cannot run another job, and a new one is needed.
        """
        while (start := self._jobs.get()) is not None:
            self._run_one(start)
            if self._is_spent():
                return True
        return False

    def _run_one(self, start: Start) -> None:
        job = start.job

        def report(event: Report) -> None:
            self._say(job, event)

        context = JobContext(report, self._stop_flag(job))
        self._say(job, run_job(start.spec, context, self._handler))
        with self._lock:
            del self._stops[job]

    def _stop_flag(self, job: int) -> StopFlag:
        with self._lock:
            flag = self._stops.setdefault(job, StopFlag())
            if self._orphaned.is_set():
                flag.set()
            return flag

    def _say(self, job: int, event: Event) -> None:
        line = encode(Said(job, event)) + b"\n"
        try:
            with self._writing:
                self._channel.write(line)
                self._channel.flush()
        except OSError:  # the parent is gone
            self._orphaned.set()
            self._stop_flag(job).set()


def serve(
    handler: Handler,
    channel: BinaryIO,
    *,
    is_spent: Callable[[], bool] = lambda: False,
    orphan_grace_s: float = 60.0,
) -> int:
    """Serve jobs until stdin ends: then the parent is gone, so save and leave.

    Parameters
    ----------
    handler
        The engine, or a fake of it.
    channel
        What `private_channel` returned.
    is_spent
        Asked after each job: whether this process cannot run another one.
    orphan_grace_s
        A job that does not stop within this time after the parent is gone is ended
        with the process.

    Returns
    -------
    code
        Exit code for the process.
    """
    server = _Server(handler, channel, is_spent)

    def read() -> None:
        server.read(sys.stdin.buffer)
        time.sleep(orphan_grace_s)
        os._exit(EXIT_ORPHANED)

    threading.Thread(target=read, name="requests", daemon=True).start()
    return EXIT_SPENT if server.run() else 0
