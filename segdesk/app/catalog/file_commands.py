"""The File menu."""

from collections.abc import Callable
from pathlib import Path

from segdesk.app.annotate.autosave import SaveState
from segdesk.app.catalog.reasons import (
    why_no_annotation,
    why_no_files,
    why_no_image,
    why_no_painting,
)
from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.app.files.sample import sample_images
from segdesk.core.item_status import ItemStatus

_NO_FILES = "Open images first"


def _open_files(context: AppContext) -> None:
    paths = context.dialogs.choose_images()
    if paths:
        context.opening.open_paths(paths)


def _open_folder(context: AppContext) -> None:
    folder = context.dialogs.choose_folder("Open folder")
    if folder:
        context.opening.open_paths((folder,))


def open_sample(context: AppContext) -> None:
    """Show the sample images and load the sample model."""
    context.opening.open_made(sample_images)
    context.shelf.load_sample()


def _next(context: AppContext) -> None:
    context.opening.next()


def _previous(context: AppContext) -> None:
    context.opening.previous()


def _why_not_reading(context: AppContext) -> str | None:
    return None if context.opening.is_busy else "Nothing is being read"


def _close(context: AppContext) -> None:
    context.opening.close()
    context.window.show_welcome()


def _filter(context: AppContext) -> None:
    context.window.show_dock("files")
    context.window.focus_filter()


def _reveal(context: AppContext) -> None:
    image = context.session.image
    if image:
        context.dialogs.reveal(image.path)


def _import_labels(context: AppContext) -> None:
    draft = context.importing.draft()
    if draft is None:
        return
    if context.projects.mask_folders:  # those beside the images come first
        draft.open(draft.root)
    if context.dialogs.ask_import(draft):
        context.importing.run(draft)


def _open_masks(context: AppContext) -> None:
    finding = context.importing.masks_in_place()
    if not context.dialogs.ask_where_masks(finding):
        return

    def made(root: Path) -> None:
        context.opening.close()  # the folder may be open as a bare one
        context.opening.open_paths((root,))

    finding.make(made, context.notices.error)


def _export_labels(context: AppContext) -> None:
    if _is_video(context):
        context.commands.run("video.export")
        return
    choice = context.dialogs.ask_export(context.exporting)
    if choice is not None:
        context.exporting.run(choice, context.dialogs.reveal)


def _is_video(context: AppContext) -> bool:
    return context.window.layout_id == "video"


def _why_no_export(context: AppContext) -> str | None:
    """Return why labels, or the video in their place, cannot be exported now."""
    if _is_video(context):
        return context.video_export.why_not()
    return _why_no_project(context)


def _quit(context: AppContext) -> None:
    context.window.close()


def _save(context: AppContext) -> None:
    annotation = context.annotations.current
    if annotation and context.autosave.state_of(annotation) is SaveState.CLEAN:
        context.notices.remark("All is saved")
    context.annotating.save()


def _done(context: AppContext) -> None:
    context.annotating.set_status(ItemStatus.DONE)
    if _why_no_next(context) is None:
        context.opening.next()


def _review(context: AppContext) -> None:
    annotation = context.annotations.current
    wanted = ItemStatus.REVIEW
    if annotation is not None and annotation.status is wanted:
        wanted = ItemStatus.DRAFT
    context.annotating.set_status(wanted)


def _needs_review(context: AppContext) -> bool:
    annotation = context.annotations.current
    return annotation is not None and annotation.status is ItemStatus.REVIEW


def _to_unlabelled(step: int) -> Callable[[AppContext], None]:
    def go(context: AppContext) -> None:
        index = unlabelled_index(context, step)
        if index is None:
            context.notices.remark("Every other image has an annotation")
        else:
            context.opening.show(index)

    return go


def unlabelled_index(context: AppContext, step: int) -> int | None:
    """Return the place of the next (1) or previous (-1) image without annotation."""
    project, here = context.projects.project, context.opening.wanted
    paths = context.session.files.paths
    if project is None or here is None:
        return None
    for away in range(1, len(paths)):
        index = (here + step * away) % len(paths)
        item = project.item_of(paths[index])
        if item and project.facts(item).status is ItemStatus.UNLABELLED:
            return index
    return None


def _why_no_project(context: AppContext) -> str | None:
    why = why_no_files(context)
    if why is None and context.projects.project is None:
        return "The folder is being read"
    return why


def _why_no_import(context: AppContext) -> str | None:
    why = _why_no_project(context)
    if why is None and context.projects.read_only is not None:
        return "This folder is read-only"
    if why is None and context.class_remapping.is_busy:
        return "Classes are being changed"
    if why is None and context.importing.is_busy:
        return "Labels are being imported"
    return why


