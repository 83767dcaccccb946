"""`segdesk train`: a folder of pictures and masks into a model."""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import typer

from segdesk.cli.training_view import finish, finish_beside, shown
from segdesk.core.errors import InputError
from segdesk.jobs.codec import decode_spec
from segdesk.jobs.specs import TrainSpec

Loss = Literal["recipe", "cross-entropy", "dice", "ce+dice", "focal", "lovasz"]

_SPEC_FILE = "spec.json"
_MOST_CONFIG_CHARS = 4_000_000
# Options that are named otherwise than the spec's fields.
_FIELDS = {
    "data": "data_dir",
    "arch": "architecture",
    "crop": "crop_size",
    "trust": "trusted",
}
_NEEDED = {"data_dir": "--data", "architecture": "--arch", "work_dir": "--work-dir"}
_NOT_STARTED = "The training was not started."


def train(  # noqa: PLR0913 - one for each option
    *,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            help="Folder with img_dir/{train,val}, ann_dir/{train,val} and "
            "classes.json; or a project.",
        ),
    ] = None,
    arch: Annotated[
        str | None,
        typer.Option("--arch", help="Recipe, such as unet-small, or zoo:NAME."),
    ] = None,
    work_dir: Annotated[
        Path | None, typer.Option("--work-dir", help="Folder of the run.")
    ] = None,
    spec_file: Annotated[
        Path | None,
        typer.Option(
            "--spec", help="A run's spec.json to begin with; options change it."
        ),
    ] = None,
    resume: Annotated[
        bool | None,
        typer.Option(
            "--resume",
            help="Go on with the run in --work-dir; more --max-iters extend it.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="What the run is called.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="An mmseg config of your own instead of --arch."),
    ] = None,
    trust: Annotated[
        bool | None, typer.Option("--trust", help="Execute --config as Python.")
    ] = None,
    config_text: Annotated[
        Path | None,
        typer.Option("--config-text", help="A whole config.py to train by as it is."),
    ] = None,
    load_from: Annotated[
        Path | None,
        typer.Option("--load-from", help="Checkpoint whose weights are the start."),
    ] = None,
    pseudo_labels: Annotated[
        Path | None,
        typer.Option(
            "--pseudo-labels",
            help="Folder that segdesk pseudolabel made: learn from these images too.",
        ),
    ] = None,
    pseudo_weight: Annotated[
        float | None,
        typer.Option(
            "--pseudo-weight",
            help="How often such an image is seen for each labelled one; else 0.5.",
        ),
    ] = None,
    max_iters: Annotated[
        int | None, typer.Option("--max-iters", help="Iterations; else 1000.")
    ] = None,
    epochs: Annotated[
        float | None, typer.Option("--epochs", help="Length in epochs instead.")
    ] = None,
    val_interval: Annotated[
        int | None,
        typer.Option(
            "--val-interval", help="Iterations between validations; else 200."
        ),
    ] = None,
    checkpoint_interval: Annotated[
        int | None,
        typer.Option(
            "--checkpoint-interval", help="Iterations between checkpoints; else 200."
        ),
    ] = None,
    log_interval: Annotated[
        int | None,
        typer.Option(
            "--log-interval", help="Iterations between lines of the log; else 10."
        ),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(
            "--batch-size", help="Pictures in a batch, of each process; else 4."
        ),
    ] = None,
    accumulate: Annotated[
        int | None, typer.Option("--accumulate", help="Batches added up for one step.")
    ] = None,
    crop: Annotated[
        int | None,
        typer.Option("--crop", help="Side of the training crop; else the recipe's."),
    ] = None,
    lr: Annotated[
        float | None, typer.Option("--lr", help="Learning rate; else the recipe's.")
    ] = None,
    optimizer: Annotated[
        Literal["recipe", "sgd", "adamw"] | None,
        typer.Option("--optimizer", help="How weights are changed."),
    ] = None,
    schedule: Annotated[
        Literal["recipe", "poly", "cosine", "constant"] | None,
        typer.Option("--schedule", help="Course of the learning rate."),
    ] = None,
    augmentation: Annotated[
        Literal["recipe", "none", "light", "standard", "strong"] | None,
        typer.Option("--augmentation", help="How pictures are changed."),
    ] = None,
    loss: Annotated[
        Loss | None, typer.Option("--loss", help="What is made small.")
    ] = None,
    class_weights: Annotated[
        str | None,
        typer.Option(
            "--class-weights", help="none, balanced, or one number a class with commas."
        ),
    ] = None,
    amp: Annotated[
        bool | None,
        typer.Option("--amp", help="Mixed precision; needs a GPU of NVIDIA."),
    ] = None,
    ema: Annotated[
        bool | None,
        typer.Option("--ema", help="Average the weights over the last iterations."),
    ] = None,
    activation_checkpointing: Annotated[
        bool | None,
        typer.Option(
            "--activation-checkpointing", help="Compute twice to save memory."
        ),
    ] = None,
    adapt_memory: Annotated[
        bool | None,
        typer.Option(
            "--adapt-memory/--no-adapt-memory",
            help="Go on with less when the memory runs out; the default.",
        ),
    ] = None,
    keep_best: Annotated[
        str | None,
        typer.Option("--keep-best", help="mIoU, fgIoU, mDice, or IoU:CLASS."),
    ] = None,
    early_stopping: Annotated[
        int | None,
        typer.Option(
            "--early-stopping", help="Stop after this many validations without a gain."
        ),
    ] = None,
    val_loss: Annotated[
        bool | None,
        typer.Option(
            "--val-loss/--no-val-loss",
            help="Measure the loss of a validation; the default.",
        ),
    ] = None,
    previews: Annotated[
        int | None,
        typer.Option(
            "--previews", help="Validation images whose predictions are kept; else 6."
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Of all random numbers.")
    ] = None,
    deterministic: Annotated[
        bool | None,
        typer.Option(
            "--deterministic", help="Same numbers each time; slower on a GPU."
        ),
    ] = None,
    device: Annotated[
        str | None, typer.Option("--device", help="auto, cpu, cuda:0 or mps.")
    ] = None,
    devices: Annotated[
        str | None,
        typer.Option(
            "--devices", help="GPUs that train together, such as 0,1: a process each."
        ),
    ] = None,
    launcher: Annotated[
        Literal["none", "pytorch", "slurm"] | None,
        typer.Option(
            "--launcher",
            help="What started this process beside others: pytorch (torchrun), slurm.",
        ),
    ] = None,
    num_workers: Annotated[
        int | None, typer.Option("--num-workers", help="Processes that read pictures.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Train a model on a folder or project of pictures and masks.

    The run folder gets model.pth (the best validation, ready for `segdesk predict`),
    the checkpoints, config.py, spec.json and events.jsonl. Ctrl+C stops after the
    running iteration and keeps a checkpoint; --resume goes on from it.
    """
    given = dict(locals())
    del given["as_json"]
    spec = _spec_of({name: value for name, value in given.items() if value is not None})
    # Imported here: the engine behind it takes seconds, a wrong call should not.
    from segdesk.cli.running import run_in_process
    from segdesk.engine.training.launching import process_rank

    if rank := process_rank(spec):
        terminal = run_in_process(spec, lambda _report: None)
        raise typer.Exit(finish_beside(terminal, rank))
    with shown(spec) as view:
        terminal = run_in_process(spec, view.take)
    raise typer.Exit(finish(terminal, spec, as_json=as_json))


def _spec_of(given: dict[str, Any]) -> TrainSpec:
    """Return the spec of a file, or none, with what the options change.

    Raises
    ------
    InputError
        A file cannot be read, an option is not understood, or one is missing.
    """
    base = _base_of(given)
    fields = {_FIELDS.get(name, name): value for name, value in given.items()}
    for name in ("data_dir", "work_dir", "config", "load_from", "pseudo_labels"):
        if name in fields:
            fields[name] = fields[name].expanduser().absolute()
    if "config_text" in fields:
        fields["config_text"] = _text_of(fields["config_text"])
    if "class_weights" in fields:
        fields["class_weights"] = _weights(fields["class_weights"])
    if "devices" in fields:
        fields["devices"] = _numbers(fields["devices"])
    if "max_iters" in fields:
        fields.setdefault("epochs", None)
    if base is not None:
        return msgspec.structs.replace(base, **fields)
    if "config" in fields or "config_text" in fields:
        fields.setdefault("architecture", "")
    if missing := [flag for name, flag in _NEEDED.items() if name not in fields]:
        raise InputError(
            _NOT_STARTED,
            cause=f"{missing[0]} is missing.",
            hint="Give --data, --arch and --work-dir, or a --spec.",
        )
    return TrainSpec(**fields)


def _base_of(given: dict[str, Any]) -> TrainSpec | None:
    """Return the spec that a file holds; to resume, the run's own will do."""
    path = given.pop("spec_file", None)
    if path is None and given.get("resume") and "data" not in given:
        folder = given.get("work_dir")
        path = folder / _SPEC_FILE if folder else None
    if path is None:
        return None
    try:
        spec = decode_spec(path.expanduser().read_bytes())
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError(
            _NOT_STARTED,
            cause=f"{path} is not the spec of a training: {error}",
            hint=f"Name the {_SPEC_FILE} of a run.",
        ) from error
    if not isinstance(spec, TrainSpec):
        raise InputError(
            _NOT_STARTED,
            cause=f"{path} is the spec of something else than a training.",
            hint=f"Name the {_SPEC_FILE} of a run.",
        )
    return spec


def _text_of(path: Path) -> str:
    try:
        text = path.expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            _NOT_STARTED,
            cause=f"{path} cannot be read: {error}",
            hint="Name a config.py that a training wrote.",
        ) from error
    if len(text) > _MOST_CONFIG_CHARS:
        raise InputError(
            _NOT_STARTED,
            cause=f"{path} has {len(text):,} characters.",
            hint="Name a config.py that a training wrote.",
        )
    return text


def _weights(text: str) -> tuple[float, ...] | str:
    if text in {"none", "balanced"}:
        return text
    try:
        return tuple(float(word) for word in text.split(","))
    except ValueError as error:
        raise InputError(
            _NOT_STARTED,
            cause=f"--class-weights is {text!r}.",
            hint="It takes none, balanced, or numbers with commas such as 0.5,2,1.",
        ) from error


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in text.split(","))
    except ValueError as error:
        raise InputError(
            _NOT_STARTED,
            cause=f"--devices is {text!r}.",
            hint="It takes the numbers of GPUs with commas, such as 0,1.",
        ) from error
