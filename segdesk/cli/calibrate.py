"""`segdesk calibrate`: a confidence that means what it says."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segdesk.cli.model_choice import chosen_model
from segdesk.cli.output import (
    ExitCode,
    console,
    print_json,
    say,
)
from segdesk.jobs.confidence_events import CalibrationDone
from segdesk.jobs.specs import CalibrateSpec

if TYPE_CHECKING:
    from segdesk.core.temperature import FittedTemperature
    from segdesk.jobs.model_source import ModelSource


def calibrate(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="Id of the library, or a .pth file.")
    ],
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATASET",
            help="A project, or img_dir and ann_dir with classes.json.",
        ),
    ],
    *,
    split: Annotated[
        str, typer.Option(help="val or test: images that it was not trained on.")
    ] = "val",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda:0 or mps.")] = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Make a model's confidence as high as it is often right.

    A temperature is fitted on labelled images, one for all pixels or one for each
    winning class, whichever leaves the smaller calibration error on images that it was
    not fitted on. It is kept with the model, and every prediction uses it. Labels stay
    as they are.
    """
    source = chosen_model(model, None, None, trusted=False)
    spec = CalibrateSpec(
        model=source, data_dir=data.expanduser().absolute(), split=split, device=device
    )
    from segdesk.cli.running import result_of

    done = result_of(
        spec,
        CalibrationDone,
        title=f"Calibrating {source.id}",
        stopped="Stopped. The model is as it was.",
        as_json=as_json,
    )
    kept_in = _keep(source, done.fitted)
    if as_json:
        print_json({"kept_in": kept_in, "calibration": done})
    else:
        _show(source, done, kept_in)
    raise typer.Exit(ExitCode.SOME_FAILED if done.failed else ExitCode.OK)


def _keep(source: "ModelSource", fitted: "FittedTemperature") -> str:
    """Keep it on the model's card, or beside a checkpoint that is in no library."""
    from segdesk.library.calibrations import keep_beside, keep_for
    from segdesk.library.model_library import ModelLibrary

    library = ModelLibrary()
    for entry in library.list():
        if entry.checkpoint is not None and entry.checkpoint == source.checkpoint:
            keep_for(entry, library.root, fitted)
            return entry.id
    return str(keep_beside(source.checkpoint, fitted))


def _show(source: "ModelSource", done: CalibrationDone, kept_in: str) -> None:
    from rich.table import Table

    fitted = done.fitted
    table = Table(title=f"{source.id} on {fitted.data}", title_justify="left")
    table.add_column("confidence")
    for name in ("before: right", "pixels", "after: right", "pixels"):
        table.add_column(name, justify="right")
    count = len(fitted.before.bins)
    for place, (before, after) in enumerate(
        zip(fitted.before.bins, fitted.after.bins, strict=True)
    ):
        if before.pixels or after.pixels:
            span = f"{place / count:.0%}–{(place + 1) / count:.0%}"
            table.add_row(
                span,
                _share(before.accuracy),
                f"{before.pixels:,}",
                _share(after.accuracy),
                f"{after.pixels:,}",
            )
    console().print(table)
    error = f"{fitted.before.error:.2f} % to {fitted.after.error:.2f} %"
    if not fitted.temperature:
        say("No temperature makes it better: the confidence stays as it is.")
        return
    words = ", ".join(f"{one:.3g}" for one in fitted.temperature)
    say(
        f"Calibration error from {error}, on images that it was not fitted on "
        f"({fitted.images} images, {fitted.pixels:,} pixels). Temperature {words}. "
        f"Kept with {kept_in}."
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