def _why_no_next(context: AppContext) -> str | None:
    if context.opening.wanted is None:
        return _NO_FILES
    last = len(context.session.files.paths) - 1
    return None if context.opening.wanted < last else "This is the last image"


def _why_no_previous(context: AppContext) -> str | None:
    if context.opening.wanted is None:
        return _NO_FILES
    return None if context.opening.wanted > 0 else "This is the first image"


COMMANDS = (
    Command(
        "file.open_files",
        "Open files",
        "image",
        "File",
        _open_files,
        ("Ctrl+O",),
        "Choose one image or several. One image opens the folder round it.",
    ),
    Command(
        "file.open_folder",
        "Open folder",
        "folder-open",
        "File",
        _open_folder,
        ("Ctrl+U",),
        "Open every image in a folder and the folders inside it.",
    ),
    Command(
        "file.open_masks",
        "Open images with masks",
        "folder-plus",
        "File",
        _open_masks,
        (),
        "Say where images and masks lie; they become a project in place.",
    ),
    Command(
        "file.open_sample",
        "Try the sample",
        "sparkle",
        "File",
        open_sample,
        (),
        "Open the sample pictures with the model that comes with SegDesk.",
    ),
    Command(
        "file.next",
        "Next image",
        "caret-right",
        "File",
        _next,
        ("D", "PgDown"),
        "Show the next image of the list.",
        Where.CANVAS,
        _why_no_next,
    ),
    Command(
        "file.previous",
        "Previous image",
        "caret-left",
        "File",
        _previous,
        ("A", "PgUp"),
        "Show the previous image of the list.",
        Where.CANVAS,
        _why_no_previous,
    ),
    Command(
        "file.next_unlabelled",
        "Next unlabelled image",
        "skip-forward",
        "File",
        _to_unlabelled(1),
        ("Shift+D",),
        "Show the next image that has no annotation yet.",
        Where.CANVAS,
        _why_no_project,
    ),
    Command(
        "file.previous_unlabelled",
        "Previous unlabelled image",
        "skip-back",
        "File",
        _to_unlabelled(-1),
        ("Shift+A",),
        "Show the image before this one that has no annotation yet.",
        Where.CANVAS,
        _why_no_project,
    ),
    Command(
        "file.save",
        "Save",
        "floppy-disk",
        "File",
        _save,
        ("Ctrl+S",),
        "Write the annotation now. It is written by itself after each pause.",
        disabled_why=why_no_annotation,
    ),
    Command(
        "file.done",
        "Done, next image",
        "check-circle",
        "File",
        _done,
        ("Q",),
        "Mark the image as done and show the next one.",
        Where.CANVAS,
        why_no_painting,
    ),
    Command(
        "file.review",
        "Needs review",
        "flag",
        "File",
        _review,
        ("Shift+Q",),
        "Mark the image as one that somebody should look at again.",
        Where.CANVAS,
        why_no_painting,
        _needs_review,
    ),
    Command(
        "file.import_labels",
        "Import labels",
        "download-simple",
        "File",
        _import_labels,
        ("Ctrl+I",),
        "Bring annotations of another program to these images.",
        disabled_why=_why_no_import,
    ),
    Command(
        "file.export_labels",
        "Export labels",
        "export",
        "File",
        _export_labels,
        ("Ctrl+Shift+E",),
        "Write the annotations for training, or for another program.",
        disabled_why=_why_no_export,
    ),
    Command(
        "file.filter",
        "Filter files",
        "funnel-simple",
        "File",
        _filter,
        ("Ctrl+F", "/"),
        "Show only files whose name holds some text.",
        disabled_why=why_no_files,
    ),
    Command(
        "file.reveal",
        "Show in folder",
        "folder-notch-open",
        "File",
        _reveal,
        (),
        "Open the folder that holds the image.",
        disabled_why=why_no_image,
    ),
    Command(
        "file.stop_reading",
        "Stop reading",
        "x",
        "File",
        lambda context: context.opening.stop(),
        (),
        "Leave the image that is being read. The one on screen stays.",
        disabled_why=_why_not_reading,
    ),
    Command(
        "file.close",
        "Close images",
        "x",
        "File",
        _close,
        ("Ctrl+W",),
        "Close all open images. Nothing on disk changes.",
        disabled_why=why_no_files,
    ),
    Command(
        "app.quit",
        "Quit",
        "sign-out",
        "File",
        _quit,
        ("Ctrl+Q",),
        "Close SegDesk.",
    ),
)
