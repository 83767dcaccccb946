"""`segdesk convert`: annotations from one format into another."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from segdesk.cli.output import (
    ExitCode,
    print_json,
    print_line,
    say,
    stderr_console,
)
from segdesk.core.errors import InputError, SegDeskError

if TYPE_CHECKING:
    from segdesk.formats.import_preview import ImportPreview
    from segdesk.formats.labelled import (
        Finding,
        LabelledSet,
        Meaning,
        ReadOptions,
        WriteOptions,
        Written,
    )
    from segdesk.formats.registry import Format

_MOST_ROWS = 40
_TOLD_EVERY_S = 5.0
_AUTO = "auto"
_COLLECT_AFTER = 100_000, 50, 100


def convert(  # noqa: PLR0913 - one for each option
    source: Annotated[
        Path | None,
        typer.Argument(metavar="SRC", help="Folder, or one file.", show_default=False),
    ] = None,
    *,
    from_format: Annotated[
        str, typer.Option("--from", help="Format of SRC; auto finds it out.")
    ] = _AUTO,
    to_format: Annotated[str, typer.Option("--to", help="Format to write.")] = "",
    out: Annotated[Path | None, typer.Option(help="Folder to write into.")] = None,
    class_map: Annotated[
        Path | None,
        typer.Option("--map", help="Lines of from=to; to may be ignore or skip."),
    ] = None,
    classes: Annotated[
        Path | None, typer.Option(help="Table of the class names, and colours.")
    ] = None,
    meaning: Annotated[
        str, typer.Option(help="Of palette masks: auto, index or colour.")
    ] = _AUTO,
    tolerance: Annotated[
        float, typer.Option(help="How far a colour may be from a class's, 0 to 441.")
    ] = 0.0,
    divide: Annotated[
        int, typer.Option(help="What ids are divided by to give the class.")
    ] = 1,
    reduce_zero_label: Annotated[
        bool | None,
        typer.Option(
            "--reduce-zero-label/--keep-zero-label",
            help="0 is ignored and 1 is class 0.",
        ),
    ] = None,
    masks: Annotated[str, typer.Option(help="Folder of the masks below SRC.")] = "",
    annotations: Annotated[
        str, typer.Option(help="Pattern of the annotation files' names.")
    ] = "",
    line_width: Annotated[
        float, typer.Option(help="Of lines and points that have none, pixels.")
    ] = 3.0,
    val: Annotated[
        float | None,
        typer.Option(help="Share of the items without a split that go into val."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of --val: the same gives the same.")] = 0,
    copy_images: Annotated[
        bool, typer.Option("--images/--no-images", help="Copy the images too.")
    ] = True,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Write into a folder that holds files.")
    ] = False,
    detect: Annotated[
        bool, typer.Option("--detect", help="Only say which formats fit.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be written.")
    ] = False,
    list_formats: Annotated[
        bool, typer.Option("--formats", help="List the formats.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Convert annotations: classes, counts and what does not match are shown first."""
    from segdesk.formats.labelled import ReadOptions, WriteOptions

    # Points of polygons by the million: looking for garbage took a third of the time.
    gc.set_threshold(*_COLLECT_AFTER)
    if list_formats:
        _list_formats(as_json=as_json)
        return
    if source is None:
        raise _wrong("No source is given.", "Name a folder or a file as SRC.")
    if detect:
        _detect(source, as_json=as_json)
        return
    options = ReadOptions(
        classes=classes,
        meaning=_meaning(meaning),
        tolerance=tolerance,
        divide=divide,
        reduce_zero_label=reduce_zero_label,
        masks=masks,
        annotations=annotations,
        line_width=line_width,
    )
    log = _Log(source, as_json=as_json)
    target = None if dry_run else _target(to_format, source, out, overwrite=overwrite)
    log.read(from_format, options, class_map)
    if val is not None:
        log.split(val, seed)
    if target is not None and out is not None:
        log.write(target, out.expanduser().absolute(), WriteOptions(copy_images))
    raise typer.Exit(log.finish())


