"""Training, in the Model menu."""

from pathlib import Path

from segdesk.app.commands import Command
from segdesk.app.context import AppContext
from segdesk.app.training.form import TrainingTarget
from segdesk.app.training.training_run import RunState, TrainingRun
from segdesk.core.language import tr


def training_target(context: AppContext) -> TrainingTarget | None:
    """Return the open project as what to train on; None: nothing is open."""
    project = context.projects.project
    if project is None:
        return None
    return TrainingTarget(
        data_dir=project.root, name=project.root.name, is_project=True
    )


def folder_target(folder: Path) -> TrainingTarget:
    """Return a folder as what to train on."""
    return TrainingTarget(data_dir=folder, name=folder.name)


def _train(context: AppContext) -> None:
    target = training_target(context)
    if target is None:
        folder = context.dialogs.choose_folder(tr("Folder with images and masks"))
        if folder is None:
            return
        target = folder_target(folder)
    context.dialogs.show_training(context, target)


def _newest(context: AppContext, *states: RunState) -> TrainingRun | None:
    live = [run for run in context.training.runs if run.state in states]
    return live[-1] if live else None


def _why_no_run(context: AppContext) -> str | None:
    states = (RunState.RUNNING, RunState.PAUSED)
    return None if _newest(context, *states) else tr("No training runs")


def _why_not_paused(context: AppContext) -> str | None:
    return None if _newest(context, RunState.PAUSED) else tr("No training is paused")


def _why_not_running(context: AppContext) -> str | None:
    return None if _newest(context, RunState.RUNNING) else tr("No training runs")


def _stop(context: AppContext) -> None:
    run = _newest(context, RunState.RUNNING, RunState.PAUSED)
    if run is not None:
        context.training.stop(run.key)


def _pause(context: AppContext) -> None:
    run = _newest(context, RunState.RUNNING)
    if run is not None:
        context.training.pause(run.key)


def _go_on(context: AppContext) -> None:
    run = _newest(context, RunState.PAUSED)
    if run is not None:
        context.training.go_on(run.key)


COMMANDS = (
    Command(
        "train.open",
        tr("Train a model"),
        "chart-line-up",
        tr("Model"),
        _train,
        ("Ctrl+T",),
        tr("Check the data, choose an architecture, and train it here."),
    ),
    Command(
        "train.pause",
        tr("Pause training"),
        "pause",
        tr("Model"),
        _pause,
        (),
        tr("Let the training wait after its iteration; its memory stays taken."),
        disabled_why=_why_not_running,
    ),
    Command(
        "train.go_on",
        tr("Go on training"),
        "play",
        tr("Model"),
        _go_on,
        (),
        tr("Let the paused training go on."),
        disabled_why=_why_not_paused,
    ),
    Command(
        "train.stop",
        tr("Stop training"),
        "stop",
        tr("Model"),
        _stop,
        (),
        tr("Stop the training after its iteration; a checkpoint is kept."),
        disabled_why=_why_no_run,
    ),
)
