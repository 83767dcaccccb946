"""`segdesk models`: the library and the zoo from the command line."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segdesk.cli.output import (
    ExitCode,
    console,
    print_json,
    print_line,
    say,
    show_report,
    stderr_console,
)
from segdesk.cli.tune import tune
from segdesk.core.errors import JobCancelledError
from segdesk.jobs.codec import to_builtins
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Progress, Report, Terminal
from segdesk.jobs.specs import JobSpec
from segdesk.library.model_card import ModelCard, ModelEntry, size_words, subtitle

if TYPE_CHECKING:
    from segdesk.library.model_library import Added
    from segdesk.library.zoo import ZooEntry

app = typer.Typer(
    help="List, add, remove and download models.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

app.command()(tune)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
ModelId = Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")]


@app.command("list")
def list_models(*, as_json: Json = False) -> None:
    """Show the models that can be used."""
    from segdesk.library.model_library import ModelLibrary

    entries = ModelLibrary().list()
    if as_json:
        print_json([_described(entry) for entry in entries])
        return
    _print_models([(entry.id, entry.name, subtitle(entry)) for entry in entries])


@app.command()
def info(model: ModelId, *, as_json: Json = False) -> None:
    """Show all that is known of a model."""
    from segdesk.library.model_library import ModelLibrary

    _show(ModelLibrary().entry(model), as_json=as_json)


@app.command()
def add(
    path: Annotated[
        Path, typer.Argument(help="A .pth or .onnx file, or the folder it lies in.")
    ],
    *,
    config: Annotated[
        Path | None, typer.Option(help="Config that the checkpoint was trained by.")
    ] = None,
    name: Annotated[str, typer.Option(help="What the model is called.")] = "",
    classes: Annotated[
        Path | None,
        typer.Option(help="Class names: classes.json, or text with one on each line."),
    ] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Execute --config as Python.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Take a copy of a checkpoint into the library."""
    from segdesk.library.model_library import AddRequest, ModelLibrary
    from segdesk.library.sources import read_classes

    request = AddRequest(
        path=path,
        config=config,
        name=name,
        classes=read_classes(classes) if classes else None,
        trusted=trust,
    )
    library = ModelLibrary()
    added = _run(
        f"Copying {path.name}",
        lambda context: library.add(request, _InThisProcess(), context),
    )
    _say_added(added, as_json=as_json)


@app.command()
def remove(model: ModelId, *, as_json: Json = False) -> None:
    """Delete a model from the library."""
    from segdesk.library.model_library import ModelLibrary

    gone = ModelLibrary().remove(model)
    say(f"{gone.name} was removed.")
    if as_json:
        print_json(_described(gone))


@app.command()
def zoo(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILTER]...", help="Words that must all occur."),
    ] = None,
    *,
    architecture: Annotated[str, typer.Option(help="Such as PSPNet.")] = "",
    dataset: Annotated[str, typer.Option(help="Such as Cityscapes.")] = "",
    min_miou: Annotated[float | None, typer.Option(help="In percent.")] = None,
    max_mb: Annotated[float | None, typer.Option(help="Size of the download.")] = None,
    as_json: Json = False,
) -> None:
    """Search the published models of MMSegmentation."""
    from segdesk.library.model_library import ModelLibrary
    from segdesk.library.zoo import filter_zoo, read_zoo, with_library, zoo_subtitle

    found = filter_zoo(
        read_zoo(),
        " ".join(words or ()),
        architecture=architecture,
        dataset=dataset,
        min_miou=min_miou,
        max_bytes=None if max_mb is None else round(max_mb * 1e6),
    )
    found = with_library(found, ModelLibrary().list())
    if as_json:
        print_json(found)
        return
    _print_models([(entry.id, entry.name, zoo_subtitle(entry)) for entry in found])
    say("No published model has all of that." if not found else _counted(found))


@app.command()
def download(
    model: Annotated[str, typer.Argument(metavar="NAME", help="As `zoo` shows it.")],
    *,
    as_json: Json = False,
) -> None:
    """Download a published model into the library.

    What came stays when the line drops or Ctrl+C is pressed; the next try goes on
    from there.
    """
    from segdesk.library.model_library import ModelLibrary
    from segdesk.library.zoo import fetch_into

    library = ModelLibrary()
    added = _run(
        f"Downloading {model}",
        lambda context: fetch_into(library, model, _InThisProcess(), context),
    )
    _say_added(added, as_json=as_json)