def _meaning(word: str) -> "Meaning":
    from segdesk.formats.labelled import Meaning

    known: dict[str, Meaning] = {one: one for one in get_args(Meaning)}
    if word not in known:
        raise _wrong(f"--meaning is {word!r}.", f"It takes {', '.join(known)}.")
    return known[word]


def _wrong(cause: str, hint: str) -> InputError:
    return InputError("Nothing was converted.", cause=cause, hint=hint)


def _target(
    to_format: str, source: Path, out: Path | None, *, overwrite: bool
) -> "Format":
    from segdesk.formats.registry import FORMATS, format_by_id

    written = ", ".join(one.id for one in FORMATS if one.write)
    if not to_format:
        raise _wrong("--to is missing.", f"It takes {written}.")
    target = format_by_id(to_format)
    if target.write is None:
        raise _wrong(f"{target.name} is read, not written.", f"--to takes {written}.")
    if out is None:
        raise _wrong("--out is missing.", "Name a folder to write into.")
    folder, start = out.expanduser().absolute(), source.expanduser().absolute()
    if folder == start or folder in start.parents:
        raise _wrong("--out is the source, or holds it.", "Name another folder.")
    if not overwrite and folder.is_dir() and any(folder.iterdir()):
        raise _wrong(
            f"{folder} holds files already.", "Name another, or give --overwrite."
        )
    return target


@dataclass
class _Log:
    """Goes through a conversion and keeps what the JSON document says of it."""

    source: Path
    as_json: bool
    chosen: "Format | None" = None
    labelled: "LabelledSet | None" = None
    shown: "ImportPreview | None" = None
    document: dict[str, object] = field(default_factory=dict)
    failed: int = 0

    def read(
        self, from_format: str, options: "ReadOptions", class_map: Path | None
    ) -> None:
        """Read and show the source; nothing is written."""
        from segdesk.formats import registry
        from segdesk.formats.class_map import ClassMap
        from segdesk.formats.import_preview import preview

        with _progress("Looking at files", 0) as advance:
            watched = replace(options, looked_at=advance)
            self.chosen, labelled = registry.read(self.source, from_format, watched)
        if from_format == _AUTO:
            say(f"Found: {self.chosen.name} ({self.chosen.id}).")
        if class_map is not None:
            labelled = ClassMap.read(class_map.expanduser()).applied(labelled)
        self.labelled = labelled
        with _progress("Reading", len(labelled.items)) as advance:
            self.shown = preview(labelled, advance)
        self.failed = len(self.shown.failed)
        self.document |= {"source": self.source, "from": self.chosen.id}
        self.document |= _described(self.shown)
        _show(self.shown)

    def split(self, share: float, seed: int) -> None:
        """Divide the items that have no split by chance."""
        from segdesk.formats.split_items import with_random_split

        assert self.labelled is not None  # noqa: S101 - `read` came first
        self.labelled = with_random_split(self.labelled, share, seed)

    def write(self, target: "Format", out: Path, options: "WriteOptions") -> None:
        """Write what was read, one item after the other."""
        from segdesk.formats.labelled import merged

        assert self.labelled is not None  # noqa: S101 - `read` came first
        assert target.write is not None  # noqa: S101 - `_target` looked
        rows: list[Written] = []
        with _progress("Writing", len(self.labelled.items)) as advance:
            for row in target.write(self.labelled, out, options):
                rows.append(row)
                advance(len(rows), len(self.labelled.items))
        bad = [row for row in rows if row.error is not None]
        known = dict(self.shown.failed) if self.shown else {}
        for row in bad:
            if row.error is not None and row.name not in known:
                say(f"{row.name}: {row.error}", "red")
        self.failed = len(bad)
        before = set(self.shown.findings) if self.shown else set()
        for one in merged(f for row in rows for f in row.findings):
            if one.text not in {old.text for old in before}:
                say(_words(one), "yellow")
        self.document |= {
            "to": target.id,
            "out": out,
            "items": [_row(row) for row in rows],
        }
        count = len(rows) - len(bad)
        words = f"{count:,} written" + (f", {len(bad):,} failed" if bad else "")
        line = f"{words}: {out}"
        if self.as_json:
            say(line)
        else:
            print_line(line)

    def finish(self) -> ExitCode:
        """Print the document and return the exit code."""
        if self.as_json:
            print_json(self.document)
        return ExitCode.SOME_FAILED if self.failed else ExitCode.OK


