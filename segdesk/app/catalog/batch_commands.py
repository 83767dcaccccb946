"""Batches, in the Model menu: many images at once, and what is done with them."""

from segdesk.app.batch.finding import BatchSource, SourceKind
from segdesk.app.batch.run import BatchRun
from segdesk.app.commands import Command
from segdesk.app.context import AppContext
from segdesk.core.errors import InputError
from segdesk.core.language import tr

_NO_BATCH = tr("There is no batch")


def _run(context: AppContext) -> BatchRun:
    run = context.batches.shown
    if run is None:
        raise InputError(
            tr("{words}.", words=_NO_BATCH), hint=tr("Predict a batch first.")
        )
    return run


def _why_none(context: AppContext) -> str | None:
    return None if context.batches.shown else _NO_BATCH


def _why_not_at_work(context: AppContext) -> str | None:
    return None if context.batches.live else tr("No batch is at work")


def _why_busy(context: AppContext) -> str | None:
    return context.batches.why_busy() or None


def _why_no_row(context: AppContext) -> str | None:
    return _why_none(context) or (
        None if context.batches.chosen else tr("Choose an image of the batch first")
    )


def _why_no_drafts(context: AppContext) -> str | None:
    return context.batch_drafting.why_not(context.batches.shown)


def _open(context: AppContext) -> None:
    context.dialogs.show_batch(context, None)


def _open_folder(context: AppContext) -> None:
    folder = context.dialogs.choose_folder(tr("Folder of images"))
    if folder is not None:
        source = BatchSource(SourceKind.FOLDER, folder)
        context.dialogs.show_batch(context, source)


def _open_results(context: AppContext) -> None:
    folder = context.dialogs.choose_folder(tr("Output folder of a batch"))
    if folder is not None:
        context.batches.open_results(folder)


def _export(context: AppContext) -> None:
    run = _run(context)
    name = f"{run.name or 'batch'}.csv"
    path = context.dialogs.choose_file_to_write(name, tr("CSV (*.csv)"))
    if path is not None:
        context.batches.export_csv(path, context.batches.listed())


def _show_image(context: AppContext) -> None:
    if context.batches.chosen:
        context.batch_showing.show(_run(context), context.batches.chosen[0])


def _drafts(context: AppContext) -> None:
    """Make drafts of the chosen images where there are several, else of all."""
    run, chosen = _run(context), context.batches.chosen
    indices = chosen if len(chosen) > 1 else range(len(run.rows))
    context.batch_drafting.make(run, indices)


COMMANDS = (
    Command(
        "view.batch",
        tr("Show batch"),
        "stack",
        tr("View"),
        lambda context: context.window.set_layout("batch"),
        ("Ctrl+Shift+B",),
        tr("Go to the images of the batch at work, or of the last one."),
        disabled_why=_why_none,
        checked=lambda context: context.window.layout_id == "batch",
    ),
    Command(
        "batch.open",
        tr("Predict a batch"),
        "stack",
        tr("Model"),
        _open,
        ("Ctrl+B",),
        tr("Predict a folder, the project or a list of images into files or drafts."),
        disabled_why=_why_busy,
    ),
    Command(
        "batch.open_folder",
        tr("Predict a folder"),
        "folder-open",
        tr("Model"),
        _open_folder,
        (),
        tr("Choose a folder of images and predict all of them."),
        disabled_why=_why_busy,
    ),
    Command(
        "batch.pause",
        tr("Pause the batch, or go on"),
        "pause",
        tr("Model"),
        lambda context: context.batches.toggle_pause(),
        (),
        tr("Let the batch wait after the images at work, or go on."),
        disabled_why=_why_not_at_work,
    ),
    Command(
        "batch.cancel",
        tr("Cancel the batch"),
        "x",
        tr("Model"),
        lambda context: context.batches.cancel(),
        (),
        tr("Stop the batch; what is predicted is kept, and it can go on later."),
        disabled_why=_why_not_at_work,
    ),
    Command(
        "batch.resume",
        tr("Go on with the batch"),
        "play",
        tr("Model"),
        lambda context: context.batches.resume(),
        (),
        tr("Predict what is not done, and try again what failed."),
        disabled_why=lambda context: context.batches.why_not_resumed(),
    ),
    Command(
        "batch.results",
        tr("Open batch results"),
        "table",
        tr("Model"),
        _open_results,
        (),
        tr("Show the images of a batch that was written to a folder earlier."),
        disabled_why=_why_busy,
    ),
    Command(
        "batch.reveal",
        tr("Open output folder"),
        "folder-open",
        tr("Model"),
        lambda context: context.dialogs.reveal(_run(context).out_dir),
        (),
        tr("Show what the batch wrote in the file manager."),
        disabled_why=_why_none,
    ),
    Command(
        "batch.export_csv",
        tr("Export CSV"),
        "table",
        tr("Model"),
        _export,
        (),
        tr("Write the listed images of the batch into one table."),
        disabled_why=_why_none,
    ),
    Command(
        "batch.show_image",
        tr("Open in the viewer"),
        "arrow-square-out",
        tr("Model"),
        _show_image,
        (),
        tr("Show the chosen image of the batch with its proposal."),
        disabled_why=_why_no_row,
    ),
    Command(
        "batch.drafts",
        tr("Open as draft annotations"),
        "paint-brush",
        tr("Model"),
        _drafts,
        (),
        tr(
            "Make drafts of the chosen images, or of all; annotations stay as they are."
        ),
        disabled_why=_why_no_drafts,
    ),
)