class _InThisProcess:
    """The engine in this process, imported when the first job runs."""

    def run(
        self, spec: JobSpec, report: Callable[[Report], None], stop: StopFlag
    ) -> Terminal:
        from segdesk.cli.running import run_in_process

        del stop  # Ctrl+C reaches the job by itself
        return run_in_process(spec, report)

    def close(self) -> None:
        pass


def _run(title: str, work: "Callable[[JobContext], Added]") -> "Added":
    """Do something long under a bar on stderr."""
    with _bar(title) as report:
        try:
            return work(JobContext(report, StopFlag()))
        except JobCancelledError as cancelled:
            say(f"Stopped. {cancelled.kept}".strip())
            raise typer.Exit(ExitCode.STOPPED) from cancelled


@contextmanager
def _bar(title: str) -> Iterator[Callable[[Report], None]]:
    from rich import progress

    bar = progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(),
        console=stderr_console(),
        transient=True,
        disable=not stderr_console().is_terminal,
    )
    task = bar.add_task(title, total=None)

    def report(event: Report) -> None:
        if isinstance(event, Progress) and event.unit == "bytes":
            bar.update(task, completed=event.done, total=event.total)
        else:
            show_report(event)

    with bar:
        yield report


def _say_added(added: "Added", *, as_json: bool) -> None:
    entry = added.entry
    if added.existed:
        say(f"The same weights are in the library already, as {entry.id}.")
    else:
        say(f"{entry.name} is in the library as {entry.id}. {subtitle(entry)}.")
    for line in (entry.why, entry.hint):
        if line:
            say(line)
    if as_json:
        print_json(_described(entry))
    else:
        print_line(entry.id)


def _described(entry: ModelEntry) -> dict[str, object]:
    """Return a card's fields and the state of the model; null where unreadable."""
    fields: dict[str, object] = dict.fromkeys(ModelCard.__struct_fields__)
    if entry.card:
        fields |= to_builtins(entry.card)
    return fields | {
        "id": entry.id,
        "name": entry.name,
        "state": entry.state.value,
        "why": entry.why,
        "hint": entry.hint,
        "shipped": entry.shipped,
        "folder": str(entry.folder),
    }


def _show(entry: ModelEntry, *, as_json: bool) -> None:
    if as_json:
        print_json(_described(entry))
        return
    rows = [("id", entry.id), ("name", entry.name), ("state", subtitle(entry))]
    rows += [(key, text) for key in ("why", "hint") if (text := getattr(entry, key))]
    if entry.card:
        rows += _card_rows(entry.card)
    rows.append(("folder", str(entry.folder)))
    _print_facts(rows)


def _card_rows(card: ModelCard) -> list[tuple[str, str]]:
    width, height = card.input_size or (0, 0)
    facts = {
        "architecture": card.architecture,
        "classes": ", ".join(card.classes.names) if card.classes else "",
        "input size": f"{width} × {height} px" if card.input_size else "",
        "parameters": f"{card.parameters:,}" if card.parameters else "",
        "size": size_words(card.size_bytes),
        "sha256": card.sha256,
        "dataset": card.dataset,
        "metrics": _numbers(card.metrics),
        "held out": _held_out(card),
        "recipe": ", ".join(f"{key} {value}" for key, value in card.recipe.items()),
        "origin": card.origin,
        "licence": card.licence,
        "created": card.created,
        "notes": card.notes,
    }
    return [(key, text) for key, text in facts.items() if text]


def _held_out(card: ModelCard) -> str:
    """Return the result on images that the training never saw, said once."""
    if card.held_out is None:
        return ""
    images = f"{card.held_out.images} images"
    if card.held_out.metrics == card.metrics:
        return f"{images}: the metrics above are of these"
    return f"{images}: {_numbers(card.held_out.metrics)}"


def _numbers(metrics: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in metrics.items())


def _counted(found: "Sequence[ZooEntry]") -> str:
    return f"{len(found)} model{'' if len(found) == 1 else 's'}."


def _print_models(rows: Sequence[tuple[str, str, str]]) -> None:
    """Print two lines for each model, so that no id is cut; tabs for a program."""
    if not console().is_terminal:
        _write_tabs(rows)
        return
    from rich.markup import escape

    for model_id, name, state in rows:
        console().print(escape(model_id), style="bold")
        console().print(f"  {escape(name)} · {escape(state)}", style="dim")


def _print_facts(rows: Sequence[tuple[str, str]]) -> None:
    if not console().is_terminal:
        _write_tabs(rows)
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for key, text in rows:
        table.add_row(key, escape(text))
    console().print(table)


def _write_tabs(rows: Sequence[tuple[str, ...]]) -> None:
    sys.stdout.writelines("\t".join(row) + "\n" for row in rows)
