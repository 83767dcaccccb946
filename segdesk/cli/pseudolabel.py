"""`segdesk pseudolabel`: labels from a model, for a training alone."""

from pathlib import Path
from typing import Annotated

import typer

from segdesk.cli.model_choice import chosen_model
from segdesk.cli.output import (
    ExitCode,
    print_json,
    print_line,
    say,
    show_report,
)
from segdesk.core.errors import InputError
from segdesk.jobs.confidence_events import PseudoLabelsDone
from segdesk.jobs.confidence_specs import PseudoLabelItem
from segdesk.jobs.events import ItemFailed, Report
from segdesk.jobs.specs import PseudoLabelSpec


def pseudolabel(  # noqa: PLR0913 - one for each option
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATASET",
            help="The project or data set that will be trained on.",
        ),
    ],
    *,
    model: Annotated[
        str | None,
        typer.Option(help="Id or .pth file of a model with the same classes."),
    ] = None,
    images: Annotated[
        Path | None,
        typer.Option(
            help="Folder of images without labels; else the project's unlabelled ones.",
            show_default=False,
        ),
    ] = None,
    threshold: Annotated[
        float,
        typer.Option(help="Confidence, 0 to 1, from which on a pixel is labelled."),
    ] = 0.9,
    name: Annotated[
        str, typer.Option(help="Of the folder below pseudo-labels/ of the data set.")
    ] = "model",
    remove: Annotated[
        bool, typer.Option("--remove", help="Delete the labels of that name.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda:0 or mps.")] = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Let a model label images that nobody has, where it is sure.

    The labels lie in pseudo-labels/NAME of the data set, never among annotations; each
    image is listed there with the model that labelled it. A training reads them with
    `segdesk train --pseudo-labels`. Calibrate the model first: the threshold is a
    confidence.
    """
    from segdesk.formats.pseudo_labels import PSEUDO_FOLDER, remove_pseudo_labels

    root = data.expanduser().absolute()
    folder = root / PSEUDO_FOLDER / name
    if remove:
        remove_pseudo_labels(folder)
        say(f"The labels in {folder} are gone.")
        return
    source = chosen_model(model, None, None, trusted=False)
    if not source.temperature:
        say(f"{source.id} is not calibrated: its confidence may be too high.", "yellow")
    spec = PseudoLabelSpec(
        model=source,
        data_dir=root,
        items=_items(root, images),
        out_dir=folder,
        threshold=threshold,
        device=device,
    )
    from segdesk.cli.running import result_of

    done = result_of(
        spec,
        PseudoLabelsDone,
        title="Labelling",
        stopped="Stopped. No labels are kept.",
        as_json=as_json,
        show=_show_report,
    )
    if as_json:
        print_json(done)
    else:
        print_line(
            f"{done.images:,} images, {done.share:.0%} of their pixels: {done.folder}"
        )
    raise typer.Exit(ExitCode.SOME_FAILED if done.failed else ExitCode.OK)


def _items(root: Path, images: Path | None) -> tuple[PseudoLabelItem, ...]:
    from segdesk.core.imaging import find_images
    from segdesk.formats.unlabelled import unlabelled_images

    if images is None:
        found = unlabelled_images(root)
    else:
        folder = images.expanduser().absolute()
        found = tuple(
            (path, path.relative_to(folder).with_suffix("").as_posix())
            for path in find_images(folder)
        )
    if not found:
        raise InputError(
            "The images were not labelled.",
            cause="There is no image without labels."
            if images is None
            else f"{images} holds no image.",
            hint="Name a folder of images with --images.",
        )
    return tuple(PseudoLabelItem(path, name) for path, name in found)


def _show_report(event: Report) -> None:
    if isinstance(event, ItemFailed):
        say(" ".join(filter(None, (event.message, event.cause))), "red")
    else:
        show_report(event)
