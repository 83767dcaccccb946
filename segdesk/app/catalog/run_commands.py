"""Runs, in the Model menu: what is done with the one in sight."""

from typing import TYPE_CHECKING

from segdesk.app.commands import Command
from segdesk.app.context import AppContext
from segdesk.app.number_question import NumberQuestion
from segdesk.app.training.form import TrainingTarget
from segdesk.app.training.run import Run
from segdesk.app.training.training_run import RunState
from segdesk.core.errors import InputError
from segdesk.core.language import tr

if TYPE_CHECKING:
    from pathlib import Path

_NO_RUN = tr("Choose a run first")
_MOST_ITERATIONS = 10_000_000


def _run(context: AppContext) -> Run:
    run = context.runs.selected
    if run is None:
        raise InputError(
            tr("No run is chosen."), hint=tr("Choose one in the list of runs.")
        )
    return run


def _why_none(context: AppContext) -> str | None:
    return None if context.runs.selected else _NO_RUN


def _why_not_at_work(context: AppContext) -> str | None:
    run = context.runs.selected
    if run is None:
        return _NO_RUN
    if run.is_live and run.key is None:
        return tr("It runs in another process")
    at_work = (RunState.RUNNING, RunState.PAUSED)
    return None if run.state in at_work else tr("It is not running")


def _why_not_stopped(context: AppContext) -> str | None:
    run = context.runs.selected
    if run is not None and run.state is RunState.QUEUED:
        return None
    return _why_not_at_work(context)


def _why_not_queued(context: AppContext) -> str | None:
    run = context.runs.selected
    if run is None:
        return _NO_RUN
    return None if run.place else tr("It is not in the queue")


def _why_not_held(context: AppContext) -> str | None:
    run = context.runs.selected
    if run is not None and run.place and not run.is_held:
        return tr("It starts by itself once its device is free")
    return _why_not_queued(context)


def _why_not_earlier(context: AppContext) -> str | None:
    run = context.runs.selected
    if run is not None and run.place == 1:
        return tr("It is the next already")
    return _why_not_queued(context)


def _why_not_later(context: AppContext) -> str | None:
    run = context.runs.selected
    if run is not None and run.place == len(context.training.queue) > 0:
        return tr("It is the last already")
    return _why_not_queued(context)


def _why_no_weights(context: AppContext) -> str | None:
    run = context.runs.selected
    if run is None:
        return _NO_RUN
    return None if run.checkpoint else tr("It has no checkpoint yet")


def _why_not_resumed(context: AppContext) -> str | None:
    run = context.runs.selected
    if run is None:
        return _NO_RUN
    if run.is_foreign:
        return tr("It was trained by mmseg itself")
    if run.is_live or run.state is RunState.QUEUED:
        return tr("It is at work")
    if run.state is RunState.DONE:
        return tr("It came to its end: extend it")
    return None if run.can_resume else tr("It left no checkpoint")


def _why_not_extended(context: AppContext) -> str | None:
    run = context.runs.selected
    if run is not None and run.state is RunState.DONE and not run.is_foreign:
        return None if run.has_checkpoint else tr("It left no checkpoint")
    return _why_not_resumed(context)


def _why_no_curves(context: AppContext) -> str | None:
    run = context.runs.selected
    if run is None:
        return _NO_RUN
    return None if run.iteration else tr("It has no curves yet")


def _why_not_forgotten(context: AppContext) -> str | None:
    run = context.runs.selected
    if run is None:
        return _NO_RUN
    return tr("Stop it first") if run.is_here else None


def _open(context: AppContext) -> None:
    folder = context.dialogs.choose_folder(tr("Run folder, or an mmseg work_dir"))
    if folder is not None:
        context.runs.open(folder)
        context.window.set_layout("train")


def _predict(context: AppContext) -> None:
    run = _run(context)
    if run.model_id:
        context.shelf.load(run.model_id)
    elif run.checkpoint is not None:
        context.shelf.add(run.checkpoint)
    context.window.set_layout("review")


def _extend(context: AppContext) -> None:
    run = _run(context)
    question = NumberQuestion(
        "run.extend",
        tr("Extend run"),
        "arrow-line-right",
        tr("The schedule goes on to the new length."),
        tr("New length"),
        "iterations",
        default=2 * run.total,
        least=run.total + 1,
        most=_MOST_ITERATIONS,
    )
    length = context.dialogs.ask_number(question)
    if length is not None:
        context.runs.extend(run, length)


def _fine_tune(context: AppContext) -> None:
    run = _run(context)
    if run.spec is not None:
        folder, architecture = run.spec.data_dir, run.spec.architecture
    else:
        chosen = context.dialogs.choose_folder(tr("Folder with images and masks"))
        if chosen is None:
            return
        folder, architecture = chosen, ""
    project = context.projects.project
    target = TrainingTarget(
        data_dir=folder,
        name=folder.name,
        is_project=project is not None and project.root == folder,
        load_from=run.checkpoint,
        architecture=architecture,
    )
    context.dialogs.show_training(context, target)


def _compare_next(context: AppContext) -> None:
    """Go through the other runs, and then to none."""
    runs = context.runs
    others = (*runs.comparable, None)
    at = others.index(runs.compared) if runs.compared in others else -1
    runs.compare(others[(at + 1) % len(others)])


