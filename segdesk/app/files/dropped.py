"""What happens to files that are dropped on the window."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.context import AppContext
from segdesk.app.notices import Level, Notice, Verb
from segdesk.core.errors import InputError
from segdesk.core.language import joined, tr

if TYPE_CHECKING:
    from segdesk.core.project import Project

_LABELS = frozenset({".json", ".xml", ".txt", ".zip"})
_MODELS = frozenset({".pth", ".onnx"})
_OTHER_MODELS = frozenset({".pt", ".ckpt", ".safetensors", ".tflite", ".h5", ".engine"})
_NAMED = 3


def open_dropped(context: AppContext, paths: Sequence[Path]) -> None:
    """Open images and folders, add checkpoints to the models, offer to import labels.

    A folder whose images have the names of the project's own holds masks: it is offered
    as labels too.
    """
    models = [path for path in paths if path.suffix.lower() in _MODELS]
    for path in models:
        context.shelf.add(path)
    labels = [path for path in paths if path.suffix.lower() in _LABELS]
    others = [path for path in paths if path.suffix.lower() in _OTHER_MODELS]
    for path in others:
        context.notices.error(_other_model(path))
    images = [path for path in paths if path not in (*models, *labels, *others)]
    if labels:
        _take_labels(context, _together(labels))
    if not images:
        return
    if len(images) == 1 and images[0].is_dir() and context.projects.project:
        _take_folder(context, images[0])
    else:
        context.opening.open_paths(images)


def offer_import(context: AppContext, path: Path) -> None:
    """Show what an import of labels would do, and do it if the user wants."""
    draft = context.importing.draft()
    if draft is None:
        return
    draft.open(path)
    if context.dialogs.ask_import(draft):
        context.importing.run(draft)


def tell_masks(context: AppContext) -> None:
    """Tell of folders whose files were not listed because they are masks."""
    folders, store = context.projects.mask_folders, context.projects.store
    if not folders or store is None or store.is_project:
        return
    named = joined(", ", folders[:_NAMED])
    more = len(folders) - _NAMED
    some = (
        tr("{named} and {more:,} more", named=named, more=more) if more > 0 else named
    )
    context.importing.offer = context.notices.post(
        Notice(
            Level.INFO,
            tr("Folders of masks are not listed as images."),
            tr("They lie beside folders of images: {some}.", some=some),
            tr("Import them, and their labels show on the images."),
            verbs=(
                Verb(tr("Import labels"), lambda: offer_import(context, store.root)),
            ),
        )
    )


def _take_folder(context: AppContext, folder: Path) -> None:
    def found(are_labels: bool) -> None:
        if are_labels:
            offer_import(context, folder)
        else:
            context.opening.open_paths((folder,))

    context.importing.are_labels(folder, found)


def _take_labels(context: AppContext, path: Path) -> None:
    """Offer an import; where no images are open, of the images beside the labels."""
    if context.projects.project is not None:
        offer_import(context, path)
        return
    folder = path if path.is_dir() else path.parent

    def opened(project: "Project | None") -> None:
        if project is not None:
            stop()
            # Not at once: others still have to hear that the project is open.
            context.importing.has_images(folder, lambda _: offer_import(context, path))

    def found(has_images: bool) -> None:
        if has_images:
            context.opening.open_paths((folder,))
        else:
            stop()
            context.notices.error(_no_images(path))

    stop = context.projects.opened.connect(opened)
    context.importing.has_images(folder, found)


def _together(paths: Sequence[Path]) -> Path:
    """Return one file as it is, and several as the folder they lie in."""
    return paths[0] if len(paths) == 1 else paths[0].parent


def _other_model(path: Path) -> InputError:
    return InputError(
        tr("{name} was not added.", name=path.name),
        cause=tr(
            "It is a model as {suffix} file; models are read from .pth "
            "and .onnx files.",
            suffix=path.suffix,
        ),
        hint=tr(
            "Choose a .pth that MMSegmentation or SegDesk wrote, or an .onnx that "
            "SegDesk exported."
        ),
    )


def _no_images(path: Path) -> InputError:
    return InputError(
        tr("{name} was not imported.", name=path.name),
        cause=tr("It holds labels; no images are open, and none lie beside it."),
        hint=tr("Open the images first, then drop it again."),
    )
