"""`segdesk train`: a folder of pictures and masks into a model."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segdesk.cli.output import (
    ExitCode,
    print_json,
    print_line,
    say,
    show_error,
    show_note,
    stderr_console,
)
from segdesk.jobs.events import (
    Cancelled,
    CheckpointSaved,
    Failed,
    Noted,
    Progress,
    Report,
    Succeeded,
    Terminal,
    TrainDone,
    TrainStep,
    Validated,
)
from segdesk.jobs.specs import TrainSpec

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_HEADLINES = ("mIoU", "fgIoU", "aAcc")


def train(  # noqa: PLR0913 - one for each option
    *,
    data: Annotated[
        Path,
        typer.Option(
            help="Folder with img_dir/{train,val}, ann_dir/{train,val}, classes.json.",
            show_default=False,
        ),
    ],
    arch: Annotated[
        str,
        typer.Option(help="Architecture, such as unet-small.", show_default=False),
    ],
    work_dir: Annotated[
        Path, typer.Option(help="Folder of the run.", show_default=False)
    ],
    max_iters: Annotated[int, typer.Option(help="Iterations.")] = 1000,
    val_interval: Annotated[
        int, typer.Option(help="Iterations between validations.")
    ] = 200,
    checkpoint_interval: Annotated[
        int, typer.Option(help="Iterations between checkpoints.")
    ] = 200,
    log_interval: Annotated[
        int, typer.Option(help="Iterations between lines of the log.")
    ] = 10,
    batch_size: Annotated[int, typer.Option(help="Pictures in a batch.")] = 4,
    crop: Annotated[
        int | None, typer.Option(help="Side of the training crop; else the config's.")
    ] = None,
    lr: Annotated[
        float | None, typer.Option(help="Learning rate; else the config's.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of all random numbers.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda:0 or mps.")] = "auto",
    load_from: Annotated[
        Path | None, typer.Option(help="Checkpoint whose weights are the start.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Train a model on a folder of pictures and masks.

    The run folder gets model.pth (the best validation, ready for `segdesk predict`),
    the checkpoints, config.py, spec.json and events.jsonl. Ctrl+C stops after the
    running iteration and keeps a checkpoint.
    """
    spec = TrainSpec(
        data_dir=data.expanduser().absolute(),
        architecture=arch,
        work_dir=work_dir.expanduser().absolute(),
        max_iters=max_iters,
        val_interval=val_interval,
        checkpoint_interval=checkpoint_interval,
        log_interval=log_interval,
        batch_size=batch_size,
        crop_size=crop,
        lr=lr,
        seed=seed,
        device=device,
        load_from=load_from.expanduser().absolute() if load_from else None,
    )
    # Imported here: the engine behind it takes seconds, a wrong call should not.
    from segdesk.cli.running import run_in_process

    with _shown(spec) as view:
        terminal = run_in_process(spec, view.take)
    raise typer.Exit(_finish(terminal, spec, as_json=as_json))


class _View:
    """Shows a training: a bar on a terminal, lines elsewhere."""

    def __init__(self, spec: TrainSpec, bar: "Bar", task: "TaskID") -> None:
        self._spec = spec
        self._bar = bar
        self._task = task
        self._lines = 0

    def take(self, event: Report) -> None:
        """Show a report; mmengine's own lines stay in the run's log file."""
        if isinstance(event, TrainStep):
            self._step(event)
        elif isinstance(event, Validated):
            say(f"iteration {event.iteration:,}: {_metric_words(event.metrics)}")
        elif isinstance(event, CheckpointSaved) and event.best:
            say(f"iteration {event.iteration:,}: best so far, {event.path.name}", "dim")
        elif isinstance(event, Noted):
            show_note(event)
        elif isinstance(event, Progress):
            self._bar.update(self._task, description=event.text or "Training")

    def _step(self, step: TrainStep) -> None:
        loss = step.losses.get("loss")
        words = f"loss {loss:.4f}" if loss is not None else "loss is not a number"
        self._bar.update(
            self._task, completed=step.iteration, description=f"Training, {words}"
        )
        lines = step.iteration // self._spec.log_interval
        if self._bar.disable and (lines > self._lines or step.iteration == step.total):
            self._lines = lines
            say(
                f"iteration {step.iteration:,} of {step.total:,}: {words}, "
                f"lr {step.lr:.2e}, {step.iter_time_s:.2f} s",
                "dim",
            )


@contextmanager
def _shown(spec: TrainSpec) -> Iterator[_View]:
    from rich import progress

    bar = progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        console=stderr_console(),
        transient=True,
        disable=not stderr_console().is_terminal,
    )
    with bar:
        yield _View(spec, bar, bar.add_task("Training", total=spec.max_iters))


def _metric_words(metrics: dict[str, float | None]) -> str:
    shown = ((name, metrics.get(name)) for name in _HEADLINES if name in metrics)
    return ", ".join(
        f"{name} {'n/a' if value is None else format(value, '.1f')}"
        for name, value in shown
    )


def _finish(terminal: Terminal, spec: TrainSpec, *, as_json: bool) -> ExitCode:
    """Say how it ended and return the exit code."""
    if isinstance(terminal, Failed):
        show_error(terminal, as_json=as_json)
        return ExitCode.WRONG
    if isinstance(terminal, Succeeded) and isinstance(terminal.result, TrainDone):
        done = terminal.result
        if as_json:
            print_json(_document(done, spec))
        else:
            print_line(f"{done.checkpoint}: {_metric_words(done.metrics)}")
        return ExitCode.OK
    kept = terminal.kept if isinstance(terminal, Cancelled) else ""
    say(f"Stopped: {kept} is kept in {spec.work_dir}." if kept else "Stopped.")
    if as_json:
        print_json({"status": "stopped", "work_dir": spec.work_dir, "kept": kept})
    return ExitCode.STOPPED


def _document(done: TrainDone, spec: TrainSpec) -> dict[str, object]:
    classes = [
        {
            "name": name,
            "color": colour,
            **{metric: values[index] for metric, values in done.per_class.items()},
        }
        for index, (name, colour) in enumerate(
            zip(done.classes.names, done.classes.palette, strict=True)
        )
    ]
    return {
        "status": "done",
        "architecture": spec.architecture,
        "data": spec.data_dir,
        "work_dir": done.work_dir,
        "checkpoint": done.checkpoint,
        "config": done.config,
        "iterations": done.iterations,
        "seconds": round(done.seconds, 1),
        "metrics": done.metrics,
        "classes": classes,
    }