def _why_alone(context: AppContext) -> str | None:
    return None if context.runs.comparable else tr("There is no other run with curves")


def _export_csv(context: AppContext) -> None:
    run = _run(context)
    path = context.dialogs.choose_file_to_write(
        f"{run.folder.name}.csv", tr("CSV (*.csv)")
    )
    if path is not None:
        words = tr("Wrote the curves to {name}", name=path.name)
        context.runs.export_csv(run, path, lambda: context.notices.toast(words))


def _export_png(context: AppContext) -> None:
    run = _run(context)
    path: Path | None = context.dialogs.choose_file_to_write(
        f"{run.folder.name}.png", tr("PNG (*.png)")
    )
    if path is not None:
        context.runs.picture_wanted.emit(path)


_LAYOUT = Command(
    "view.train",
    tr("Train layout"),
    "chart-line-up",
    tr("View"),
    lambda context: context.window.set_layout("train"),
    ("Ctrl+3",),
    tr("Watch trainings, and look at those of the past."),
    checked=lambda context: context.window.layout_id == "train",
)

_AT_WORK = (
    Command(
        "run.pause",
        tr("Pause or go on"),
        "pause",
        tr("Model"),
        lambda context: context.runs.toggle_pause(_run(context)),
        (),
        tr("Let this run wait after its iteration, or go on."),
        disabled_why=_why_not_at_work,
    ),
    Command(
        "run.stop",
        tr("Stop run"),
        "stop",
        tr("Model"),
        lambda context: context.runs.stop(_run(context)),
        (),
        tr("Stop this run after its iteration; a checkpoint is kept."),
        disabled_why=_why_not_stopped,
    ),
    Command(
        "run.let_go",
        tr("Start waiting run"),
        "play",
        tr("Model"),
        lambda context: context.runs.let_go(_run(context)),
        (),
        tr("Start a run of an earlier queue as soon as its device is free."),
        disabled_why=_why_not_held,
    ),
    Command(
        "run.earlier",
        tr("Move up in the queue"),
        "arrow-up",
        tr("Model"),
        lambda context: context.runs.move(_run(context), -1),
        (),
        tr("Let this run have its device before the one above it."),
        disabled_why=_why_not_earlier,
    ),
    Command(
        "run.later",
        tr("Move down in the queue"),
        "arrow-down",
        tr("Model"),
        lambda context: context.runs.move(_run(context), 1),
        (),
        tr("Let the run below this one have its device first."),
        disabled_why=_why_not_later,
    ),
    Command(
        "run.resume",
        tr("Resume run"),
        "arrow-clockwise",
        tr("Model"),
        lambda context: context.runs.resume(_run(context)),
        (),
        tr("Go on from the last checkpoint of this run."),
        disabled_why=_why_not_resumed,
    ),
    Command(
        "run.extend",
        tr("Extend run"),
        "arrow-line-right",
        tr("Model"),
        _extend,
        (),
        tr("Train this run on to a greater length; its schedule goes on."),
        disabled_why=_why_not_extended,
    ),
)

_RESULTS = (
    Command(
        "run.open",
        tr("Open run folder"),
        "folder-open",
        tr("Model"),
        _open,
        (),
        tr("Show the curves of a run folder or of an mmseg work_dir."),
    ),
    Command(
        "run.predict",
        tr("Use the best of this run"),
        "cube",
        tr("Model"),
        _predict,
        (),
        tr("Load the best weights of this run and predict the open image."),
        disabled_why=_why_no_weights,
    ),
    Command(
        "run.fine_tune",
        tr("Fine-tune from it"),
        "git-branch",
        tr("Model"),
        _fine_tune,
        (),
        tr("Start another training from the best weights of this run."),
        disabled_why=_why_no_weights,
    ),
    Command(
        "run.compare",
        tr("Compare with next run"),
        "git-diff",
        tr("Model"),
        _compare_next,
        (),
        tr("Show another run's curves dashed beside this one's."),
        disabled_why=_why_alone,
    ),
    Command(
        "run.reveal",
        tr("Show run folder"),
        "folder-notch-open",
        tr("Model"),
        lambda context: context.dialogs.reveal(_run(context).folder),
        (),
        tr("Show the checkpoints and logs of this run in the file manager."),
        disabled_why=_why_none,
    ),
    Command(
        "run.export_csv",
        tr("Export curves as CSV"),
        "table",
        tr("Model"),
        _export_csv,
        (),
        tr("Write every curve of this run into one table."),
        disabled_why=_why_no_curves,
    ),
    Command(
        "run.export_png",
        tr("Export curves as PNG"),
        "image",
        tr("Model"),
        _export_png,
        (),
        tr("Write a picture of the four plots."),
        disabled_why=_why_no_curves,
    ),
    Command(
        "run.forget",
        tr("Take off the list"),
        "x",
        tr("Model"),
        lambda context: context.runs.forget(_run(context)),
        (),
        tr("Show this run no longer; its folder stays."),
        disabled_why=_why_not_forgotten,
    ),
)

COMMANDS = (_LAYOUT, *_AT_WORK, *_RESULTS)
