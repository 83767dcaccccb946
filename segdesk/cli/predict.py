"""`segdesk predict`: images into masks, pictures, polygons, tables or drafts."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, get_args

import typer

from segdesk.cli.model_choice import chosen_model
from segdesk.cli.output import say
from segdesk.cli.predict_drafts import DraftProject, opened_project, without_annotation
from segdesk.cli.predict_inputs import Asked, check_asked, chosen_items, items_of
from segdesk.cli.predict_options import (
    BANDS_HELP,
    EACH_BAND_HELP,
    STRETCH_HELP,
    WINDOWS_HELP,
    check_opacity,
    save_kinds,
    style_of,
    view_of,
    windows_of,
)
from segdesk.cli.predict_run import Call, run_call
from segdesk.cli.tta_option import TTA_HELP, tta_of
from segdesk.core.errors import InputError
from segdesk.jobs.specs import BatchItem, BatchSpec, SaveKind

_UNNAMED = "model"


def predict(  # noqa: PLR0913 - one for each option
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[INPUT]...",
            help="Images, folders, quoted patterns, or @list.txt: one path on each "
            "line.",
            show_default=False,
        ),
    ] = None,
    *,
    image_list: Annotated[
        Path | None,
        typer.Option("--list", help="The same as @FILE.", show_default=False),
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option(help="Predict images of this project.", show_default=False),
    ] = None,
    status: Annotated[
        str,
        typer.Option(
            help="Of the project's images: unlabelled, draft, done, review, with "
            "commas; else all.",
            show_default=False,
        ),
    ] = "",
    split: Annotated[
        str,
        typer.Option(
            help="Of the project's images: train, val, test, with commas; else all.",
            show_default=False,
        ),
    ] = "",
    recursive: Annotated[
        bool,
        typer.Option("--recursive/--no-recursive", help="Search folders below too."),
    ] = True,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Predict what arrives in the folders, until Ctrl+C."
        ),
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            help="Id of the library, or a .pth file; else the only model that is ready."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default=False)
    ] = None,
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
    save: Annotated[
        str | None,
        typer.Option(
            help=f"Of {', '.join(get_args(SaveKind))}, with commas. "
            "[default: mask,overlay]",
            show_default=False,
        ),
    ] = None,
    opacity: Annotated[
        float | None,
        typer.Option(
            help="Of the colours in overlays, 0 to 1. "
            "[default: as in --out already, else 0.5]",
            show_default=False,
        ),
    ] = None,
    legend: Annotated[
        bool | None,
        typer.Option(
            "--legend/--no-legend",
            help="Names of the classes beside overlays. "
            "[default: as in --out already, else without]",
            show_default=False,
        ),
    ] = None,
    confidence: Annotated[
        bool,
        typer.Option("--confidence", help="Mean confidences in the tables too."),
    ] = False,
    min_confidence: Annotated[
        float,
        typer.Option(
            help="Pixels of which the model is less sure, 0 to 1, are ignored (255).",
            min=0,
            max=1,
        ),
    ] = 0.0,
    tta: Annotated[str | None, typer.Option(help=TTA_HELP, show_default=False)] = None,
    windows: Annotated[
        str | None, typer.Option(help=WINDOWS_HELP, show_default=False)
    ] = None,
    bands: Annotated[str | None, typer.Option(help=BANDS_HELP, show_default=False)] = (
        None
    ),
    stretch: Annotated[str, typer.Option(help=STRETCH_HELP)] = "range",
    each_band: Annotated[
        bool, typer.Option("--each-band", help=EACH_BAND_HELP)
    ] = False,
    drafts: Annotated[
        bool,
        typer.Option(
            "--drafts",
            help="Make draft annotations in --project, of images that have none.",
        ),
    ] = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="With --drafts: of all; annotations are kept under another name.",
        ),
    ] = False,
    ray: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Predict on the Ray cluster there; local: on one started here.",
            show_default=False,
        ),
    ] = "",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Predict again what is there already.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Predict images into a folder, or as drafts into a project.

    Writes what --save names, summary.csv (a row for each image), totals.csv (a row for
    each class) and classes.json. A call that was stopped or killed can be given again:
    what is done, by content and model, is not done twice.
    """
    named = (*(inputs or ()), *((f"@{image_list}",) if image_list else ()))
    asked = Asked(named, project, status, split, recursive=recursive)
    check_asked(asked, watch=watch)
    _check_drafts(project, drafts=drafts, replaces=replace)
    usual = "mask" if drafts else "mask,overlay"
    kinds = save_kinds(usual if save is None else save)
    check_opacity(opacity)
    looks, blended = tta_of(tta), windows_of(windows)
    view = view_of(bands, stretch, each_band=each_band)
    if out is None and not drafts:
        raise InputError(
            "Nothing was predicted: --out is missing.",
            cause="The results need a folder.",
            hint="Name one with --out DIR.",
        )
    out_dir = out.expanduser().absolute() if out else None
    with ExitStack() as stack:
        found = None
        if project is not None:
            found = stack.enter_context(opened_project(project, writes=drafts))
            out_dir = out_dir or found.folder_for(model or _UNNAMED)
        assert out_dir is not None  # noqa: S101 - one of the two names it
        _warn_of_place(out_dir, asked, found)
        shade, is_named = style_of(out_dir, opacity, legend)
        items = _items(
            asked, found, out_dir, watch=watch, new_only=drafts and not replace
        )
        spec = BatchSpec(
            model=chosen_model(model, config, classes, trusted=trust),
            items=items,
            out_dir=out_dir,
            save=_with_mask(kinds) if drafts else kinds,
            opacity=shade,
            legend=is_named,
            measure_confidence=confidence,
            min_confidence=min_confidence,
            tta=looks,
            windows=blended,
            view=view,
            device=device,
            overwrite=overwrite,
            watch=_folders(asked) if watch else (),
            recursive=recursive,
            ray=ray,
        )
        call = Call(spec, found if drafts else None, replaces=replace, as_json=as_json)
        code = run_call(call)
    raise typer.Exit(code)


def _check_drafts(project: Path | None, *, drafts: bool, replaces: bool) -> None:
    if drafts and project is None:
        raise InputError(
            "Nothing was predicted.",
            cause="--drafts makes annotations of a project, and none is named.",
            hint="Name one with --project DIR.",
        )
    if replaces and not drafts:
        raise InputError(
            "Nothing was predicted.",
            cause="--replace is about drafts.",
            hint="Give it with --drafts; --overwrite replaces results in a folder.",
        )


def _warn_of_place(out_dir: Path, asked: Asked, found: DraftProject | None) -> None:
    """Say that the results go among the images, where they do."""
    places = tuple(one for one in _folders(asked) if not one.name.startswith("@"))
    if found is not None:
        places = (found.project.root,)
    if out_dir in (place if place.is_dir() else place.parent for place in places):
        say(
            f"{out_dir} holds the images, too: masks/ and the others go among them.",
            "yellow",
        )


def _with_mask(kinds: tuple[SaveKind, ...]) -> tuple[SaveKind, ...]:
    return kinds if "mask" in kinds else (*kinds, "mask")


def _folders(asked: Asked) -> tuple[Path, ...]:
    return tuple(Path(one).expanduser().absolute() for one in asked.inputs)


def _items(
    asked: Asked,
    found: DraftProject | None,
    out_dir: Path,
    *,
    watch: bool,
    new_only: bool,
) -> tuple[BatchItem, ...]:
    if found is None:
        return () if watch else items_of(asked, out_dir)
    names = found.items.items
    if new_only:
        names = without_annotation(found.project, names)
    return chosen_items(found.project, names, asked)
