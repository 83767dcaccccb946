"""The book of jobs: what runs, how far it is, how it ended."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import count

from segdesk.app.signal import Signal
from segdesk.core.language import joined, tr
from segdesk.jobs.events import (
    Cancelled,
    Failed,
    LogLine,
    Noted,
    Progress,
    Report,
    Succeeded,
    Terminal,
    TrainStep,
)

_LOG_LINES = 1000


class JobStatus(StrEnum):
    """Where a job is in its life."""

    RUNNING = "running"
    STOPPING = "stopping"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the book.

    Parameters
    ----------
    done, total, unit
        How far it is; total None: unknown.
    text
        What it does at the moment.
    started_s, ended_s
        Monotonic seconds.
    failure
        Why it failed.
    kept
        What a cancelled job left behind.
    fleeting
        Its row goes when it ends, unless it fails: one of many short jobs.
    """

    id: int
    title: str
    icon: str
    started_s: float
    status: JobStatus = JobStatus.RUNNING
    done: int = 0
    total: int | None = None
    unit: str = ""
    text: str = ""
    ended_s: float | None = None
    failure: Failed | None = None
    kept: str = ""
    fleeting: bool = False
    log: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_live(self) -> bool:
        """Whether it still runs."""
        return self.status in (JobStatus.RUNNING, JobStatus.STOPPING)

    @property
    def fraction(self) -> float | None:
        """Share done, 0-1; None when the length is unknown."""
        return min(1.0, self.done / self.total) if self.total else None

    def seconds_left(self, now_s: float) -> float | None:
        """Time left at the rate so far; None before anything can be said."""
        elapsed = now_s - self.started_s
        if not self.total or not self.done or elapsed < 1:
            return None
        return elapsed / self.done * (self.total - self.done)

    def rate(self, now_s: float) -> float | None:
        """Units a second so far; None before anything can be said."""
        elapsed = (self.ended_s or now_s) - self.started_s
        return self.done / elapsed if self.done and elapsed > 0 else None


class JobCenter:
    """Keeps the book; the workers report into it on the window's thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.changed: Signal[Job] = Signal()
        self.removed: Signal[int] = Signal()
        self._clock = clock
        self._ids = count(1)
        self._jobs: dict[int, Job] = {}
        self._cancels: dict[int, Callable[[], None]] = {}

    def now_s(self) -> float:
        """Return the time by the clock of the jobs, in monotonic seconds."""
        return self._clock()

    def jobs(self) -> tuple[Job, ...]:
        """Return all jobs, oldest first."""
        return tuple(self._jobs.values())

    def live(self) -> tuple[Job, ...]:
        """Return the jobs that still run, oldest first."""
        return tuple(job for job in self._jobs.values() if job.is_live)

    def get(self, job_id: int) -> Job | None:
        """Return one job, or None if it was cleared."""
        return self._jobs.get(job_id)

    def open(
        self,
        title: str,
        icon: str,
        cancel: Callable[[], None] | None,
        *,
        fleeting: bool = False,
    ) -> int:
        """Enter a job that starts now; returns its id."""
        job = Job(next(self._ids), title, icon, self._clock(), fleeting=fleeting)
        if cancel:
            self._cancels[job.id] = cancel
        self._put(job)
        return job.id

    def can_cancel(self, job_id: int) -> bool:
        """Tell whether a job runs and can be stopped."""
        job = self._jobs.get(job_id)
        return bool(job and job.is_live and job_id in self._cancels)

    def cancel(self, job_id: int) -> None:
        """Ask a job to stop."""
        job = self._jobs.get(job_id)
        if job and self.can_cancel(job_id):
            self._put(replace(job, status=JobStatus.STOPPING, text=tr("Stopping")))
            self._cancels[job_id]()

    def report(self, job_id: int, event: Report) -> None:
        """Take a job's report into its row."""
        job = self._jobs.get(job_id)
        if job is None:
            return
        match event:
            case Progress(done, total, unit, text):
                self._put(replace(job, done=done, total=total, unit=unit, text=text))
            case TrainStep():
                self._put(
                    replace(
                        job,
                        done=event.iteration,
                        total=event.total,
                        unit="iterations",
                    )
                )
            case LogLine(text):
                self._put(replace(job, log=(*job.log, text)[-_LOG_LINES:]))
            case Noted():
                line = joined(
                    " ", filter(None, (event.message, event.cause, event.hint))
                )
                self._put(replace(job, log=(*job.log, line)[-_LOG_LINES:]))
            case _:
                pass

    def close(self, job_id: int, terminal: Terminal) -> None:
        """Enter how a job ended."""
        match terminal:
            case Succeeded():
                self._end(job_id, JobStatus.SUCCEEDED)
            case Failed():
                self._end(job_id, JobStatus.FAILED, failure=terminal)
            case Cancelled(kept):
                self._end(job_id, JobStatus.CANCELLED, kept=kept)

    def finish(self, job_id: int) -> None:
        """Enter that a job did what was asked."""
        self._end(job_id, JobStatus.SUCCEEDED)

    def clear_ended(self) -> None:
        """Remove the rows of jobs that are over."""
        for job in self.jobs():
            if not job.is_live:
                del self._jobs[job.id]
                self.removed.emit(job.id)

    def _end(
        self,
        job_id: int,
        status: JobStatus,
        *,
        failure: Failed | None = None,
        kept: str = "",
    ) -> None:
        job = self._jobs.get(job_id)
        if job is None:
            return
        self._cancels.pop(job_id, None)
        if job.fleeting and failure is None:
            del self._jobs[job_id]
            self.removed.emit(job_id)
            return
        self._put(
            replace(
                job,
                status=status,
                failure=failure,
                kept=kept,
                ended_s=self._clock(),
                text="",
            )
        )

    def _put(self, job: Job) -> None:
        self._jobs[job.id] = job
        self.changed.emit(job)
