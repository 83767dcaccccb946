"""The Model menu."""

from dataclasses import replace

from segdesk.app.commands import Command
from segdesk.app.context import AppContext
from segdesk.app.proposals.preparing import HOW_MANY
from segdesk.core.language import tr


def _why_no_model(context: AppContext) -> str | None:
    return None if context.predicting.model_id else tr("Load a model first")


def _why_no_prediction(context: AppContext) -> str | None:
    if context.session.image is None:
        return tr("Open an image first")
    if context.predicting.is_loading:
        return tr("The model is still loading")
    return _why_no_model(context)


def _why_not_prepared(context: AppContext) -> str | None:
    if context.preparing.is_busy:
        return tr("Images are being prepared")
    if not context.session.files.paths:
        return tr("Open images first")
    return _why_no_model(context)


def _prepare_many(context: AppContext) -> None:
    question = replace(HOW_MANY, default=context.preparing.count)
    count = context.dialogs.ask_number(question)
    if count is not None:
        context.preparing.set_count(count)
        context.preparing.start()


def _why_no_proposal(context: AppContext) -> str | None:
    return None if context.session.proposal else tr("There is no proposal here")


def _add(context: AppContext) -> None:
    path = context.dialogs.choose_checkpoint()
    if path:
        context.shelf.add(path)


def _add_folder(context: AppContext) -> None:
    folder = context.dialogs.choose_folder(tr("Open work_dir"))
    if folder:
        context.shelf.add(folder)
        context.runs.note(folder)


def _card(context: AppContext) -> None:
    if context.predicting.model_id:
        context.window.show_model_card(context.predicting.model_id)


def _remove(context: AppContext) -> None:
    if context.predicting.model_id:
        context.shelf.remove(context.predicting.model_id)


def _load(context: AppContext) -> None:
    context.window.show_dock("models")


def _flip_and_scale(context: AppContext) -> None:
    on = not context.settings.preferences.flip_and_scale
    context.predicting.set_flip_and_scale(on=on)


def _large_in_windows(context: AppContext) -> None:
    on = not context.settings.preferences.large_in_windows
    context.predicting.set_large_in_windows(on=on)


def _export(context: AppContext) -> None:
    choice = context.dialogs.ask_model_export(context.model_export)
    if choice is not None:
        context.model_export.run(choice, context.dialogs.reveal)


COMMANDS = (
    Command(
        "model.predict",
        tr("Predict"),
        "play",
        tr("Model"),
        lambda context: context.predicting.predict(),
        ("Ctrl+Return", "Ctrl+Enter"),
        tr("Let the loaded model label this image."),
        disabled_why=_why_no_prediction,
    ),
    Command(
        "model.prepare",
        tr("Prepare next images"),
        "fast-forward",
        tr("Model"),
        lambda context: context.preparing.start(),
        ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"),
        tr("Run the loaded model ahead, so that the next images open with proposals."),
        disabled_why=_why_not_prepared,
    ),
    Command(
        "model.prepare_many",
        tr("Prepare a number of images"),
        "fast-forward",
        tr("Model"),
        _prepare_many,
        (),
        tr("Choose how many images the model runs ahead on, then run it."),
        disabled_why=_why_not_prepared,
    ),
    Command(
        "model.flip_and_scale",
        tr("Flip and scale (slower)"),
        "stack",
        tr("Model"),
        _flip_and_scale,
        (),
        tr("Predict each image mirrored and at three sizes too, and take the mean."),
        checked=lambda context: context.settings.preferences.flip_and_scale,
    ),
    Command(
        "model.large_in_windows",
        tr("Predict large images in windows"),
        "grid-four",
        tr("Model"),
        _large_in_windows,
        (),
        tr("From 64 megapixels on, show the network a window after the other."),
        checked=lambda context: context.settings.preferences.large_in_windows,
    ),
    Command(
        "model.reject",
        tr("Reject proposal"),
        "x",
        tr("Model"),
        lambda context: context.accepting.reject(),
        ("Ctrl+Backspace",),
        tr("Drop what the model proposes for this image, until you predict it again."),
        disabled_why=_why_no_proposal,
    ),
    Command(
        "model.load",
        tr("Load a model"),
        "cube",
        tr("Model"),
        _load,
        (),
        tr("Choose a model from the list of models."),
    ),
    Command(
        "model.unload",
        tr("Unload model"),
        "cube",
        tr("Model"),
        lambda context: context.predicting.unload(),
        (),
        tr("Free the memory that the model takes."),
        disabled_why=_why_no_model,
    ),
    Command(
        "model.add",
        tr("Add model file"),
        "plus",
        tr("Model"),
        _add,
        (),
        tr("Add a .pth checkpoint or an .onnx file to the list of models."),
    ),
    Command(
        "model.add_folder",
        tr("Open work_dir"),
        "git-branch",
        tr("Model"),
        _add_folder,
        ("Ctrl+Shift+O",),
        tr("Add the best checkpoint of an mmseg work_dir, and list its run."),
    ),
    Command(
        "model.zoo",
        tr("Model zoo"),
        "cloud-arrow-down",
        tr("Model"),
        lambda context: context.window.show_zoo(),
        (),
        tr("Look through the published MMSegmentation models."),
    ),
    Command(
        "model.card",
        tr("Model card"),
        "cube",
        tr("Model"),
        _card,
        (),
        tr("Show classes, metrics, origin and licence of the loaded model."),
        disabled_why=_why_no_model,
    ),
    Command(
        "model.export",
        tr("Export model"),
        "export",
        tr("Model"),
        _export,
        (),
        tr("Write the loaded model as an ONNX file that runs without SegDesk."),
        disabled_why=lambda context: context.model_export.why_not(),
    ),
    Command(
        "model.remove",
        tr("Remove model"),
        "trash",
        tr("Model"),
        _remove,
        (),
        tr("Delete the loaded model's files from the library."),
        disabled_why=_why_no_model,
    ),
    Command(
        "model.restart_engine",
        tr("Restart the engine"),
        "arrow-clockwise",
        tr("Model"),
        lambda context: context.predicting.restart(),
        (),
        tr("Load the model anew in a fresh engine process."),
    ),
)
