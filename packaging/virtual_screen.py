"""A screen that nobody sees, whose windows and pixels can be looked at.

Xvfb keeps its pixels in a file in the format of `xwd`; xdotool finds windows.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FIELDS = 25
_HEADER_SIZE, _WIDTH, _HEIGHT, _LINE_BYTES, _COLOURS = 0, 4, 5, 12, 19
_COLOUR_BYTES = 12
_POLL_S = 0.01


class VirtualScreen:
    """One Xvfb.

    Parameters
    ----------
    name
        As DISPLAY has it: ":99".
    pixels
        The file of its pixels.
    """

    def __init__(self, name: str, pixels: Path) -> None:
        self.name = name
        self._pixels = pixels

    def picture(self) -> NDArray[np.uint8]:
        """Return what is on the screen: (H, W, 3) uint8, RGB."""
        raw = self._pixels.read_bytes()
        head = np.frombuffer(raw, ">u4", _FIELDS)
        width, height, line = (int(head[at]) for at in (_WIDTH, _HEIGHT, _LINE_BYTES))
        start = int(head[_HEADER_SIZE]) + int(head[_COLOURS]) * _COLOUR_BYTES
        rows = np.frombuffer(raw, np.uint8, line * height, start).reshape(height, line)
        return rows[:, : width * 4].reshape(height, width, 4)[:, :, 2::-1].copy()

    def wait_for_window(self, title: str, process: subprocess.Popen[bytes]) -> str:
        """Wait for a visible window and return its id.

        Parameters
        ----------
        title
            Regular expression.
        process
            The program; there is no waiting for one that ended.

        Raises
        ------
        AssertionError
            The program ended, or the window does not come.
        """
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert process.poll() is None, f"it ended with {process.returncode}"
            found = self._xdotool("search", "--onlyvisible", "--name", title).split()
            if found:
                return found[0]
            time.sleep(_POLL_S)
        raise AssertionError(f"no window is called {title!r}")

    def has_window(self, title: str) -> bool:
        """Tell whether a visible window is called so; Qt has small ones of its own."""
        return bool(self._xdotool("search", "--onlyvisible", "--name", title).split())

    def title(self, window: str) -> str:
        """Return what stands in the title bar of a window."""
        return self._xdotool("getwindowname", window).strip()

    def size(self, window: str) -> tuple[int, int]:
        """Return width and height of a window."""
        said = self._xdotool("getwindowgeometry", "--shell", window)
        facts = dict(line.split("=") for line in said.splitlines() if "=" in line)
        return int(facts["WIDTH"]), int(facts["HEIGHT"])

    def press(self, window: str, keys: str) -> None:
        """Give a window the keyboard and press keys: "ctrl+Return"."""
        self._xdotool("windowfocus", "--sync", window)
        self._xdotool("key", keys)

    def _xdotool(self, *words: str) -> str:
        environment = {**os.environ, "DISPLAY": self.name}
        return subprocess.run(
            ["xdotool", *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        ).stdout


@contextmanager
def virtual_screen(size: str = "1640x1040x24") -> Iterator[VirtualScreen]:
    """Run an Xvfb of its own until the block ends.

    Parameters
    ----------
    size
        Width, height and depth.
    """
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is not installed.")
    read, write = os.pipe()
    with tempfile.TemporaryDirectory(prefix="segdesk-screen-") as folder:
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size]
        server = subprocess.Popen(
            [*command, "-fbdir", folder, "-noreset", "-nolisten", "tcp"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        try:
            with os.fdopen(read) as pipe:
                name = f":{pipe.readline().strip()}"
            yield VirtualScreen(name, Path(folder) / "Xvfb_screen0")
        finally:
            server.terminate()
            server.wait()
