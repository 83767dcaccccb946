"""`segdesk explain`: where a model looks when it says a class."""

import shutil
from pathlib import Path
from typing import Annotated, get_args

import typer

from segdesk.cli.model_choice import chosen_model, with_cure
from segdesk.cli.output import (
    console,
    print_json,
    print_line,
    say,
)
from segdesk.cli.predict_options import BANDS_HELP, STRETCH_HELP, view_of
from segdesk.core.errors import InputError
from segdesk.jobs.codec import to_builtins
from segdesk.jobs.explain_events import ExplainDone
from segdesk.jobs.explain_specs import ExplainMethod
from segdesk.jobs.model_source import ModelSource
from segdesk.jobs.specs import ExplainSpec

_REFUSED = "The image was not explained."
_SHOWN = 3


def explain(  # noqa: PLR0913 - one for each option
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="An image.")],
    *,
    model: Annotated[
        str | None,
        typer.Option(
            help="Id of the library, or a .pth file; else the only model that is ready."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for overlay, heat, confidence, entropy and JSON.",
            show_default=False,
        ),
    ] = None,
    class_name: Annotated[
        str | None,
        typer.Option(
            "--class",
            help="Name or index of a class. [default: that of --at, else the largest]",
            show_default=False,
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="X,Y", help="Explain this pixel alone.", show_default=False
        ),
    ] = None,
    method: Annotated[
        str, typer.Option(help=f"One of {', '.join(get_args(ExplainMethod))}.")
    ] = "hires-cam",
    layer: Annotated[
        str,
        typer.Option(
            help="Name in the network's tree; see --layers. "
            "[default: the last, coarsest map of the backbone]",
            show_default=False,
        ),
    ] = "",
    layers: Annotated[
        bool, typer.Option("--layers", help="List the layers that can be looked at.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option(help="Config that the .pth was trained by.")
    ] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Execute --config as Python.")
    ] = False,
    classes: Annotated[
        Path | None,
        typer.Option(help="Class names: classes.json, or text with one on each line."),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda:0 or mps.")] = "auto",
    bands: Annotated[str | None, typer.Option(help=BANDS_HELP, show_default=False)] = (
        None
    ),
    stretch: Annotated[str, typer.Option(help=STRETCH_HELP)] = "range",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Show where a model looks when it says a class.

    Gradients (hires-cam, grad-cam) or none (eigen-cam, ablation-cam, occlusion) tell
    how much each place speaks for the class; saliency asks every pixel. The last three
    run the network many times.
    """
    from segdesk.jobs.arrays import make_scratch_dir

    if out is None and not layers:
        raise InputError(
            "Nothing was explained: --out is missing.",
            cause="The picture needs a folder.",
            hint="Name one with --out DIR.",
        )
    source = chosen_model(model, config, classes, trusted=trust)
    view = view_of(bands, stretch)
    scratch = make_scratch_dir()
    spec = ExplainSpec(
        model=source,
        image=image.expanduser().absolute(),
        scratch_dir=scratch,
        method="eigen-cam" if layers else _method(method),
        class_index=None if class_name is None else _class_of(class_name, source),
        at=None if at is None else _pixel(at),
        layer="" if layers else layer,
        device=device,
        view=view,
    )
    try:
        done = _run(spec, as_json=as_json)
        if layers:
            _show_layers(done, as_json=as_json)
            return
        assert out is not None  # noqa: S101 - refused above
        _write(done, spec, out.expanduser().absolute(), as_json=as_json)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run(spec: ExplainSpec, *, as_json: bool) -> ExplainDone:
    from segdesk.cli.running import result_of

    return result_of(
        spec,
        ExplainDone,
        title="Explaining",
        stopped="Stopped. Nothing was written.",
        as_json=as_json,
        cured=lambda failed: with_cure(failed, spec.model),
    )


def _write(done: ExplainDone, spec: ExplainSpec, out: Path, *, as_json: bool) -> None:
    from segdesk.core.imaging import read_image
    from segdesk.formats.explanation_files import write_explanation
    from segdesk.jobs.explained import taken_explanation

    explained = taken_explanation(done)
    pixels = read_image(spec.image, spec.view).pixels
    paths = write_explanation(out, spec.image, pixels, explained)
    if as_json:
        print_json(
            {
                "class": explained.class_name,
                "class_index": explained.class_index,
                "at": explained.at,
                "method": explained.method,
                "layer": explained.layer or None,
                "probabilities": dict(
                    zip(explained.classes.names, explained.chances, strict=True)
                ),
                "peak": explained.heat.peak,
                "seconds": explained.seconds,
                "files": [str(path) for path in paths],
            }
        )
        return
    where = "there" if explained.at else "on average where the model says it"
    sure = ", ".join(
        f"{explained.classes.names[index]} {chance:.0%}"
        for index, chance in explained.strongest(_SHOWN)
    )
    say(f"{explained.class_name}, by {explained.method}; {where}: {sure}.")
    if explained.layer:
        say(f"Layer {explained.layer}, in {explained.seconds:.1f} s.")
    for path in paths:
        print_line(str(path))


def _show_layers(done: ExplainDone, *, as_json: bool) -> None:
    if as_json:
        print_json(to_builtins(done.layers))
        return
    from rich.table import Table

    table = Table(title=f"{done.model_id}: layers with a map", title_justify="left")
    table.add_column("layer")
    table.add_column("kind")
    table.add_column("channels", justify="right")
    table.add_column("height × width", justify="right")
    for one in done.layers:
        size = f"{one.size[0]} × {one.size[1]}"
        table.add_row(one.name, one.kind, str(one.channels), size)
    console().print(table)


def _method(text: str) -> ExplainMethod:
    known: dict[str, ExplainMethod] = {one: one for one in get_args(ExplainMethod)}
    if text in known:
        return known[text]
    raise InputError(
        _REFUSED,
        cause=f"--method is {text!r}.",
        hint=f"It takes {', '.join(known)}.",
    )


def _class_of(text: str, source: ModelSource) -> int:
    names = source.classes.names if source.classes else ()
    if text in names:
        return names.index(text)
    folded = [name.casefold() for name in names]
    if text.casefold() in folded:
        return folded.index(text.casefold())
    if text.isdecimal():
        return int(text)
    raise InputError(
        _REFUSED,
        cause=f"The model has no class {text!r}.",
        hint=f"It knows {', '.join(names)}."
        if names
        else "Give its index, from 0 on; this file does not name its classes.",
    )


def _pixel(text: str) -> tuple[int, int]:
    words = [word.strip() for word in text.split(",")]
    if len(words) == 2 and all(word.isdecimal() for word in words):
        return int(words[0]), int(words[1])
    raise InputError(
        _REFUSED,
        cause=f"--at is {text!r}.",
        hint="It takes column and row, from 0 on, with a comma: --at 120,80.",
    )
