"""The window's door to the engine process."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Slot

from segdesk.gui.workers.job_worker import JobWorker
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, Failed, Report, Terminal
from segdesk.jobs.process import EngineProcess
from segdesk.jobs.runner import SerialRunner
from segdesk.jobs.specs import JobSpec

T = TypeVar("T")


class Engine(QObject):
    """Starts jobs, each on a QThread; those of the engine process one after the other.

    Parameters
    ----------
    process
        The engine process; it starts with the first job.
    """

    def __init__(self, process: EngineProcess, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process = process
        self.runner = SerialRunner(process)
        self._workers: set[JobWorker] = set()

    def start(
        self,
        spec: JobSpec,
        report: Callable[[Report], None],
        ended: Callable[[Terminal], None],
    ) -> Callable[[], None]:
        """Queue a job of the engine; returns what cancels it."""

        def work(context: JobContext) -> Terminal:
            return self.runner.run(spec, context.report, context.stop)

        return self.start_work(work, report, ended, ended)

    def start_work(
        self,
        work: Callable[[JobContext], T],
        report: Callable[[Report], None],
        done: Callable[[T], object],
        ended: Callable[[Failed | Cancelled], None],
    ) -> Callable[[], None]:
        """Start long work that is not the engine's alone, such as a download."""
        worker = JobWorker(work)
        self._workers.add(worker)
        worker.reported.connect(_Receiver(report, worker).receive)
        worker.succeeded.connect(_Receiver(done, worker).receive)
        receiver = _Receiver(ended, worker)
        worker.failed.connect(receiver.receive)
        worker.cancelled.connect(receiver.receive)
        worker.finished.connect(_Receiver(self._forget(worker), worker).call)
        worker.start()
        return worker.stop

    def is_running(self) -> bool:
        """Tell whether the engine process lives."""
        return self._process.pid is not None

    @property
    def pid(self) -> int | None:
        """Id of the engine process, or None."""
        return self._process.pid

    def rest(self) -> None:
        """End the engine process once its job is over; the next starts it again."""
        self.start_work(
            lambda _context: self.runner.close(),
            lambda _report: None,
            lambda _none: None,
            lambda _end: None,
        )

    def close(self) -> None:
        """Stop every job, wait for it, and end the engine process."""
        for worker in self._workers:
            worker.stop()
        for worker in tuple(self._workers):
            worker.wait()
        self.runner.close()

    def _forget(self, worker: JobWorker) -> Callable[[], None]:
        def forget() -> None:
            self._workers.discard(worker)
            worker.deleteLater()

        return forget


class _Receiver(QObject):
    """Calls a plain function on the thread where it was made: the window's."""

    def __init__(self, function: Callable[..., object], parent: QObject) -> None:
        super().__init__(parent)
        self._function = function

    @Slot(object)
    def receive(self, value: object) -> None:
        self._function(value)

    @Slot()
    def call(self) -> None:
        self._function()
