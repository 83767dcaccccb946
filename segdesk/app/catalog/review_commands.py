"""The review queue, in the Model menu: ranked, worked through, trained on."""

from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.app.models.architectures import architectures
from segdesk.app.training.form import TrainingTarget
from segdesk.core.errors import InputError
from segdesk.core.language import tr


def _show(context: AppContext) -> None:
    context.window.set_layout("review")
    context.window.show_dock("review")


def _rank(context: AppContext) -> None:
    _show(context)
    context.review.queue.rank()


def _why_not_cancelled(context: AppContext) -> str | None:
    busy = context.review.queue.measuring.is_busy
    return None if busy else tr("No image is being ranked")


def _why_empty(context: AppContext) -> str | None:
    return None if context.review.queue.entries else tr("The review queue is empty")


def _why_not_trained(context: AppContext) -> str | None:
    kept = context.review.queue.kept
    if kept is None or not kept.model_id:
        return tr("Rank the images with a model first")
    entry = context.shelf.entry(kept.model_id)
    if entry is None or entry.checkpoint is None:
        return tr("The model that ranked them is not in the library any more")
    return None


def _train(context: AppContext) -> None:
    """Open the form of a training from the weights of the queue's model."""
    kept, project = context.review.queue.kept, context.projects.project
    entry = context.shelf.entry(kept.model_id) if kept else None
    if project is None or entry is None or entry.checkpoint is None:
        raise InputError(
            tr("No training was prepared."),
            cause=tr("The model that ranked the images is gone."),
            hint=tr("Load a model and rank them anew."),
        )
    runs = (run for run in context.runs.all if run.model_id == entry.id)
    run = next(runs, None)
    architecture = entry.card.architecture if entry.card else ""
    if run is not None and run.spec is not None:
        architecture = run.spec.architecture
    elif architecture not in architectures():
        architecture = ""
    context.review.gain.expect(entry.checkpoint)
    target = TrainingTarget(
        data_dir=project.root,
        name=project.root.name,
        is_project=True,
        load_from=entry.checkpoint,
        architecture=architecture,
    )
    context.dialogs.show_training(context, target)


COMMANDS = (
    Command(
        "review.show",
        tr("Review queue"),
        "queue",
        tr("Model"),
        _show,
        ("Ctrl+Shift+R",),
        tr("Show what is worth a look, the most useful first."),
    ),
    Command(
        "review.rank",
        tr("Rank unlabelled images"),
        "sort-descending",
        tr("Model"),
        _rank,
        (),
        tr("Find out with the loaded model where a look tells most."),
        disabled_why=lambda context: context.review.queue.why_not_rank(),
    ),
    Command(
        "review.cancel",
        tr("Stop ranking"),
        "stop",
        tr("Model"),
        lambda context: context.review.queue.cancel(),
        (),
        tr("Stop measuring; what is measured by then is ranked."),
        disabled_why=_why_not_cancelled,
    ),
    Command(
        "review.next",
        tr("Next in the queue"),
        "arrow-right",
        tr("Model"),
        lambda context: context.review.working.open_next(),
        ("J",),
        tr("Show the next entry of the review queue."),
        Where.CANVAS,
        _why_empty,
    ),
    Command(
        "review.previous",
        tr("Previous in the queue"),
        "arrow-left",
        tr("Model"),
        lambda context: context.review.working.open_previous(),
        ("Shift+J",),
        tr("Show the entry of the review queue before this one."),
        Where.CANVAS,
        _why_empty,
    ),
    Command(
        "review.accept",
        tr("Accept and go on"),
        "check",
        tr("Model"),
        lambda context: context.review.working.accept(),
        (),
        tr("Take over what is proposed for this entry. Enter does it, too."),
        disabled_why=lambda context: context.review.working.why_not_accept(),
    ),
    Command(
        "review.correct",
        tr("Correct this entry"),
        "paint-brush",
        tr("Model"),
        lambda context: context.review.working.correct(),
        ("K",),
        tr("Take the proposal over and paint; Q goes on."),
        Where.CANVAS,
        disabled_why=lambda context: context.review.working.why_not_ready(),
    ),
    Command(
        "review.corrected",
        tr("Corrected, go on"),
        "check-circle",
        tr("Model"),
        lambda context: context.review.working.corrected(),
        (),
        tr("Keep the labels as they are now and go on. Q does it, too."),
        disabled_why=lambda context: context.review.working.why_not_ready(),
    ),
    Command(
        "review.skip",
        tr("Skip this entry"),
        "skip-forward",
        tr("Model"),
        lambda context: context.review.working.skip(),
        (),
        tr("Leave this entry as it is and go on. D does it, too."),
        disabled_why=lambda context: context.review.working.why_none(),
    ),
    Command(
        "review.leave",
        tr("Leave the queue"),
        "x",
        tr("Model"),
        lambda context: context.review.working.leave(),
        (),
        tr("Let Enter, Q and D mean what they do elsewhere."),
        disabled_why=lambda context: context.review.working.why_none(),
    ),
    Command(
        "review.train",
        tr("Train again"),
        "chart-line-up",
        tr("Model"),
        _train,
        (),
        tr("Train on from this model with what was labelled, and measure the gain."),
        disabled_why=_why_not_trained,
    ),
)
