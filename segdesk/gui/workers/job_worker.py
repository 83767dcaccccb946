"""One long job on a QThread of its own."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Cancelled, Failed
from segdesk.jobs.runner import attempt

Work = Callable[[JobContext], object]


class JobWorker(QThread):
    """Runs a job and says how it goes.

    `reported` fires any number of times and never after the end; then exactly one of
    `succeeded`, `failed` and `cancelled` fires, once.

    Parameters
    ----------
    work
        The job: drives an engine, or does the work itself. What it returns goes out
        with `succeeded`, unless it is a `Failed` or `Cancelled`.
    """

    reported = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    cancelled = Signal(object)

    def __init__(self, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._stop = StopFlag()

    def stop(self) -> None:
        """Ask the job to stop."""
        self._stop.set()

    def run(self) -> None:
        """Run the job; called by Qt on the new thread."""
        context = JobContext(self.reported.emit, self._stop)
        outcome = attempt(lambda: self._work(context))
        match outcome:
            case Failed():
                self.failed.emit(outcome)
            case Cancelled():
                self.cancelled.emit(outcome)
            case _:
                self.succeeded.emit(outcome)
