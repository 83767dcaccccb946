"""The command line: commands over the same functions that the window uses."""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import typer

_HELP = """Annotate, train, predict and correct with MMSegmentation models.

Without a command the window opens: segdesk [PATH...] with images or folders.
A window that runs takes them and comes to the front; --new-window opens another.
With --safe it opens with default settings, and without layout, model and engine of the
last sitting.
A path that is named like a command is written as ./demo.

Exit codes: 0 all right, 1 some items failed, 2 wrong call or model, 130 stopped.
"""

# Module of each command; `models` and `runs` bring groups of their own.
_COMMANDS = (
    "calibrate",
    "check",
    "convert",
    "demo",
    "doctor",
    "evaluate",
    "explain",
    "export",
    "predict",
    "pseudolabel",
    "train",
    "video",
)
_GROUPS = ("models", "runs")


class Stopped(BaseException):
    """Ctrl+C was pressed while nothing was running that could end in order."""


def run_command(arguments: list[str]) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        The command's name and what follows it.

    Returns
    -------
    code
        Exit code of the process, see `segdesk.cli.output.ExitCode`.
    """
    import typer

    from segdesk.app.files.folders import use_chosen_folders
    from segdesk.cli.output import ExitCode, show_error
    from segdesk.core.errors import SegDeskError

    use_chosen_folders()
    command = typer.main.get_command(build_app(arguments[:1]))
    as_json = "--json" in arguments
    try:
        with _stop_on_ctrl_c():
            command.main(arguments, prog_name="segdesk")
    except SystemExit as end:
        if as_json:
            _print_usage_error(end.__context__)
        return end.code if isinstance(end.code, int) else ExitCode.OK
    except SegDeskError as error:
        show_error(error, as_json=as_json)
        return ExitCode.WRONG
    except Stopped:
        return ExitCode.STOPPED
    return ExitCode.OK


def _print_usage_error(error: BaseException | None) -> None:
    """Give the program that asked for JSON the words that Typer wrote for people."""
    from segdesk.cli.output import print_json

    tell = getattr(error, "format_message", None)
    if tell is None:
        return
    fields = {
        "kind": "UsageError",
        "message": tell(),
        "cause": "",
        "hint": "Add --help to the command to see what it takes.",
    }
    print_json({"error": fields})


def build_app(wanted: Sequence[str] = ()) -> "typer.Typer":
    """Import the command that is asked for; all of them if there is none such."""
    import typer

    app = typer.Typer(
        help=_HELP,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    everything = (*_COMMANDS, *_GROUPS)
    known = wanted and set(wanted) <= set(everything)
    for name in wanted if known else everything:
        module = import_module(f"segdesk.cli.{name}")
        if name in _GROUPS:
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _root() -> None:
    """Hold the options that stand before a command: there are none."""


@contextmanager
def _stop_on_ctrl_c() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise Stopped

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
