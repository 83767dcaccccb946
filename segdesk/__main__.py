"""Where SegDesk starts: the window, the command line or the engine process.

Each of them imports only what it needs: the window must not wait for Typer, and
nothing but the engine may load torch.
"""

import sys
from pathlib import Path

from segdesk import __version__

ENGINE_FLAG = "--engine"
COMMANDS = ("demo", "doctor", "models", "predict", "train")


def main() -> None:
    """Run SegDesk with the arguments of this process and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run SegDesk.

    Parameters
    ----------
    arguments
        Without the program's name. A command, or paths to open in the window.

    Returns
    -------
    code
        Exit code: 0 all right, 1 some items failed, 2 wrong call or model.
    """
    first = arguments[0] if arguments else ""
    if first == ENGINE_FLAG:
        return _run_engine()
    if first == "--version":
        sys.stdout.write(f"segdesk {__version__}\n")
        return 0
    if first in COMMANDS or _is_flag(first) or _is_misspelt(first):
        return _run_command(arguments)
    return _run_window(arguments)


def _is_flag(word: str) -> bool:
    return word.startswith("-") and word != "--"


def _is_misspelt(word: str) -> bool:
    # A bare word that is no path is a command with a slip of the finger; the command
    # line knows which one was meant.
    return word.isalpha() and not Path(word).exists()


def _run_engine() -> int:
    from segdesk.engine.child_main import main as serve

    serve()
    return 0


def _run_command(arguments: list[str]) -> int:
    from segdesk.cli import run_command

    return run_command(arguments)


def _run_window(arguments: list[str]) -> int:
    from segdesk.gui.application import main as show

    paths = [word for word in arguments if word != "--"]
    return show([Path(word).absolute() for word in paths])


if __name__ == "__main__":
    main()
