"""The funnel: whatever a handler does, exactly one terminal event comes out."""

import logging
import threading
import traceback
from collections.abc import Callable
from typing import Protocol, TypeVar

from segdesk.core import errors
from segdesk.core.errors import JobCancelledError, ModelError, SegDeskError
from segdesk.core.language import tr
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import (
    Cancelled,
    Failed,
    JobResult,
    Report,
    Succeeded,
    Terminal,
)
from segdesk.jobs.specs import JobSpec

log = logging.getLogger(__name__)

_TURN_POLL_S = 0.05

T = TypeVar("T")
Handler = Callable[[JobSpec, JobContext], JobResult]


class Runner(Protocol):
    """Something that runs jobs one after the other: in this process or in a child."""

    def run(
        self, spec: JobSpec, report: Callable[[Report], None], stop: StopFlag
    ) -> Terminal:
        """Run one job to its end and return its terminal event. Never raises."""
        ...

    def close(self) -> None:
        """End the engine behind it, if there is one."""
        ...


def failed_from(error: BaseException) -> Failed:
    """Return an error as the event that tells it to the user."""
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, SegDeskError):
        return Failed(
            kind=type(error).__name__,
            message=error.message,
            cause=error.cause,
            hint=error.hint,
            detail=error.detail or detail,
        )
    if isinstance(error, MemoryError):
        return Failed(
            kind="MemoryError",
            message=tr("The job ran out of memory."),
            cause=tr("This machine has no more memory to give."),
            hint=tr("Close other programs, or use a smaller image or model."),
            detail=detail,
        )
    return Failed(
        kind=type(error).__name__,
        message=tr("The job ended with an unexpected error."),
        cause=f"{type(error).__name__}: {error}",
        hint=tr("The details say where it happened. Report them if it returns."),
        detail=detail,
    )


def attempt(work: Callable[[], T]) -> T | Failed | Cancelled:
    """Do a job's work; a stop or an error becomes the event that tells it."""
    try:
        return work()
    except JobCancelledError as cancelled:
        return Cancelled(cancelled.kept)
    except Exception as error:
        log.debug("job failed", exc_info=True)
        return failed_from(error)


def error_from(failed: Failed) -> SegDeskError:
    """Return the error that a failed job tells, to be raised on this side.

    Its class is the one that the engine raised, where it is one of SegDesk's.
    """
    kind = getattr(errors, failed.kind, None)
    if not (isinstance(kind, type) and issubclass(kind, SegDeskError)):
        kind = ModelError
    return kind(
        failed.message, cause=failed.cause, hint=failed.hint, detail=failed.detail
    )


def run_job(spec: JobSpec, context: JobContext, handler: Handler) -> Terminal:
    """Run a handler and turn every outcome into one terminal event.

    Parameters
    ----------
    spec
        What to do.
    context
        Where reports go and stops come from.
    handler
        The engine, or a fake of it.
    """
    outcome = attempt(lambda: handler(spec, context))
    return outcome if isinstance(outcome, Failed | Cancelled) else Succeeded(outcome)


class InProcessRunner:
    """Runs jobs in this process: for the command line, tests and debugging."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def run(
        self, spec: JobSpec, report: Callable[[Report], None], stop: StopFlag
    ) -> Terminal:
        """Run one job to its end."""
        return run_job(spec, JobContext(report, stop), self._handler)

    def close(self) -> None:
        """Do nothing: there is no process to end."""


class SerialRunner:
    """Lets several threads share one runner: their jobs run one after the other.

    Parameters
    ----------
    runner
        Runs one job at a time.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._turn = threading.Lock()

    def run(
        self, spec: JobSpec, report: Callable[[Report], None], stop: StopFlag
    ) -> Terminal:
        """Wait for the turn, then run one job to its end."""
        while not self._turn.acquire(timeout=_TURN_POLL_S):
            if stop.is_set():
                return Cancelled()
        try:
            return self._runner.run(spec, report, stop)
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the engine behind the runner."""
        self._runner.close()
