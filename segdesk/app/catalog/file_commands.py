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
from segdesk.core.language import tr

_NO_FILES = tr("Open images first")


def _open_files(context: AppContext) -> None:
    paths = context.dialogs.choose_images()
    if paths:
        context.opening.open_paths(paths)


def _open_folder(context: AppContext) -> None:
    folder = context.dialogs.choose_folder(tr("Open folder"))
    if folder:
        context.opening.open_paths((folder,))


def open_sample(context: AppContext) -> None:
    """Show the sample images and load the sample model."""
    context.opening.open_made(sample_images)
    context.shelf.load_sample()


def _next(context: AppContext) -> None:
    if context.review.working.on_screen is not None:
        context.review.working.skip()
    else:
        context.opening.next()


def _previous(context: AppContext) -> None:
    context.opening.previous()


def _why_not_reading(context: AppContext) -> str | None:
    return None if context.opening.is_busy else tr("Nothing is being read")


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
        context.notices.remark(tr("All is saved"))
    context.annotating.save()


def _done(context: AppContext) -> None:
    if context.review.working.on_screen is not None:
        context.review.working.corrected()
        return
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
            context.notices.remark(tr("Every other image has an annotation"))
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
        return tr("The folder is being read")
    return why


def _why_no_import(context: AppContext) -> str | None:
    why = _why_no_project(context)
    if why is None and context.projects.read_only is not None:
        return tr("This folder is read-only")
    if why is None and context.class_remapping.is_busy:
        return tr("Classes are being changed")
    if why is None and context.importing.is_busy:
        return tr("Labels are being imported")
    return why


def _why_not_on(context: AppContext) -> str | None:
    """Return why there is nothing after this, an entry of the queue or an image."""
    on_screen = context.review.working.on_screen
    return None if on_screen is not None else _why_no_next(context)


def _why_no_next(context: AppContext) -> str | None:
    if context.opening.wanted is None:
        return _NO_FILES
    last = len(context.session.files.paths) - 1
    return None if context.opening.wanted < last else tr("This is the last image")


def _why_no_previous(context: AppContext) -> str | None:
    if context.opening.wanted is None:
        return _NO_FILES
    return None if context.opening.wanted > 0 else tr("This is the first image")


COMMANDS = (
    Command(
        "file.open_files",
        tr("Open files"),
        "image",
        tr("File"),
        _open_files,
        ("Ctrl+O",),
        tr("Choose one image or several. One image opens the folder round it."),
    ),
    Command(
        "file.open_folder",
        tr("Open folder"),
        "folder-open",
        tr("File"),
        _open_folder,
        ("Ctrl+U",),
        tr("Open every image in a folder and the folders inside it."),
    ),
    Command(
        "file.open_masks",
        tr("Open images with masks"),
        "folder-plus",
        tr("File"),
        _open_masks,
        (),
        tr("Say where images and masks lie; they become a project in place."),
    ),
    Command(
        "file.open_sample",
        tr("Try the sample"),
        "sparkle",
        tr("File"),
        open_sample,
        (),
        tr("Open the sample pictures with the model that comes with SegDesk."),
    ),
    Command(
        "file.next",
        tr("Next image"),
        "caret-right",
        tr("File"),
        _next,
        ("D", "PgDown"),
        tr("Show the next image of the list."),
        Where.CANVAS,
        _why_not_on,
    ),
    Command(
        "file.previous",
        tr("Previous image"),
        "caret-left",
        tr("File"),
        _previous,
        ("A", "PgUp"),
        tr("Show the previous image of the list."),
        Where.CANVAS,
        _why_no_previous,
    ),
    Command(
        "file.next_unlabelled",
        tr("Next unlabelled image"),
        "skip-forward",
        tr("File"),
        _to_unlabelled(1),
        ("Shift+D",),
        tr("Show the next image that has no annotation yet."),
        Where.CANVAS,
        _why_no_project,
    ),
    Command(
        "file.previous_unlabelled",
        tr("Previous unlabelled image"),
        "skip-back",
        tr("File"),
        _to_unlabelled(-1),
        ("Shift+A",),
        tr("Show the image before this one that has no annotation yet."),
        Where.CANVAS,
        _why_no_project,
    ),
    Command(
        "file.save",
        tr("Save"),
        "floppy-disk",
        tr("File"),
        _save,
        ("Ctrl+S",),
        tr("Write the annotation now. It is written by itself after each pause."),
        disabled_why=why_no_annotation,
    ),
    Command(
        "file.done",
        tr("Done, next image"),
        "check-circle",
        tr("File"),
        _done,
        ("Q",),
        tr("Mark the image as done and show the next one."),
        Where.CANVAS,
        why_no_painting,
    ),
    Command(
        "file.review",
        tr("Needs review"),
        "flag",
        tr("File"),
        _review,
        ("Shift+Q",),
        tr("Mark the image as one that somebody should look at again."),
        Where.CANVAS,
        why_no_painting,
        _needs_review,
    ),
    Command(
        "file.import_labels",
        tr("Import labels"),
        "download-simple",
        tr("File"),
        _import_labels,
        ("Ctrl+I",),
        tr("Bring annotations of another program to these images."),
        disabled_why=_why_no_import,
    ),
    Command(
        "file.export_labels",
        tr("Export labels"),
        "export",
        tr("File"),
        _export_labels,
        ("Ctrl+Shift+E",),
        tr("Write the annotations for training, or for another program."),
        disabled_why=_why_no_export,
    ),
    Command(
        "file.filter",
        tr("Filter files"),
        "funnel-simple",
        tr("File"),
        _filter,
        ("Ctrl+F", "/"),
        tr("Show only files whose name holds some text."),
        disabled_why=why_no_files,
    ),
    Command(
        "file.reveal",
        tr("Show in folder"),
        "folder-notch-open",
        tr("File"),
        _reveal,
        (),
        tr("Open the folder that holds the image."),
        disabled_why=why_no_image,
    ),
    Command(
        "file.stop_reading",
        tr("Stop reading"),
        "x",
        tr("File"),
        lambda context: context.opening.stop(),
        (),
        tr("Leave the image that is being read. The one on screen stays."),
        disabled_why=_why_not_reading,
    ),
    Command(
        "file.close",
        tr("Close images"),
        "x",
        tr("File"),
        _close,
        ("Ctrl+W",),
        tr("Close all open images. Nothing on disk changes."),
        disabled_why=why_no_files,
    ),
    Command(
        "app.quit",
        tr("Quit"),
        "sign-out",
        tr("File"),
        _quit,
        ("Ctrl+Q",),
        tr("Close SegDesk."),
    ),
)
