"""`segdesk runs`: trainings of the past from the command line."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segdesk.cli.output import ExitCode, console, print_json, print_line, say
from segdesk.core.errors import InputError

if TYPE_CHECKING:
    from segdesk.library.runs import RunRecord

app = typer.Typer(
    help="List, show and compare trainings.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Folders = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[DIR]...", help="Run folders, or folders with runs in them; else here."
    ),
]
_COLUMNS = ("name", "architecture", "state", "iterations", "mIoU", "loss")


@app.command("list")
def list_runs(folders: Folders = None, *, as_json: Json = False) -> None:
    """Show the runs in some folders, the oldest first."""
    from segdesk.library.runs import summary

    runs, failed = _read(folders)
    if as_json:
        print_json([summary(run) for run in runs])
    else:
        _print_table(_COLUMNS, [_cells(run) for run in runs])
        say(f"{len(runs)} run{'' if len(runs) == 1 else 's'}.")
    raise typer.Exit(ExitCode.SOME_FAILED if failed else ExitCode.OK)


@app.command()
def show(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A run folder.")],
    *,
    curves: Annotated[
        bool, typer.Option("--curves", help="Print all curves as CSV.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what was asked of a run, how it went and what it left."""
    from segdesk.library.run_table import curves_csv
    from segdesk.library.runs import read_run

    run = read_run(folder)
    if as_json:
        print_json(_document(run))
    elif curves:
        print(curves_csv(run.curves), end="")  # noqa: T201 - the result itself
    else:
        _print_table(("", ""), _facts(run))


@app.command()
def compare(folders: Folders = None, *, as_json: Json = False) -> None:
    """Show runs side by side, with the fields in which their specs differ."""
    from segdesk.library.runs import compare_runs

    runs, failed = _read(folders)
    rows = compare_runs(runs)
    if as_json:
        print_json(rows)
    else:
        specs = [row["spec"] for row in rows]
        fields = list(specs[0]) if specs and isinstance(specs[0], dict) else []
        cells = [
            (*_cells(run), *(_text(spec.get(name)) for name in fields))
            for run, spec in zip(runs, specs, strict=True)
            if isinstance(spec, dict)
        ]
        _print_table((*_COLUMNS, *fields), cells)
    raise typer.Exit(ExitCode.SOME_FAILED if failed else ExitCode.OK)


def _read(folders: Sequence[Path] | None) -> "tuple[list[RunRecord], int]":
    """Read all runs; what cannot be read is said and counted."""
    from segdesk.library.runs import find_runs, read_run

    runs, failed = [], 0
    found = [path for root in folders or [Path()] for path in find_runs(root)]
    for path in dict.fromkeys(found):
        try:
            runs.append(read_run(path))
        except InputError as error:
            failed += 1
            say(f"{path}: {error.cause}", "yellow")
    return runs, failed


def _cells(run: "RunRecord") -> tuple[str, ...]:
    best = run.best
    return (
        run.name,
        run.spec.architecture if run.spec else "mmseg",
        run.end.value,
        f"{run.iteration:,} of {run.total:,}",
        f"{best[1]:.2f} at {best[0]:,}" if best else "n/a",
        _text(run.curves.loss.last),
    )


def _facts(run: "RunRecord") -> list[tuple[str, ...]]:
    rows = [("folder", str(run.folder)), *zip(_COLUMNS, _cells(run), strict=True)]
    if run.failure:
        rows.append(("why", f"{run.failure.message} {run.failure.cause}".strip()))
        rows.append(("hint", run.failure.hint))
    if run.kept:
        rows.append(("kept", run.kept))
    rows += [("memory", change.step) for change in run.adapted]
    per_class = run.curves.per_class.get("IoU", ())
    if run.classes:
        pairs = zip(run.classes.names, per_class, strict=False)
        rows += [(f"IoU {name}", _text(series.last)) for name, series in pairs]
    rows += [("checkpoint", path.name) for path in run.checkpoints]
    return [row for row in rows if row[1]]


def _document(run: "RunRecord") -> dict[str, object]:
    from segdesk.jobs.codec import to_builtins
    from segdesk.library.runs import summary

    return summary(run) | {
        "spec": to_builtins(run.spec) if run.spec else None,
        "classes": list(run.classes.names) if run.classes else None,
        "metrics": {name: row.last for name, row in run.curves.metrics.items()},
        "per_class": {
            metric: [row.last for row in rows]
            for metric, rows in run.curves.per_class.items()
        },
        "checkpoints": list(run.checkpoints),
        "adapted": [change.step for change in run.adapted],
        "previews": [preview.iteration for preview in run.previews],
    }


def _text(value: object) -> str:
    if value is None:
        return "n/a"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table for people; tabs for a program."""
    if not console().is_terminal:
        for row in rows:
            print_line("\t".join(row))
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=any(heads))
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console().print(table)
