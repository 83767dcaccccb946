"""The check of training data as the form follows it."""

from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.ports import TrainerPort
from segdesk.app.signal import Signal
from segdesk.app.training.lone_job import LoneJob
from segdesk.jobs.events import Failed, Progress, Succeeded, Terminal
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
        self._data_dir = data_dir
        self._job = LoneJob(trainer, self.changed.emit, self._on_ended)

    @property
    def is_busy(self) -> bool:
        """Whether it runs."""
        return self._job.is_busy

    @property
    def progress(self) -> Progress | None:
        """How far it is; None: it does not run, or did not say so yet."""
        return self._job.progress

    def start(self, spec: TrainSpec, fix: str = "") -> None:
        """Check for a planned training, after a fix where one is named."""
        self.failure = None
        check = CheckSpec(
            data_dir=self._data_dir,
            fixes=(fix,) if fix else (),
            crop_size=spec.crop_size,
            batch_size=spec.batch_size,
            architecture="" if spec.config else spec.architecture,
            config=spec.config,
        )
        self._job.start(check)
        self.changed.emit()

    def stop(self) -> None:
        """End it; what was found before stays."""
        self._job.stop()

    def _on_ended(self, terminal: Terminal) -> None:
        match terminal:
            case Succeeded(CheckDone(diagnosis)):
                self.diagnosis = diagnosis
            case Failed():
                self.diagnosis, self.failure = None, terminal
            case _:
                pass
        self.changed.emit()
