"""What a command says: results on stdout, all else on stderr."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from functools import cache

import msgspec
from rich.console import Console
from rich.markup import escape

from segdesk.core.errors import SegDeskError
from segdesk.jobs.codec import to_builtins
from segdesk.jobs.events import Failed, LogLine, Noted, Report


class ExitCode(IntEnum):
    """Exit code of a command."""

    OK = 0
    SOME_FAILED = 1
    WRONG = 2
    STOPPED = 130


@cache
def console() -> Console:
    """Return the console on stdout, for tables meant to be read."""
    return Console(highlight=False, soft_wrap=True)


@cache
def stderr_console() -> Console:
    """Return the console on stderr, for progress, notes and errors."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str, style: str = "") -> None:
    """Write a line to stderr; brackets in it stay what they are."""
    stderr_console().print(escape(text), style=style)


def print_line(text: str) -> None:
    """Write a line to stdout; a file's name may hold what no encoding knows."""
    readable = text.encode("utf-8", "backslashreplace").decode()
    console().print(escape(readable))


def print_json(value: object) -> None:
    """Write one JSON document to stdout.

    Parameters
    ----------
    value
        Structs, dataclasses, paths, dicts, lists and plain values in any mix.
    """
    data = msgspec.json.encode(to_builtins(value))
    sys.stdout.write(msgspec.json.format(data, indent=2).decode() + "\n")
    sys.stdout.flush()


def show_error(error: SegDeskError | Failed, *, as_json: bool) -> None:
    """Say what happened, why and what to do; with `--json` on stdout too."""
    kind = error.kind if isinstance(error, Failed) else type(error).__name__
    _say_three("red", error.message, error.cause, error.hint)
    if as_json:
        fields = {
            "kind": kind,
            "message": error.message,
            "cause": error.cause,
            "hint": error.hint,
        }
        print_json({"error": fields})


def show_note(note: Noted) -> None:
    """Say what the user must know although the work goes on."""
    style = "yellow" if note.level == "warning" else ""
    _say_three(style, note.message, note.cause, note.hint)


def show_report(report: Report) -> None:
    """Say a job's notes and log lines; leave all other reports to the command."""
    if isinstance(report, Noted):
        show_note(report)
    elif isinstance(report, LogLine):
        say(report.text, "dim")


@contextmanager
def prints_to_stderr() -> Iterator[None]:
    """Send what torch and mmengine print to stdout to stderr meanwhile.

    Stdout then holds nothing but the command's own result.
    """
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # a program without a stdout has nothing to guard
        yield
        return
    python_stdout = sys.stdout
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    try:
        yield
    finally:
        with suppress(ValueError):
            sys.stdout.flush()
        sys.stdout = python_stdout
        os.dup2(kept, 1)
        os.close(kept)


def _say_three(style: str, message: str, cause: str, hint: str) -> None:
    say(message, f"bold {style}".strip())
    for line in (cause, hint):
        if line:
            say(line)
