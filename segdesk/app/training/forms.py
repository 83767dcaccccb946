"""Which data a training is for, and the form that is open for them."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.desk import Desk
from segdesk.app.ports import BenchPort, ExecutorPort, TrainerPort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.proposals.predicting import Predicting
from segdesk.app.training.form import FormDoors, TrainingForm, TrainingTarget
from segdesk.app.training.memory import TrainingMemory
from segdesk.app.training.run_choices import device_choices
from segdesk.app.training.training import Training
from segdesk.core.training_defaults import DeviceKind, MachineFacts
from segdesk.jobs.events import Succeeded, Terminal, TrainDone

if TYPE_CHECKING:
    from collections.abc import Callable

    from segdesk.jobs.specs import TrainSpec
    from segdesk.library.model_card import ModelEntry

_MB = 1e6
_KINDS: dict[str, DeviceKind] = {"cuda": "cuda", "mps": "mps"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingWorkers:
    """Who works for trainings.

    Parameters
    ----------
    trainer
        Runs trainings and checks.
    bench
        Makes samples, configs and probes.
    executor
        Writes the memory.
    models
        Returns the models of the library.
    """

    trainer: TrainerPort
    bench: BenchPort
    executor: ExecutorPort
    models: "Callable[[], tuple[ModelEntry, ...]]" = tuple


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFolders:
    """Where the files of trainings lie.

    Parameters
    ----------
    runs_dir
        Gets a folder for each run.
    scratch_dir
        For arrays that pass from the engine.
    """

    runs_dir: Path
    scratch_dir: Path


class TrainingForms:
    """Opens forms; one that is closed without a start is there again as it was.

    Parameters
    ----------
    predicting
        Knows the devices.
    """

    def __init__(
        self,
        desk: Desk,
        training: Training,
        workers: TrainingWorkers,
        memory: TrainingMemory,
        folders: TrainingFolders,
        predicting: Predicting,
    ) -> None:
        self._desk = desk
        self._predicting = predicting
        self._memory = memory
        self._executor = workers.executor
        self._doors = FormDoors(
            training=training,
            trainer=workers.trainer,
            bench=workers.bench,
            executor=workers.executor,
            memory=memory,
            runs_dir=folders.runs_dir,
            scratch_dir=folders.scratch_dir,
            machine=self.machine,
            devices=lambda wanted: device_choices(predicting.environment, wanted),
            told=desk.notices.error,
            models=workers.models,
        )
        training.ended.connect(self._on_run_ended)
        self._training = training

    def open(
        self,
        target: TrainingTarget,
        projects: ProjectShelf,
        autosave: Autosave,
    ) -> TrainingForm:
        """Return a form for some data, whose check begins once all is written."""
        form = TrainingForm(self._doors, target)
        autosave.flush_all()
        store = projects.store
        if target.is_project and store is not None and store.is_project:
            projects.settle(form.open)
        else:
            form.open()
        return form

    def machine(self, device: str) -> tuple[MachineFacts, str]:
        """Return what a training may use on a device, and the device's id."""
        environment = self._predicting.environment
        devices = environment.devices if environment else ()
        if device == "auto":
            device = devices[0].id if devices else "cpu"
        facts = next((one for one in devices if one.id == device), None)
        memory = facts.memory_bytes if facts else None
        kind = _KINDS.get(device.partition(":")[0], "cpu")
        if memory is None and kind == "cpu":
            memory = _machine_bytes()
        threads = environment.cpu_threads if environment else os.cpu_count() or 1
        return (
            MachineFacts(
                kind=kind,
                memory_mb=memory / _MB if memory else None,
                threads=threads,
            ),
            device,
        )

    def _on_run_ended(self, key: int, terminal: Terminal) -> None:
        run = self._training.run(key)
        match terminal:
            case Succeeded(TrainDone(metrics=metrics)) if run is not None:
                score = metrics.get("mIoU")
                if score is not None and run.spec.config is None:
                    spec: TrainSpec = run.spec
                    self._memory.keep_score(spec.data_dir, spec.architecture, score)
                    self._executor.submit(
                        self._memory.writer(),
                        lambda _none: None,
                        self._desk.notices.error,
                    )
            case _:
                pass


def _machine_bytes() -> int | None:
    """Return the memory of the machine, where the system tells."""
    with suppress(AttributeError, OSError, ValueError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return None
