"""`segdesk models tune`: the fastest right way to run a model on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from segdesk.cli.model_choice import chosen_model
from segdesk.cli.output import (
    console,
    print_json,
    say,
)
from segdesk.cli.some_images import some_images
from segdesk.jobs.model_source import ModelSource
from segdesk.jobs.specs import TuneSpec
from segdesk.jobs.tune_events import LEAST_EQUAL, ModeMeasured, Tuned, TuneDone
from segdesk.library.model_card import size_words

_IMAGES = 4


def tune(  # noqa: PLR0913 - one for each option
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="Id of the library, or a .pth file.")
    ],
    *,
    device: Annotated[
        str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")
    ] = "auto",
    images: Annotated[
        Path | None,
        typer.Option(help="An image, or a folder: measure on some of these."),
    ] = None,
    with_compile: Annotated[
        bool, typer.Option("--compile", help="Try torch.compile too: takes minutes.")
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Run it as without tuning again.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option(help="Config that the .pth was trained by.")
    ] = None,
    classes: Annotated[
        Path | None,
        typer.Option(help="Class names: classes.json, or text with one on each line."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Measure the ways to run a model here, and use the fastest from now on.

    Precision, layout in memory, CUDA graph: which is fastest differs by model and
    device. The labels of each are compared with those of fp32; one that gives less than
    99.8 % of them is never chosen. What is chosen is remembered for this model, this
    device and these versions, and every prediction, batch and video uses it.
    """
    source = chosen_model(model, config, classes, trusted=False)
    if forget:
        _forget(source)
        return
    spec = TuneSpec(
        model=source,
        device=device,
        images=some_images(images, _IMAGES, "The model was not tuned.", "measure"),
        with_compile=with_compile,
    )
    from segdesk.cli.running import result_of

    done = result_of(
        spec,
        TuneDone,
        title="Measuring",
        stopped="Stopped. The model runs as before.",
        as_json=as_json,
    )
    if as_json:
        print_json(done)
    else:
        _show(done)


def _forget(source: ModelSource) -> None:
    from segdesk.library.tuned_modes import TunedModes, digest_of_source

    if TunedModes().forget(digest_of_source(source)):
        say(f"{source.id} runs as without tuning again.")
    else:
        say(f"{source.id} was not tuned.")


def _show(done: TuneDone) -> None:
    from rich.table import Table

    tuned = done.tuned
    table = Table(title=f"{done.model_id} on {tuned.device_name}", title_justify="left")
    table.add_column("mode")
    for name in ("images/s", "memory", "equal to fp32"):
        table.add_column(name, justify="right")
    table.add_column("chosen")
    for one in tuned.measured:
        table.add_row(one.mode.words, *_figures(one), _verdict(one, tuned))
    console().print(table)
    images = "1 image" if tuned.images == 1 else f"{tuned.images} images"
    say(f"Measured on {images} in {done.seconds:.0f} s. From now on: {tuned.words}.")


def _figures(one: ModeMeasured) -> tuple[str, str, str]:
    if one.problem:
        return ("–", "–", "–")
    memory = size_words(one.memory_bytes) if one.memory_bytes else "–"
    # Not rounded up: 100 % means every label.
    return (f"{one.images_per_s:.2f}", memory, f"{int(one.equal * 1e5) / 1e3:.3f} %")


def _verdict(one: ModeMeasured, tuned: Tuned) -> str:
    if one.mode == tuned.chosen:
        return "yes"
    if one.problem:
        return one.problem
    return "" if one.is_right else f"below {LEAST_EQUAL:.1%}"
