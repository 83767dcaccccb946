"""Lateness of an 8 ms timer in the window while the engine starts, loads and predicts.

Usage: python benchmarks/ui_latency.py [--images N]

Ours is the real window on a private X server: it starts the engine, loads the sample
model, and goes through the sample images, each predicted and drawn. The peer does the
same network work the plain way: a window whose QThread imports mmseg, builds the same
model and calls `inference_model` in the same process.
"""

import argparse
import compileall
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PERIOD_MS = 8
FRAME_MS = 16.0
_SETTLE_S = 1.5


class Lateness:
    """Records how much later than asked a timer of the event loop fires."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.late_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin to record."""
        self._last = time.perf_counter()
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - PERIOD_MS))
        self._last = now

    def row(self) -> str:
        """Return median, 99th percentile, maximum, and time late beyond a frame.

        All in milliseconds. The last adds up what exceeds 16 ms: a thread that stops
        the window for long lets few ticks happen, and hides from a percentile of them.
        """
        ordered = sorted(self.late_ms)
        p99 = ordered[int(len(ordered) * 0.99)]
        return (
            f"{len(ordered):7} {ordered[len(ordered) // 2]:9.1f} "
            f"{p99:9.1f} {ordered[-1]:9.1f} "
            f"{sum(max(0.0, late - FRAME_MS) for late in ordered):9.1f}"
        )


def _spin_until(condition, timeout_s: float, what: str) -> None:  # noqa: ANN001
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    watch = QTimer()
    watch.timeout.connect(lambda: loop.quit() if condition() else None)
    watch.start(20)
    QTimer.singleShot(int(timeout_s * 1000), loop.quit)
    loop.exec()
    if not condition():
        message = f"{what} did not happen within {timeout_s:.0f} s"
        raise TimeoutError(message)


def measure_ours(images: int) -> str:
    """Run the real window."""
    from segdesk.gui.application import Desktop, make_application
    from segdesk.gui.starting import settle

    make_application()
    desktop = Desktop()
    desktop.window.resize(1600, 1000)
    desktop.window.show()
    settle()  # as the program does once its window is there
    _settle(_SETTLE_S)
    lateness = Lateness()
    lateness.start()
    desktop.start()
    context = desktop.context
    context.commands.run("file.open_sample")
    try:
        _spin_until(
            lambda: context.session.proposal is not None, 180, "the first prediction"
        )
        for _ in range(images - 1):
            context.commands.run("file.next")
            _spin_until(
                lambda: (
                    not context.opening.is_busy and context.session.proposal is not None
                ),
                60,
                "a prediction",
            )
        return lateness.row()
    finally:
        desktop.close()


def measure_peer(images: int) -> str:
    """Run mmseg on a QThread of the window's process."""
    from PySide6.QtCore import QThread
    from PySide6.QtWidgets import QApplication, QMainWindow

    from segdesk.core.paths import resource_path

    model = resource_path("models", "nuclei-unet")
    paths = sorted(resource_path("sample", "images").iterdir())[:images]

    class Work(QThread):
        error: BaseException | None = None

        def run(self) -> None:
            try:
                from segdesk.engine import bootstrap

                bootstrap.prepare()
                from mmengine.config import Config
                from mmseg.apis import inference_model, init_model

                from segdesk.engine.checkpoint import load_checkpoint

                checkpoint = load_checkpoint(model / "model.pth")
                config = Config.fromstring(checkpoint.config_text, ".py")
                network = init_model(config, str(model / "model.pth"), device="cpu")
                for path in paths:
                    inference_model(network, str(path))
            except Exception as error:  # noqa: BLE001 - told on the main thread
                self.error = error

    application = QApplication([])
    window = QMainWindow()
    window.resize(1600, 1000)
    window.show()
    _settle(_SETTLE_S)
    lateness = Lateness()
    lateness.start()
    work = Work()
    work.start()
    _spin_until(work.isFinished, 300, "the peer's work")
    application.processEvents()
    if work.error is not None:
        raise work.error
    return lateness.row()


def _settle(seconds: float) -> None:
    end = time.perf_counter() + seconds
    _spin_until(lambda: time.perf_counter() > end, seconds + 5, "a pause")


def main() -> int:
    """Run both, each in its own process on one private display."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10)
    parser.add_argument("--side", choices=("ours", "peer"))
    arguments = parser.parse_args()
    if arguments.side:
        measure = measure_ours if arguments.side == "ours" else measure_peer
        print(measure(arguments.images), flush=True)
        return 0
    if shutil.which("xvfb-run") is None:
        print("xvfb-run is not installed")
        return 2
    print(
        f"{'':8} {'ticks':>7} {'median ms':>9} {'p99 ms':>9} {'max ms':>9} "
        f"{'late ms':>9}"
    )
    # As an installed program: else each worker's import would compile source first.
    compileall.compile_dir(
        str(Path(__file__).resolve().parents[1] / "segdesk"), quiet=1
    )
    rows: list[list[float]] = []
    for side in ("ours", "peer"):
        with tempfile.TemporaryDirectory() as home:
            command = [sys.executable, str(Path(__file__).resolve()), "--side", side]
            command += ["--images", str(arguments.images)]
            screen = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24"]
            environment = dict(os.environ, SEGDESK_HOME=home, QT_QPA_PLATFORM="xcb")
            done = subprocess.run(
                [*screen, *command],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            row = done.stdout.strip().splitlines()[-1]
            print(f"{side:8} {row}")
            rows.append([float(figure) for figure in row.split()])
    ours, peers = rows
    ratios = (
        f"{name} {peer / max(own, 0.1):.1f}"
        for name, own, peer in zip(
            ("p99", "max", "late"), ours[2:], peers[2:], strict=True
        )
    )
    print("the peer's lateness, ours = 1:", ", ".join(ratios))
    return 0


if __name__ == "__main__":
    sys.exit(main())
