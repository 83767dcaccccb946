"""`segdesk predict`: images into masks, overlays and a summary."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, get_args

import typer

from segdesk.cli.model_choice import chosen_model
from segdesk.cli.output import (
    ExitCode,
    print_json,
    print_line,
    say,
    show_error,
    show_report,
)
from segdesk.cli.progress_bar import progress_bar
from segdesk.core.errors import InputError
from segdesk.jobs.events import (
    BatchDone,
    Cancelled,
    Failed,
    ItemDone,
    ItemFailed,
    Progress,
    Report,
    Succeeded,
    Terminal,
)
from segdesk.jobs.specs import BatchItem, BatchSpec, SaveKind

# What the engine's errors leave to whoever asked: how to give it here.
_CURES = {
    "ClassesUnknownError": "On the command line: --classes FILE, one name on each "
    "line, index 0 first.",
}
_TRUST_CURE = "On the command line: --trust executes the file given with --config."


def predict(  # noqa: PLR0913 - one for each option
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Images, folders (searched to their depth), or quoted patterns.",
            show_default=False,
        ),
    ],
    *,
    model: Annotated[
        str | None,
        typer.Option(
            help="Id of the library, or a .pth file; else the only model that is ready."
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Folder for the results.", show_default=False)
    ],
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
        str, typer.Option(help="Of mask, overlay, confidence and side, with commas.")
    ] = "mask,overlay",
    opacity: Annotated[
        float, typer.Option(help="Of the colours in overlays, 0 to 1.")
    ] = 0.5,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Predict again what is there already.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Predict images into a folder.

    Writes masks/ (palette PNG: index = class), overlays/, summary.csv and classes.json.
    What is there already is skipped, so a stopped call can be given again.
    """
    kinds = _save_kinds(save)
    _check_opacity(opacity)
    out_dir = out.expanduser().absolute()
    items = _items(inputs, out_dir)
    spec = BatchSpec(
        model=chosen_model(model, config, classes, trusted=trust),
        items=items,
        out_dir=out_dir,
        save=kinds,
        opacity=opacity,
        device=device,
        overwrite=overwrite,
    )
    # Imported here: the engine behind it takes seconds, a wrong call should not.
    from segdesk.cli.running import run_in_process

    log = _Log(spec)
    with progress_bar("Predicting", len(spec.items)) as advance:
        terminal = run_in_process(spec, lambda event: log.take(event, advance))
    raise typer.Exit(_finish(terminal, log, as_json=as_json))


def _save_kinds(text: str) -> tuple[SaveKind, ...]:
    words = dict.fromkeys(word.strip() for word in text.split(",") if word.strip())
    known: dict[str, SaveKind] = {kind: kind for kind in get_args(SaveKind)}
    unknown = [word for word in words if word not in known]
    if unknown or not words:
        raise InputError(
            "Nothing was predicted.",
            cause=f"--save names {unknown[0]!r}." if unknown else "--save is empty.",
            hint=f"It takes {', '.join(known)}, with commas between them.",
        )
    return tuple(known[word] for word in words)


def _check_opacity(opacity: float) -> None:
    if not 0 <= opacity <= 1:
        raise InputError(
            "Nothing was predicted.",
            cause=f"--opacity is {opacity:g}.",
            hint="It goes from 0, the image alone, to 1, the colours alone.",
        )


def _items(inputs: list[str], out_dir: Path) -> tuple[BatchItem, ...]:
    from segdesk.formats.outputs import plan_items

    return tuple(
        BatchItem(item.source, item.name) for item in plan_items(inputs, out_dir)
    )


@dataclass
class _Log:
    """Keeps what a batch says of its items, for the JSON document."""

    spec: BatchSpec
    items: dict[int, ItemDone | ItemFailed] = field(default_factory=dict)

    def take(self, event: Report, advance: Callable[[Progress], None]) -> None:
        if isinstance(event, ItemDone | ItemFailed):
            self.items[event.index] = event
        if isinstance(event, ItemFailed):
            say(" ".join(part for part in (event.message, event.cause) if part), "red")
        elif isinstance(event, Progress):
            advance(event)
        else:
            show_report(event)

    def documents(self) -> list[dict[str, object]]:
        return [
            self._document(item, self.items.get(index))
            for index, item in enumerate(self.spec.items)
        ]

    def _document(
        self, item: BatchItem, event: ItemDone | ItemFailed | None
    ) -> dict[str, object]:
        document: dict[str, object] = {"path": item.source, "status": "stopped"}
        if isinstance(event, ItemFailed):
            error = {
                "message": event.message,
                "cause": event.cause,
                "hint": event.hint,
            }
            document |= {"status": "failed", "error": error}
        elif event is not None:
            width, height = event.size
            document |= {
                "status": "skipped" if event.skipped else "done",
                "width": width,
                "height": height,
                "seconds": round(event.seconds, 3),
                "shares": event.shares,
                "mean_confidence": event.mean_confidence,
                "outputs": dict(zip(self.spec.save, event.outputs, strict=True)),
            }
        return document


def _finish(terminal: Terminal, log: _Log, *, as_json: bool) -> ExitCode:
    """Say how it ended and return the exit code."""
    if isinstance(terminal, Failed):
        show_error(_with_cure(terminal, log.spec), as_json=as_json)
        return ExitCode.WRONG
    code = ExitCode.STOPPED
    if isinstance(terminal, Succeeded) and isinstance(terminal.result, BatchDone):
        done = terminal.result
        code = ExitCode.SOME_FAILED if done.failed else ExitCode.OK
        _say_result(done, log.spec, as_json=as_json)
    elif isinstance(terminal, Cancelled):
        say(f"Stopped. {terminal.kept}".strip())
    if as_json:
        print_json(_document(log, stopped=code is ExitCode.STOPPED))
    return code


def _with_cure(failed: Failed, spec: BatchSpec) -> Failed:
    cure = _CURES.get(failed.kind, "")
    if failed.kind == "UnsafeFileError" and spec.model.config:
        cure = _TRUST_CURE
    return Failed(
        kind=failed.kind,
        message=failed.message,
        cause=failed.cause,
        hint=f"{failed.hint} {cure}".strip(),
        detail=failed.detail,
    )


def _say_result(done: BatchDone, spec: BatchSpec, *, as_json: bool) -> None:
    counts = (
        (done.done, "predicted"),
        (done.skipped, "there already"),
        (done.failed, "failed"),
    )
    words = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    line = f"{words}: {spec.out_dir}"
    if as_json:
        say(line)
    else:
        print_line(line)


def _document(log: _Log, *, stopped: bool) -> dict[str, object]:
    from segdesk.formats.outputs import CLASSES_FILE, SUMMARY_FILE

    out_dir = log.spec.out_dir
    return {
        "model": log.spec.model.id,
        "out": out_dir,
        "summary": out_dir / SUMMARY_FILE,
        "classes": out_dir / CLASSES_FILE,
        "stopped": stopped,
        "items": log.documents(),
    }
