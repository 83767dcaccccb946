"""Process start to first window on screen, beside a bare PySide6 window and peers.

Usage: python benchmarks/startup.py [--repeat N] [--peer NAME=COMMAND ...]

Needs Xvfb and xev (x11-utils). Each program is started on a private display; the clock
runs from the start of the process to the X server's note that its first window of at
least 400 × 300 px was mapped. The resident memory is read one second later. A peer is
given by its own command, such as `--peer "labelme=/opt/labelme/bin/labelme"`.
"""

import argparse
import os
import re
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_BARE = (
    "import sys; from PySide6.QtWidgets import QApplication, QMainWindow; "
    "a = QApplication([]); w = QMainWindow(); w.resize(1180, 720); w.show(); "
    "sys.exit(a.exec())"
)
_TIMEOUT_S = 30
_MIN_WIDTH, _MIN_HEIGHT = 400, 300


@dataclass(frozen=True)
class Start:
    """One start: seconds to the window, memory of the process and its children."""

    seconds: float
    rss_mb: float
    torch: bool


@contextmanager
def display() -> Iterator[str]:
    """Run a private X server and yield its name."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def wait_for_window(watcher: subprocess.Popen[str]) -> float:
    """Return the moment at which a window of some size was mapped."""
    assert watcher.stdout is not None
    sizes: dict[str, tuple[int, int]] = {}
    kind = ""
    for line in watcher.stdout:
        started = re.match(r"(\w+Notify) event", line)
        if started:
            kind = started[1]
        window = re.search(r"window (0x[0-9a-f]+)", line)
        size = re.search(r"width (\d+), height (\d+)", line)
        if size and window:
            sizes[window[1]] = (int(size[1]), int(size[2]))
        if kind == "MapNotify" and window and "override" in line:
            width, height = sizes.get(window[1], (0, 0))
            if width >= _MIN_WIDTH and height >= _MIN_HEIGHT:
                return time.monotonic()
    message = "the watcher ended before a window came"
    raise RuntimeError(message)


def measure(command: list[str]) -> Start:
    """Start a program once and stop it."""
    with display() as name, tempfile.TemporaryDirectory() as home:
        environment = dict(
            os.environ,
            DISPLAY=name,
            QT_QPA_PLATFORM="xcb",
            HOME=home,
            SEGDESK_HOME=home,
        )
        watcher = subprocess.Popen(
            ["xev", "-root", "-event", "substructure"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        time.sleep(0.3)
        began = time.monotonic()
        program = subprocess.Popen(
            command,
            env=environment,
            cwd=home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        alarm = signal.signal(signal.SIGALRM, lambda *_: watcher.terminate())
        signal.alarm(_TIMEOUT_S)
        try:
            seconds = wait_for_window(watcher) - began
            signal.alarm(0)
            time.sleep(1.0)
            process = psutil.Process(program.pid)
            rss = process.memory_info().rss / 1e6
            torch = any("libtorch" in m.path for m in process.memory_maps())
            return Start(seconds, rss, torch)
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, alarm)
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                program.wait(10)
            watcher.terminate()
            watcher.wait()


def main() -> int:
    """Measure every program in turns and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--peer", action="append", default=[])
    arguments = parser.parse_args()
    for tool in ("Xvfb", "xev"):
        if shutil.which(tool) is None:
            print(f"{tool} is not installed")
            return 2
    script = Path(sys.executable).with_name("segdesk")
    programs = {
        "bare PySide6 window": [sys.executable, "-c", _BARE],
        "SegDesk": [str(script)],
    }
    for peer in arguments.peer:
        name, _, command = peer.partition("=")
        programs[name] = shlex.split(command)
    starts: dict[str, list[Start]] = {name: [] for name in programs}
    for command in programs.values():
        measure(command)  # warms the disk cache
    for _ in range(arguments.repeat):
        for name, command in programs.items():
            starts[name].append(measure(command))
    ours = statistics.median(s.seconds for s in starts["SegDesk"])
    print(f"{'program':24} {'median s':>9} {'worst s':>9} {'RSS MB':>8} {'ratio':>7}")
    for name, found in starts.items():
        median = statistics.median(s.seconds for s in found)
        worst = max(s.seconds for s in found)
        rss = statistics.median(s.rss_mb for s in found)
        print(f"{name:24} {median:9.2f} {worst:9.2f} {rss:8.0f} {median / ours:6.1f}×")
    torch = any(s.torch for s in starts["SegDesk"])
    print(f"torch in SegDesk's window process: {'yes' if torch else 'no'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
