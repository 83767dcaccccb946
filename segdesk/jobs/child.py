"""The child's side: serve jobs from stdin, say events on a private channel."""

import logging
import os
import queue
import sys
import threading
from typing import BinaryIO

import msgspec

from segdesk.jobs.codec import Said, Start, decode_request, encode
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Event, Report
from segdesk.jobs.runner import Handler, run_job

log = logging.getLogger(__name__)


def private_channel() -> BinaryIO:
    """Keep stdout for events and send every stray print to stderr.

    Returns
    -------
    file
        The real stdout, which nothing else in this process can reach any more.
    """
    channel = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return channel


class _Server:
    def __init__(self, handler: Handler, channel: BinaryIO) -> None:
        self._handler = handler
        self._channel = channel
        self._jobs: queue.SimpleQueue[Start | None] = queue.SimpleQueue()
        self._stops: dict[int, StopFlag] = {}
        self._lock = threading.Lock()
        self._orphaned = threading.Event()

    def read(self, requests: BinaryIO) -> None:
        """Read requests until the parent is gone, then stop what is running."""
        for line in requests:
            try:
                request = decode_request(line)
            except msgspec.MsgspecError:
                log.warning("unreadable request: %r", line[:200])
                continue
            if isinstance(request, Start):
                self._stop_flag(request.job)
                self._jobs.put(request)
            else:
                self._stop_flag(request.job).set()
        self._orphaned.set()
        with self._lock:
            for stop in self._stops.values():
                stop.set()
        self._jobs.put(None)

    def run(self) -> None:
        """Run jobs one after the other until the parent is gone."""
        while (start := self._jobs.get()) is not None:
            self._run_one(start)

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
        try:
            self._channel.write(encode(Said(job, event)) + b"\n")
        except BrokenPipeError:
            self._orphaned.set()
            self._stop_flag(job).set()


def serve(handler: Handler, channel: BinaryIO) -> None:
    """Serve jobs until stdin ends: then the parent is gone, so save and leave.

    Parameters
    ----------
    handler
        The engine, or a fake of it.
    channel
        What `private_channel` returned.
    """
    server = _Server(handler, channel)
    reader = threading.Thread(
        target=server.read, args=(sys.stdin.buffer,), name="requests", daemon=True
    )
    reader.start()
    server.run()
