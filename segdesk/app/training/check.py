"""The check of training data as the form follows it."""

from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.ports import TrainerPort, TrainHandle
from segdesk.app.signal import Signal
from segdesk.jobs.events import Failed, Progress, Report, Succeeded, Terminal
from segdesk.jobs.specs import CheckSpec, TrainSpec
from segdesk.jobs.training_events import CheckDone

if TYPE_CHECKING:
    from segdesk.core.data_check import Diagnosis


class DataChecking:
    """Runs the check in a process of its own; the last one that is asked for counts.

    Attributes
    ----------
    changed
        Fires when it is further, or at its end.
    """

    def __init__(self, trainer: TrainerPort, data_dir: Path) -> None:
        self.changed: Signal[()] = Signal()
        self.diagnosis: Diagnosis | None = None
        self.failure: Failed | None = None
        self.progress: Progress | None = None
        self._trainer = trainer
        self._data_dir = data_dir
        self._handle: TrainHandle | None = None
        self._request = 0

    @property
    def is_busy(self) -> bool:
        """Whether it runs."""
        return self._handle is not None

    def start(self, spec: TrainSpec, fix: str = "") -> None:
        """Check for a planned training, after a fix where one is named."""
        self.stop()
        self._request += 1
        request = self._request
        self.failure = self.progress = None
        check = CheckSpec(
            data_dir=self._data_dir,
            fixes=(fix,) if fix else (),
            crop_size=spec.crop_size,
            batch_size=spec.batch_size,
            architecture="" if spec.config else spec.architecture,
            config=spec.config,
        )
        self._handle = self._trainer.train(
            check,
            lambda event: self._on_reported(request, event),
            lambda terminal: self._on_ended(request, terminal),
        )
        self.changed.emit()

    def stop(self) -> None:
        """End it; what was found before stays."""
        self._request += 1
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.stop()

    def _on_reported(self, request: int, event: Report) -> None:
        if request == self._request and isinstance(event, Progress):
            self.progress = event
            self.changed.emit()

    def _on_ended(self, request: int, terminal: Terminal) -> None:
        if request != self._request:
            return
        self._handle = None
        match terminal:
            case Succeeded(CheckDone(diagnosis)):
                self.diagnosis = diagnosis
            case Failed():
                self.diagnosis, self.failure = None, terminal
            case _:
                pass
        self.changed.emit()
