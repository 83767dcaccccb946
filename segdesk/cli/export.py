"""`segdesk export`: a model as a file that runs without SegDesk and PyTorch."""

import re
from pathlib import Path
from typing import Annotated

import typer

from segdesk.cli.model_choice import chosen_model
from segdesk.cli.output import (
    print_json,
    print_line,
    say,
)
from segdesk.cli.some_images import some_images
from segdesk.core.errors import InputError
from segdesk.jobs.codec import to_builtins
from segdesk.jobs.export_events import ExportDone
from segdesk.jobs.specs import ExportSpec

_SIZE = re.compile(r"(\d+)[x×](\d+)")
_IMAGES = 8


def export(  # noqa: PLR0913 - one for each option
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="Id of the library, or a .pth file.")
    ],
    *,
    out: Annotated[
        Path, typer.Option(help="Folder for the three files.", show_default=False)
    ],
    file_format: Annotated[
        str, typer.Option("--format", help="Only onnx so far.")
    ] = "onnx",
    opset: Annotated[int, typer.Option(help="Version of ONNX's operators.")] = 18,
    size: Annotated[
        str, typer.Option(help="Height x width that the file takes, or dynamic: any.")
    ] = "dynamic",
    fp16: Annotated[
        bool, typer.Option("--fp16", help="Compute in 16 bits: half the size.")
    ] = False,
    confidence: Annotated[
        bool, typer.Option("--confidence", help="Let the file give it too.")
    ] = False,
    images: Annotated[
        Path | None,
        typer.Option(help="An image, or a folder: compare with PyTorch on these."),
    ] = None,
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
    """Export a model as one ONNX file.

    Normalising, padding, the network, enlarging its scores and the argmax are inside:
    RGB pixels go in, labels come out. Beside it lie a JSON that says what it does and a
    script that runs it with onnxruntime and Pillow alone. Its labels are compared with
    PyTorch's on real images.
    """
    if file_format != "onnx":
        raise InputError(
            "The model was not exported.",
            cause=f"--format is {file_format!r}.",
            hint="It takes onnx.",
        )
    spec = ExportSpec(
        model=chosen_model(model, config, classes, trusted=False),
        out_dir=out.expanduser().absolute(),
        size=_size(size),
        opset=opset,
        half=fp16,
        confidence=confidence,
        images=some_images(images, _IMAGES, "The model was not exported.", "compare"),
    )
    from segdesk.cli.running import result_of

    done = result_of(
        spec,
        ExportDone,
        title="Exporting",
        stopped="Stopped. Nothing was written.",
        as_json=as_json,
    )
    _show(done, as_json=as_json)


def _size(text: str) -> tuple[int, int] | None:
    if text == "dynamic":
        return None
    found = _SIZE.fullmatch(text.strip().lower())
    if found is None:
        raise InputError(
            "The model was not exported.",
            cause=f"--size is {text!r}.",
            hint="It takes dynamic, or height x width in pixels: 512x1024.",
        )
    return int(found[1]), int(found[2])


def _show(done: ExportDone, *, as_json: bool) -> None:
    for note in done.notes:
        say(note)
    if as_json:
        print_json(to_builtins(done))
        return
    from segdesk.library.model_card import size_words

    parity = done.parity
    faster = parity.torch_s / max(parity.onnx_s, 1e-9)
    say(f"{size_words(done.size_bytes)}, opset {done.opset}, in {done.seconds:.0f} s.")
    say(
        f"On {parity.images} images {parity.equal:.4%} of the labels are PyTorch's; "
        f"scores differ by {parity.max_difference or 0:.2g} at most."
    )
    say(
        f"An image takes {parity.onnx_s * 1000:.0f} ms instead of "
        f"{parity.torch_s * 1000:.0f} ms on this CPU ({faster:.1f} times as fast)."
    )
    say(f"Run it: python {done.script} IMAGE MASK.png")
    print_line(str(done.model))
