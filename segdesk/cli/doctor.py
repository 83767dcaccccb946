"""`segdesk doctor`: what works here, what does not, and the cure."""

import platform
import sys
from typing import Annotated

import typer

from segdesk import __version__
from segdesk.cli.checks import Check, Examination, examine
from segdesk.cli.output import ExitCode, print_json, print_line
from segdesk.core.frozen import is_frozen

_SIGNS = {"ok": "ok     ", "note": "note   ", "warning": "warning", "broken": "BROKEN"}


def doctor(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Say versions, devices, operators and display, what is wrong and the cure.

    Exit code 1 when something is broken.
    """
    examination = examine()
    if as_json:
        print_json(_document(examination))
    else:
        _print(examination)
    broken = any(check.state == "broken" for check in examination.checks)
    raise typer.Exit(ExitCode.SOME_FAILED if broken else ExitCode.OK)


def _document(examination: Examination) -> dict[str, object]:
    return {
        "segdesk": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "executable": sys.executable,
        "frozen": is_frozen(),
        "versions": examination.versions,
        "devices": examination.devices,
        "compiled_ops": examination.compiled_ops,
        "checks": examination.checks,
    }


def _print(examination: Examination) -> None:
    origin = ", from a bundle" if is_frozen() else ""
    print_line(f"SegDesk {__version__}, Python {platform.python_version()}{origin}")
    print_line(platform.platform())
    for name, number in examination.versions.items():
        print_line(f"  {name} {number}")
    for check in examination.checks:
        _print_check(check)


def _print_check(check: Check) -> None:
    print_line(f"{_SIGNS[check.state]} {check.topic}: {check.message}")
    for line in (check.cause, check.hint, check.detail):
        for part in line.splitlines():
            print_line(f"        {part}")
