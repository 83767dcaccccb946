"""What can be asked of the engine.

A spec is a frozen value: it can be written to disk, sent to a child process, or run in
the same process by the command line. All paths are absolute.
"""

from pathlib import Path
from typing import Literal

import msgspec

from segdesk.core.classes import ClassList

Device = str  # "auto", "cpu", "cuda:0", "mps"
Precision = Literal["fp32", "bf16", "fp16"]
SaveKind = Literal["mask", "overlay", "confidence", "side"]


class ModelSource(msgspec.Struct, frozen=True, kw_only=True):
    """Where a model comes from.

    Parameters
    ----------
    id
        Id of the model's card, or the checkpoint's file name.
    checkpoint
        The `.pth` file.
    config
        A dumped config; None: the config text that the checkpoint carries is used.
    classes
        The user's answer, for checkpoints that do not name their classes.
    trusted
        The user consented to execute `config` as Python.
    """

    id: str
    checkpoint: Path
    config: Path | None = None
    classes: ClassList | None = None
    trusted: bool = False


class LoadSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Load a model and keep it resident."""

    model: ModelSource
    device: Device = "auto"
    precision: Precision = "fp32"


class PredictSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Predict one image; the model is loaded first unless it is resident.

    Parameters
    ----------
    scratch_dir
        Folder into which the arrays of the result are written. The reader deletes them.
    """

    model: ModelSource
    image: Path
    scratch_dir: Path
    device: Device = "auto"
    precision: Precision = "fp32"
    confidence: bool = True


class BatchItem(msgspec.Struct, frozen=True):
    """One input of a batch.

    Parameters
    ----------
    source
        The image file.
    name
        Where its outputs go, relative to `masks/`, `overlays/`, …, without suffix,
        with forward slashes. Unique within the batch.
    """

    source: Path
    name: str


class BatchSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Predict many images into a folder."""

    model: ModelSource
    items: tuple[BatchItem, ...]
    out_dir: Path
    save: tuple[SaveKind, ...] = ("mask",)
    opacity: float = 0.5
    device: Device = "auto"
    precision: Precision = "fp32"
    overwrite: bool = False


class InspectSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Read what a checkpoint (and its config) says of itself; build it once to see."""

    model: ModelSource


class TrainSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Train a model.

    Parameters
    ----------
    data_dir
        `img_dir/{train,val}`, `ann_dir/{train,val}` and `classes.json`.
    architecture
        Name of a file in `configs/`, without suffix.
    work_dir
        Run folder; made if missing.
    crop_size
        Side of the square training crop in pixels; None: the config's own.
    lr
        Learning rate; None: the config's own.
    load_from
        Checkpoint whose weights are taken as the start.
    """

    data_dir: Path
    architecture: str
    work_dir: Path
    max_iters: int = 1000
    val_interval: int = 200
    checkpoint_interval: int = 200
    log_interval: int = 10
    batch_size: int = 4
    crop_size: int | None = None
    lr: float | None = None
    seed: int = 0
    device: Device = "auto"
    load_from: Path | None = None
    num_workers: int = 0


class EnvironmentSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Report versions, devices and operators of the engine."""


JobSpec = LoadSpec | PredictSpec | BatchSpec | InspectSpec | TrainSpec | EnvironmentSpec
