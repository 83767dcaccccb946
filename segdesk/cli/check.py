"""`segdesk check`: what is wrong with training data, and mending it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segdesk.cli.output import (
    ExitCode,
    print_json,
    print_line,
    say,
    show_error,
)
from segdesk.cli.progress_bar import progress_bar
from segdesk.jobs.events import Failed, Progress, Report, Succeeded
from segdesk.jobs.specs import CheckSpec
from segdesk.jobs.training_events import CheckDone

if TYPE_CHECKING:
    from segdesk.core.data_check import Diagnosis, Finding, SplitFacts

_STYLES = {"red": "bold red", "amber": "bold yellow", "blue": "bold blue"}
_FILES = 5


def check(  # noqa: PLR0913 - one for each option
    data: Annotated[
        Path,
        typer.Argument(
            help="A project, img_dir and ann_dir with classes.json, or any folder of "
            "images and masks.",
            show_default=False,
        ),
    ],
    *,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix", help="Mend what can be mended safely; a backup lies beside DATA."
        ),
    ] = False,
    rule: Annotated[
        list[str] | None,
        typer.Option(help="Look for these findings alone, such as binary-255."),
    ] = None,
    arch: Annotated[
        str, typer.Option(help="Architecture that is planned, such as pspnet-r18.")
    ] = "",
    config: Annotated[
        Path | None, typer.Option(help="A config of your own that is planned.")
    ] = None,
    crop: Annotated[
        int | None, typer.Option(help="Side of the planned training crop.")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Pictures in a planned batch.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Check training data by 28 rules, and mend them with a backup.

    Red: a training fails, or learns something wrong without saying so. Amber: it
    learns less than it could. Blue: good to know. Exit code 1 when something red is
    left.
    """
    spec = CheckSpec(
        data_dir=data.expanduser().absolute(),
        fixes=("all",) if fix else (),
        rules=tuple(rule or ()),
        architecture=arch,
        config=config.expanduser().absolute() if config else None,
        crop_size=crop,
        batch_size=batch_size,
    )
    from segdesk.cli.running import run_in_process

    with progress_bar("Reading") as advance:

        def take(event: Report) -> None:
            if isinstance(event, Progress):
                advance(event)

        terminal = run_in_process(spec, take)
    if isinstance(terminal, Failed):
        show_error(terminal, as_json=as_json)
        raise typer.Exit(ExitCode.WRONG)
    if isinstance(terminal, Succeeded) and isinstance(terminal.result, CheckDone):
        diagnosis = terminal.result.diagnosis
        if as_json:
            print_json(diagnosis)
        else:
            _print(diagnosis)
        red = diagnosis.count("red")
        raise typer.Exit(ExitCode.SOME_FAILED if red else ExitCode.OK)
    say("Stopped.")
    if as_json:
        print_json({"status": "stopped", "data_dir": spec.data_dir})
    raise typer.Exit(ExitCode.STOPPED)


def _print(diagnosis: "Diagnosis") -> None:
    """Print the report: what was mended, the findings, the splits and a sum."""
    for sentence in diagnosis.fixed:
        print_line(f"fixed   {sentence}")
    if diagnosis.backup is not None:
        print_line(f"        As it was: {diagnosis.backup}")
    for finding in diagnosis.findings:
        _print_finding(finding, diagnosis)
    for split in diagnosis.splits:
        _print_split(split, diagnosis)
    pairs = sum(split.pairs for split in diagnosis.splits)
    counts = ", ".join(
        f"{diagnosis.count(level)} {level}" for level in ("red", "amber", "blue")
    )
    print_line(f"{pairs:,} pairs in {diagnosis.seconds:.1f} s: {counts}")


def _print_finding(finding: "Finding", diagnosis: "Diagnosis") -> None:
    from rich.markup import escape

    from segdesk.cli.output import console

    style = _STYLES[finding.level]
    head = f"[{style}]{finding.level:<7}[/] {escape(finding.title)}"
    console().print(f"{head} [dim]\\[{finding.rule}][/]")
    print_line(f"        {finding.why}")
    print_line(f"        {finding.cure}")
    for file in finding.files[:_FILES]:
        path = file.path
        if diagnosis.data_dir in path.parents:
            path = path.relative_to(diagnosis.data_dir)
        print_line(f"          {path}" + (f": {file.value}" if file.value else ""))
    if finding.count > _FILES:
        print_line(f"          and {finding.count - _FILES:,} more")


def _print_split(split: "SplitFacts", diagnosis: "Diagnosis") -> None:
    total = sum(split.pixels) or 1
    names = (
        diagnosis.classes.names
        if diagnosis.classes
        else tuple(str(number) for number in range(len(split.pixels)))
    )
    shares = ", ".join(
        f"{name} {pixels / total:.1%}"
        for name, pixels in zip(names, split.pixels, strict=False)
        if pixels
    )
    print_line(f"{split.name or 'unsplit':<8}{split.pairs:,} pairs; {shares or '-'}")
