"""A job of the form of a training, in a process of its own."""

from collections.abc import Callable

from segdesk.app.ports import TrainerPort, TrainHandle
from segdesk.jobs.events import Progress, Report, Terminal
from segdesk.jobs.specs import JobSpec


class LoneJob:
    """Runs one job at a time; the last one that is started counts.

    What a job says that was stopped, or followed by another, is heard no more.

    Parameters
    ----------
    further
        Called when there is new `progress`.
    ended
        Gets how the job ended.

    Attributes
    ----------
    progress
        How far the job is; None: it has not said so, or there is none.
    """

    def __init__(
        self,
        trainer: TrainerPort,
        further: Callable[[], object],
        ended: Callable[[Terminal], object],
    ) -> None:
        self.progress: Progress | None = None
        self._trainer = trainer
        self._further = further
        self._ended = ended
        self._handle: TrainHandle | None = None
        self._request = 0

    @property
    def is_busy(self) -> bool:
        """Whether a job runs."""
        return self._handle is not None

    def start(self, spec: JobSpec) -> None:
        """Start a job; one that runs is stopped."""
        self.stop()
        request = self._request
        self._handle = self._trainer.train(
            spec,
            lambda event: self._on_reported(request, event),
            lambda terminal: self._on_ended(request, terminal),
        )

    def stop(self) -> None:
        """Stop the job, if one runs."""
        self._request += 1
        handle, self._handle = self._handle, None
        self.progress = None
        if handle is not None:
            handle.stop()

    def _on_reported(self, request: int, event: Report) -> None:
        if request == self._request and isinstance(event, Progress):
            self.progress = event
            self._further()

    def _on_ended(self, request: int, terminal: Terminal) -> None:
        if request != self._request:
            return
        self._handle = self.progress = None
        self._ended(terminal)