def _row(row: "Written") -> dict[str, object]:
    document: dict[str, object] = {"name": row.name}
    if row.error is None:
        return document | {"status": "done"}
    return document | {"status": "failed", "error": _error(row.error)}


def _error(error: SegDeskError) -> dict[str, str]:
    return {"message": error.message, "cause": error.cause, "hint": error.hint}


def _described(shown: "ImportPreview") -> dict[str, object]:
    return {
        "readable": shown.items,
        "without_image": shown.without_image,
        "ignored_px": shown.ignored_px,
        "classes": [
            {
                "index": row.index,
                "name": row.name,
                "color": row.colour,
                "pixels": row.pixels,
                "files": row.files,
            }
            for row in shown.classes
        ],
        "findings": [
            {"text": one.text, "count": one.count, "unit": one.unit}
            for one in shown.findings
        ],
        "failed": [{"name": name, **_error(error)} for name, error in shown.failed],
    }


def _show(shown: "ImportPreview") -> None:
    """Draw the classes, and say what does not match, on stderr."""
    from rich.markup import escape
    from rich.table import Table

    table = Table("", "#", "class", "pixels", "files", box=None, pad_edge=False)
    for place in (1, 3, 4):
        table.columns[place].justify = "right"
    used = [row for row in shown.classes if row.pixels] or list(shown.classes)
    for row in used[:_MOST_ROWS]:
        table.add_row(
            f"[{row.colour}]■[/]",
            str(row.index),
            escape(row.name),
            f"{row.pixels:,}",
            f"{row.files:,}",
        )
    stderr_console().print(table)
    more = len(shown.classes) - min(len(used), _MOST_ROWS)
    if more:
        say(f"{more:,} more {'class' if more == 1 else 'classes'}")
    if shown.ignored_px:
        say(f"{shown.ignored_px:,} px are ignored (255)")
    for one in shown.findings:
        say(_words(one), "yellow")
    for name, error in shown.failed:
        say(f"{name}: {error}", "red")


def _words(one: "Finding") -> str:
    return f"- {one.text}: {one.count:,} {one.unit}"


def _detect(source: Path, *, as_json: bool) -> None:
    from segdesk.formats.folder_tree import FolderTree
    from segdesk.formats.registry import detect, detect_one

    tree = FolderTree.of(source)
    detect_one(tree)  # raises, with the reason, when none fits
    found = detect(tree)
    if as_json:
        rows = [
            {
                "format": one.format.id,
                "name": one.format.name,
                "confidence": one.confidence,
                "why": one.why,
            }
            for one in found
        ]
        print_json({"source": source, "formats": rows})
        return
    for one in found:
        print_line(f"{one.format.id:14} {one.confidence:4.0%}  {one.why}")


def _list_formats(*, as_json: bool) -> None:
    from segdesk.formats.registry import FORMATS

    rows = [
        {
            "format": one.id,
            "name": one.name,
            "reads": one.read is not None,
            "writes": one.write is not None,
            "exact": one.holds_label_map,
            "limit": one.limit,
        }
        for one in FORMATS
    ]
    if as_json:
        print_json({"formats": rows})
        return
    for row in rows:
        ways = "in, out" if row["writes"] else "in"
        limit = f"  ({row['limit']})" if row["limit"] else ""
        print_line(f"{row['format']:14} {ways:8} {row['name']}{limit}")


@contextmanager
def _progress(text: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on stderr; without a terminal, a line every few seconds."""
    from rich import progress

    is_terminal = stderr_console().is_terminal
    bar = progress.Progress(
        progress.TextColumn(text),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        console=stderr_console(),
        transient=True,
        disable=not is_terminal,
    )
    task = bar.add_task(text, total=total)
    told_at = monotonic()

    def advance(done: int, total: int) -> None:
        nonlocal told_at
        bar.update(task, completed=done, total=total)
        if not is_terminal and monotonic() - told_at >= _TOLD_EVERY_S:
            told_at = monotonic()
            say(f"{text}: {done:,} of {total:,}")

    with bar:
        yield advance
