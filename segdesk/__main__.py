"""Where SegDesk starts: the window, the command line or the engine process.

Each of them imports only what it needs: the window must not wait for Typer, and
nothing but the engine may load torch.
"""

import os
import sys
from pathlib import Path

from segdesk import __version__
from segdesk.core.frozen import give_back_environment, is_frozen

ENGINE_FLAG = "--engine"
NEW_WINDOW_FLAG = "--new-window"
SAFE_FLAG = "--safe"
PROBE_FLAG = "--probe-window"
GROUP_FLAG = "--group"
MEMBER_FLAG = "--group-member"
COMMANDS = (
    "calibrate",
    "check",
    "convert",
    "demo",
    "doctor",
    "evaluate",
    "explain",
    "export",
    "models",
    "predict",
    "pseudolabel",
    "runs",
    "train",
    "video",
)
_NO_DISPLAY = """The window was not opened.
There is no display here: neither DISPLAY nor WAYLAND_DISPLAY is set.
Start it on a desktop or through ssh -X; `segdesk predict` and `segdesk train` need no
display, and `segdesk demo` writes a picture of the window.
"""


def main() -> None:
    """Run SegDesk with the arguments of this process and exit with its code."""
    if is_frozen():
        give_back_environment()
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
    if first == PROBE_FLAG:
        return _run_probe()
    if first in (GROUP_FLAG, MEMBER_FLAG):
        return _run_group(first, arguments[1:])
    if first == "--version":
        sys.stdout.write(f"segdesk {__version__}\n")
        return 0
    if first == NEW_WINDOW_FLAG:
        return _run_window(arguments[1:], share=False)
    if first == SAFE_FLAG:
        return _run_window(arguments[1:], share=False, is_safe=True)
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


def _run_group(flag: str, arguments: list[str]) -> int:
    """Start, or be, a process of a training on several devices, from a bundle."""
    from segdesk.engine.group_main import main as train
    from segdesk.engine.group_main import start_group

    if flag == GROUP_FLAG:
        return start_group(arguments)
    return train(*arguments)


def _run_probe() -> int:
    from segdesk.gui.probe import main as probe

    return probe()


def _run_command(arguments: list[str]) -> int:
    from segdesk.cli import run_command

    return run_command(arguments)


def _run_window(
    arguments: list[str], *, share: bool = True, is_safe: bool = False
) -> int:
    if not has_display_server():
        sys.stderr.write(_NO_DISPLAY)
        return 2
    paths = [Path(word).absolute() for word in arguments if word != "--"]
    if share:
        from segdesk.gui.hand_over import hand_over

        if hand_over(paths):
            return 0
    from segdesk.gui.starting import hurry

    hurry()
    from segdesk.gui.application import main as show

    return show(paths, is_safe=is_safe)


def has_display_server() -> bool:
    """Tell whether Qt can start: without X11 and Wayland it aborts the process."""
    if not sys.platform.startswith(("linux", "freebsd")):
        return True
    names = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    return any(os.environ.get(name) for name in names)


if __name__ == "__main__":
    main()
