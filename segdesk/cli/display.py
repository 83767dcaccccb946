"""Is there a display? Found out in a child process, because Qt aborts without one."""

import json
import os
import subprocess
from typing import Any

import msgspec

from segdesk.__main__ import PROBE_FLAG, has_display_server
from segdesk.jobs.process import engine_command

HEADLESS = ("offscreen", "minimal", "minimalegl", "vnc")

_TIMEOUT_S = 30
_LAST_LINES = 4


class Display(msgspec.Struct, frozen=True, kw_only=True):
    """What Qt found, or why it found nothing.

    Parameters
    ----------
    platform
        Qt's platform plugin, such as "xcb"; empty when none started.
    screens
        Name, width and height in pixels, and scale of each screen.
    fonts
        Number of font families.
    problem
        Why no window can be seen; empty when one can.
    hint
        What helps.
    detail
        The last lines that Qt wrote.
    """

    pyside: str = ""
    qt: str = ""
    platform: str = ""
    screens: tuple[dict[str, Any], ...] = ()
    fonts: int = 0
    problem: str = ""
    hint: str = ""
    detail: str = ""

    @property
    def visible(self) -> bool:
        """Whether somebody could see a window."""
        return not self.problem


def probe_display() -> Display:
    """Open a small window in a child process and say how that went."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    if not has_display_server():
        found = _probe({"QT_QPA_PLATFORM": "offscreen"})
        return msgspec.structs.replace(
            found,
            problem=found.problem
            or "There is no display: DISPLAY and WAYLAND_DISPLAY are not set.",
            hint=found.hint or "Start SegDesk on a desktop, or through `ssh -X`.",
        )
    found = _probe({})
    if platform in HEADLESS and found.visible:
        return msgspec.structs.replace(
            found,
            problem=f"Nobody sees a window: QT_QPA_PLATFORM is {platform}.",
            hint="Take QT_QPA_PLATFORM out of the environment to see one.",
        )
    return found


def _probe(extra: dict[str, str]) -> Display:
    command = [*engine_command()[:-1], PROBE_FLAG]
    try:
        child = subprocess.run(
            command,
            env={**os.environ, **extra},
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Display(
            problem="Qt does not answer.",
            hint="Check that the display answers, for instance with `xdpyinfo`.",
            detail=str(error),
        )
    try:
        return msgspec.convert(json.loads(child.stdout.splitlines()[-1]), Display)
    except (IndexError, ValueError):
        problem, hint = _reason(child.stderr)
        lines = child.stderr.strip().splitlines()[-_LAST_LINES:]
        return Display(problem=problem, hint=hint, detail="\n".join(lines))


def _reason(stderr: str) -> tuple[str, str]:
    """Return what Qt's last words mean and what helps."""
    if "could not connect to display" in stderr:
        name = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        return (
            f"The display {name} does not answer.",
            "Log in to a desktop, or take DISPLAY out of the environment.",
        )
    if "xcb-cursor" in stderr:
        return (
            "Qt does not start: the library libxcb-cursor is missing.",
            "Install it, for instance with `apt install libxcb-cursor0`.",
        )
    if "error while loading shared libraries" in stderr or "ImportError" in stderr:
        return (
            "Qt does not start: a system library is missing.",
            "Install it: `apt install libegl1 libgl1 libxkbcommon-x11-0 libdbus-1-3`.",
        )
    if "No module named 'PySide6" in stderr:
        return "PySide6 is not installed.", "Run `pip install PySide6-Essentials`."
    return "Qt does not start.", "The detail holds its own words."
