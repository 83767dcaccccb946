"""How a training is shown on the command line, and how its end is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

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
from segdesk.jobs.training_events import MemoryAdapted

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_HEADLINES = ("mIoU", "fgIoU", "aAcc")


class TrainingView:
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
            words = _metric_words(event.metrics)
            if event.val_loss is not None:
                words += f", loss {event.val_loss:.4f}"
            say(f"iteration {event.iteration:,}: {words}")
        elif isinstance(event, MemoryAdapted):
            say(f"iteration {event.iteration:,}: out of memory, so {event.step}")
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
            self._task,
            completed=step.iteration,
            total=step.total,
            description=f"Training, {words}",
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
def shown(spec: TrainSpec) -> Iterator[TrainingView]:
    """Show a training while it runs."""
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
        yield TrainingView(spec, bar, bar.add_task("Training", total=spec.max_iters))


def _metric_words(metrics: dict[str, float | None]) -> str:
    shown = ((name, metrics.get(name)) for name in _HEADLINES if name in metrics)
    return ", ".join(
        f"{name} {'n/a' if value is None else format(value, '.1f')}"
        for name, value in shown
    )


def finish(terminal: Terminal, spec: TrainSpec, *, as_json: bool) -> ExitCode:
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


def finish_beside(terminal: Terminal, rank: int) -> ExitCode:
    """Return the exit code of a process that trained beside the one that speaks."""
    if isinstance(terminal, Failed):
        say(f"Process {rank}: {terminal.message} {terminal.cause}")
        return ExitCode.WRONG
    return ExitCode.OK if isinstance(terminal, Succeeded) else ExitCode.STOPPED


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
