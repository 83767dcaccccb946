"""What the journeys ask of workers and the engine, as protocols: `gui` has them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from segdesk.core.errors import SegDeskError
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, Failed, Report, Terminal
from segdesk.jobs.runner import Runner
from segdesk.jobs.specs import JobSpec

T = TypeVar("T")


class ExecutorPort(Protocol):
    """Runs short work on a worker; answers arrive on the window's thread."""

    def submit(
        self,
        work: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[SegDeskError], object],
    ) -> None:
        """Run `work` on a worker, then call one of `done` and `failed`."""
        ...


class TimerPort(Protocol):
    """Calls back later, on the window's thread."""

    def after(self, seconds: float, call: Callable[[], object]) -> Callable[[], None]:
        """Call once in `seconds`; returns what drops the call."""
        ...


class EnginePort(Protocol):
    """One engine process; its jobs run one after the other."""

    @property
    def runner(self) -> Runner:
        """The engine as long work may use it, on its own thread."""
        ...

    def start(
        self,
        spec: JobSpec,
        report: Callable[[Report], None],
        ended: Callable[[Terminal], None],
    ) -> Callable[[], None]:
        """Queue a job; `report` and `ended` are called on the window's thread.

        Returns
        -------
        cancel
            Ends the job, also while it waits.
        """
        ...

    def start_work(
        self,
        work: Callable[[JobContext], T],
        report: Callable[[Report], None],
        done: Callable[[T], object],
        ended: Callable[[Failed | Cancelled], None],
    ) -> Callable[[], None]:
        """Start long work on a thread of its own: a download, a copy, an inspection.

        Returns
        -------
        cancel
            Asks the work to stop.
        """
        ...

    def is_running(self) -> bool:
        """Tell whether the engine process lives."""
        ...


@dataclass(frozen=True, slots=True)
class TrainHandle:
    """What a training that runs can be told.

    Parameters
    ----------
    stop
        Ends it after its iteration; a checkpoint is kept.
    pause, go_on
        Let it wait after its iteration, and go on again.
    """

    stop: Callable[[], None]
    pause: Callable[[], None]
    go_on: Callable[[], None]


class TrainerPort(Protocol):
    """Runs trainings, and what is long before one, each in a process of its own."""

    def train(
        self,
        spec: JobSpec,
        report: Callable[[Report], None],
        ended: Callable[[Terminal], None],
    ) -> TrainHandle:
        """Start a job alone; `report` and `ended` come on the window's thread."""
        ...


class BenchPort(EnginePort, Protocol):
    """An engine process that is there for a while."""

    def rest(self) -> None:
        """End the process; the next job starts it again."""
        ...
