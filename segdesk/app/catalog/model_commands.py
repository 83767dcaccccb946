"""The Model menu."""

from dataclasses import replace

from segdesk.app.commands import Command
from segdesk.app.context import AppContext
from segdesk.app.proposals.preparing import HOW_MANY


def _why_no_model(context: AppContext) -> str | None:
    return None if context.predicting.model_id else "Load a model first"


def _why_no_prediction(context: AppContext) -> str | None:
    if context.session.image is None:
        return "Open an image first"
    if context.predicting.is_loading:
        return "The model is still loading"
    return _why_no_model(context)


def _why_not_prepared(context: AppContext) -> str | None:
    if context.preparing.is_busy:
        return "Images are being prepared"
    if not context.session.files.paths:
        return "Open images first"
    return _why_no_model(context)


def _prepare_many(context: AppContext) -> None:
    question = replace(HOW_MANY, default=context.preparing.count)
    count = context.dialogs.ask_number(question)
    if count is not None:
        context.preparing.set_count(count)
        context.preparing.start()


def _why_no_proposal(context: AppContext) -> str | None:
    return None if context.session.proposal else "There is no proposal here"


def _add(context: AppContext) -> None:
    path = context.dialogs.choose_checkpoint()
    if path:
        context.shelf.add(path)


def _add_folder(context: AppContext) -> None:
    folder = context.dialogs.choose_folder("Open work_dir")
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
        "Predict",
        "play",
        "Model",
        lambda context: context.predicting.predict(),
        ("Ctrl+Return", "Ctrl+Enter"),
        "Let the loaded model label this image.",
        disabled_why=_why_no_prediction,
    ),
    Command(
        "model.prepare",
        "Prepare next images",
        "fast-forward",
        "Model",
        lambda context: context.preparing.start(),
        ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"),
        "Run the loaded model ahead, so that the next images open with proposals.",
        disabled_why=_why_not_prepared,
    ),
    Command(
        "model.prepare_many",
        "Prepare a number of images",
        "fast-forward",
        "Model",
        _prepare_many,
        (),
        "Choose how many images the model runs ahead on, then run it.",
        disabled_why=_why_not_prepared,
    ),
    Command(
        "model.flip_and_scale",
        "Flip and scale (slower)",
        "stack",
        "Model",
        _flip_and_scale,
        (),
        "Predict each image mirrored and at three sizes too, and take the mean.",
        checked=lambda context: context.settings.preferences.flip_and_scale,
    ),
    Command(
        "model.large_in_windows",
        "Predict large images in windows",
        "grid-four",
        "Model",
        _large_in_windows,
        (),
        "From 64 megapixels on, show the network a window after the other.",
        checked=lambda context: context.settings.preferences.large_in_windows,
    ),
    Command(
        "model.reject",
        "Reject proposal",
        "x",
        "Model",
        lambda context: context.accepting.reject(),
        ("Ctrl+Backspace",),
        "Drop what the model proposes for this image, until you predict it again.",
        disabled_why=_why_no_proposal,
    ),
    Command(
        "model.load",
        "Load a model",
        "cube",
        "Model",
        _load,
        (),
        "Choose a model from the list of models.",
    ),
    Command(
        "model.unload",
        "Unload model",
        "cube",
        "Model",
        lambda context: context.predicting.unload(),
        (),
        "Free the memory that the model takes.",
        disabled_why=_why_no_model,
    ),
    Command(
        "model.add",
        "Add model file",
        "plus",
        "Model",
        _add,
        (),
        "Add a .pth checkpoint or an .onnx file to the list of models.",
    ),
    Command(
        "model.add_folder",
        "Open work_dir",
        "git-branch",
        "Model",
        _add_folder,
        ("Ctrl+Shift+O",),
        "Add the best checkpoint of an mmseg work_dir, and list its run.",
    ),
    Command(
        "model.zoo",
        "Model zoo",
        "cloud-arrow-down",
        "Model",
        lambda context: context.window.show_zoo(),
        (),
        "Look through the published MMSegmentation models.",
    ),
    Command(
        "model.card",
        "Model card",
        "cube",
        "Model",
        _card,
        (),
        "Show classes, metrics, origin and licence of the loaded model.",
        disabled_why=_why_no_model,
    ),
    Command(
        "model.export",
        "Export model",
        "export",
        "Model",
        _export,
        (),
        "Write the loaded model as an ONNX file that runs without SegDesk.",
        disabled_why=lambda context: context.model_export.why_not(),
    ),
    Command(
        "model.remove",
        "Remove model",
        "trash",
        "Model",
        _remove,
        (),
        "Delete the loaded model's files from the library.",
        disabled_why=_why_no_model,
    ),
    Command(
        "model.restart_engine",
        "Restart the engine",
        "arrow-clockwise",
        "Model",
        lambda context: context.predicting.restart(),
        (),
        "Load the model anew in a fresh engine process.",
    ),
)
