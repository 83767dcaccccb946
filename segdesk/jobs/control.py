"""How a job is stopped, and what a running job is given."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from segdesk.core.errors import JobCancelledError
from segdesk.jobs.events import Report


class StopFlag:
    """A request to stop or to wait, set by any thread and read by the job's."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._paused = threading.Event()
        self._watchers: list[Callable[[], object]] = []

    @contextmanager
    def watched(self, tell: Callable[[], object]) -> Iterator[None]:
        """Call `tell`, from any thread, whenever the request becomes another one."""
        self._watchers.append(tell)
        try:
            yield
        finally:
            self._watchers.remove(tell)

    def _tell(self) -> None:
        for tell in tuple(self._watchers):
            tell()

    def set(self) -> None:
        """Ask the job to stop at its next check."""
        self._event.set()
        self._tell()

    def is_set(self) -> bool:
        """Tell whether a stop was asked for."""
        return self._event.is_set()

    def pause(self) -> None:
        """Ask the job to wait at its next check; trainings and batches do."""
        self._paused.set()
        self._tell()

    def go_on(self) -> None:
        """Let a job that waits go on."""
        self._paused.clear()
        self._tell()

    def is_paused(self) -> bool:
        """Tell whether the job is to wait; one that is to stop does not."""
        return self._paused.is_set() and not self._event.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for a stop for at most `timeout_s` seconds."""
        return self._event.wait(timeout_s)


class JobContext:
    """What a handler gets beside its spec.

    Parameters
    ----------
    report
        Takes the job's reports, in order, from the job's thread.
    stop
        The request to stop.
    """

    def __init__(self, report: Callable[[Report], None], stop: StopFlag) -> None:
        self.report = report
        self.stop = stop

    def check(self) -> None:
        """Raise if the user asked to stop.

        Raises
        ------
        JobCancelledError
            When a stop was asked for. Let it through to the funnel.
        """
        if self.stop.is_set():
            raise JobCancelledError
