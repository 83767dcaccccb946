"""What a form of a training is for, and what it works with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.ports import BenchPort, ExecutorPort, TrainerPort
from segdesk.app.training.memory import TrainingMemory
from segdesk.app.training.training import Training
from segdesk.core.errors import SegDeskError
from segdesk.core.training_defaults import MachineFacts

if TYPE_CHECKING:
    from segdesk.library.model_card import ModelEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingTarget:
    """What a form is for.

    Parameters
    ----------
    name
        What the user calls the data: the project's or the folder's name.
    is_project
        Whether it is a project of SegDesk's.
    load_from
        A checkpoint whose weights the training shall start from.
    architecture
        What it is trained on from there; "": what is remembered or proposed.
    max_iters, crop_size
        How long, and edge in pixels; None: what is remembered or proposed.
    """

    data_dir: Path
    name: str
    is_project: bool = False
    load_from: Path | None = None
    architecture: str = ""
    max_iters: int | None = None
    crop_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDoors:
    """What a form works with.

    Parameters
    ----------
    training
        Starts the run.
    trainer
        Runs the check of the data beside everything else.
    bench
        Makes samples, configs and probes.
    runs_dir
        Folder in which run folders are made.
    scratch_dir
        Folder for arrays that pass from the engine.
    machine
        Returns what a training may use on a device, and that device's id.
    devices
        Returns (id, words) of the devices to choose from.
    told
        Takes an error that is nobody's field.
    models
        Returns the models of the library.
    """

    training: Training
    trainer: TrainerPort
    bench: BenchPort
    executor: ExecutorPort
    memory: TrainingMemory
    runs_dir: Path
    scratch_dir: Path
    machine: Callable[[str], tuple[MachineFacts, str]]
    devices: Callable[[str], tuple[tuple[str, str], ...]]
    told: Callable[[SegDeskError], object]
    models: Callable[[], "tuple[ModelEntry, ...]"] = tuple
