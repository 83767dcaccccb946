"""The guided tour, and the two deeds that only it needs."""

from segdesk.app.catalog.training_commands import training_target
from segdesk.app.commands import Command
from segdesk.app.context import AppContext
from segdesk.app.training.form import TrainingTarget
from segdesk.core.language import tr

_LENGTH = 40  # iterations
_CROP = 128  # px: a quarter of the work of what would be proposed
_ARCHITECTURE = "unet-small"  # that of the sample model


def _start(context: AppContext) -> None:
    context.commands.run("file.open_sample")
    context.window.set_layout("annotate")
    context.tour.start()


def _train(context: AppContext) -> None:
    target = training_target(context)
    if target is None:
        return
    model = context.predicting.model
    entry = context.shelf.entry(model.source.id) if model else None
    card = entry.card if entry else None
    same = card is not None and card.architecture == _ARCHITECTURE
    context.dialogs.show_training(
        context,
        TrainingTarget(
            data_dir=target.data_dir,
            name=target.name,
            is_project=True,
            load_from=entry.checkpoint if entry and same else None,
            architecture=_ARCHITECTURE,
            max_iters=_LENGTH,
            crop_size=_CROP,
        ),
    )


def _why_not_trained(context: AppContext) -> str | None:
    return None if context.projects.project else tr("Open the sample first")


def _use_model(context: AppContext) -> None:
    if context.tour.model_id is not None:
        context.window.show_viewer()
        context.shelf.load(context.tour.model_id)


def _why_no_model(context: AppContext) -> str | None:
    return (
        None if context.tour.model_id else tr("No model was trained on this tour yet")
    )


COMMANDS = (
    Command(
        "tour.start",
        tr("Take the tour"),
        "compass",
        tr("Help"),
        _start,
        (),
        tr("Go once round the loop on the sample: label, train, predict, correct."),
    ),
    Command(
        "tour.train",
        tr("Train on the sample"),
        "chart-line-up",
        tr("Help"),
        _train,
        (),
        tr("Open the form of a short training on what the tour has labelled."),
        disabled_why=_why_not_trained,
    ),
    Command(
        "tour.use_model",
        tr("Load your model"),
        "cube",
        tr("Help"),
        _use_model,
        (),
        tr("Load the model that was trained on the tour, and predict with it."),
        disabled_why=_why_no_model,
    ),
)
