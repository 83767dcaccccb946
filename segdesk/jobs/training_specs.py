"""What can be asked of the engine about a training."""

from pathlib import Path
from typing import Literal

import msgspec

from segdesk.jobs.model_source import Device


class TrainSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Train a model. What is left at its default is taken from the recipe.

    Parameters
    ----------
    data_dir
        A folder in the course layout with `classes.json`, or a SegDesk project.
    architecture
        Name of a recipe in `configs/`, without suffix, or "zoo:" and the name of an
        entry of the model zoo. Ignored when `config` is given.
    work_dir
        Run folder; made if missing.
    name
        What the run is called; empty: the folder's name.
    config
        A config of the user's own; read as literals unless `trusted`.
    trusted
        Execute `config` as Python.
    config_text
        The flat config as the user edited it; it wins over everything but `work_dir`.
    max_iters
        Length in iterations; ignored when `epochs` is given.
    epochs
        Length in passes over the training images; None: `max_iters` counts.
    val_interval
        Iterations between validations; there is one at the end in any case.
    checkpoint_interval
        Iterations between checkpoints; the last two are kept, and the best.
    log_interval
        Iterations between lines of the log.
    batch_size
        Images in a batch, of each process: several processes see several batches.
    accumulate
        Batches whose gradients are added before one step of the optimizer.
    crop_size
        Side of the square training crop in pixels; None: the recipe's own.
    lr
        Learning rate; None: the recipe's own, fitted to the batch.
    optimizer
        How weights are changed.
    schedule
        Course of the learning rate, as long as the training.
    augmentation
        How images are changed before the network sees them.
    loss
        What is made small.
    class_weights
        One weight for each class, "balanced" (by inverse frequency, bounded), or
        "none".
    amp
        Mixed precision; a GPU is needed.
    ema
        Average the weights over the last iterations.
    activation_checkpointing
        Compute intermediate results twice instead of keeping them.
    keep_best
        "mIoU", "fgIoU", "mDice", or "IoU:" and the name of a class.
    early_stopping
        Stop after this many validations without a gain; None: never.
    val_loss
        Measure the loss of a validation too.
    previews
        Validation images whose predictions are kept at each validation.
    seed
        Of all random numbers.
    deterministic
        Same numbers each time; slower on a GPU.
    device
        "auto" (the first GPU, else the CPU), "cpu", "cuda:N" or "mps".
    devices
        GPUs that train together, by number, a process on each; empty: `device` alone.
        Where `device` is "cpu", each process is on the CPU.
    launcher
        What started this process beside others: "pytorch" (torchrun) or "slurm"
        (srun). The engine itself starts the processes of `devices`.
    pseudo_labels
        Folder of labels that a model gave to images without any; None: none.
    pseudo_weight
        How often such an image is seen for each time that a labelled one is, 0.05-1.
    load_from
        Checkpoint whose weights are taken as the start.
    resume
        Go on from the last checkpoint of `work_dir`; a longer `max_iters` extends it.
    adapt_memory
        Halve batch, crop, … when the memory runs out, each step said; False: stop.
        Several processes do not.
    num_workers
        Processes that read images ahead; 0: the training's own reads them.
    """

    data_dir: Path
    architecture: str
    work_dir: Path
    name: str = ""
    config: Path | None = None
    trusted: bool = False
    config_text: str | None = None
    max_iters: int = 1000
    epochs: float | None = None
    val_interval: int = 200
    checkpoint_interval: int = 200
    log_interval: int = 10
    batch_size: int = 4
    accumulate: int = 1
    crop_size: int | None = None
    lr: float | None = None
    optimizer: Literal["recipe", "sgd", "adamw"] = "recipe"
    schedule: Literal["recipe", "poly", "cosine", "constant"] = "recipe"
    augmentation: Literal["recipe", "none", "light", "standard", "strong"] = "recipe"
    loss: Literal["recipe", "cross-entropy", "dice", "ce+dice", "focal", "lovasz"] = (
        "recipe"
    )
    class_weights: tuple[float, ...] | Literal["none", "balanced"] = "none"
    amp: bool = False
    ema: bool = False
    activation_checkpointing: bool = False
    keep_best: str = "mIoU"
    early_stopping: int | None = None
    val_loss: bool = True
    previews: int = 6
    seed: int = 0
    deterministic: bool = False
    device: Device = "auto"
    devices: tuple[int, ...] = ()
    launcher: Literal["none", "pytorch", "slurm"] = "none"
    pseudo_labels: Path | None = None
    pseudo_weight: float = 0.5
    load_from: Path | None = None
    resume: bool = False
    adapt_memory: bool = True
    num_workers: int = 0


class ProbeSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Run one training and one validation step, to learn what a training costs."""

    train: TrainSpec


class ConfigSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Build the config of a training without running it."""

    train: TrainSpec


class SamplesSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Make samples of what the network would see after augmentation.

    Parameters
    ----------
    scratch_dir
        Folder into which the arrays are written. The reader deletes them.
    """

    train: TrainSpec
    scratch_dir: Path
    count: int = 8


class CheckSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Check training data by every rule of the dataset doctor.

    Parameters
    ----------
    data_dir
        A folder in the course layout, any folder of images and masks, or a project.
    fixes
        Names of the fixes to apply first, each with a backup; ("all",): every one.
    rules
        Names of the findings to look for; empty: all.
    crop_size, batch_size, architecture
        Of the training that is planned, for the rules that depend on it.
    config
        A config of the user's own that is planned; read as literals.
    """

    data_dir: Path
    fixes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    crop_size: int | None = None
    batch_size: int | None = None
    architecture: str = ""
    config: Path | None = None
