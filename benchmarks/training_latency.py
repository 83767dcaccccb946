"""Lateness of an 8 ms timer in the window while a model trains and a brush paints.

Usage: python benchmarks/training_latency.py [--seconds S] [--architecture NAME]

Ours is the real window on a private X server: the sample is open and predicted, a
brush draws strokes over it, a mouse event every 8 ms, and a small network trains with
validations and checkpoints: from the start of its engine to some seconds of steps. The
peer does the same the plain way: a window whose canvas is a pixmap that a brush paints
into, and a QThread that imports mmseg and calls `Runner.train()` on the same config in
the same process. Each has the same time for its steps; how many it made is told.
"""

import argparse
import compileall
import math
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ui_latency import Lateness, _settle, _spin_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QObject, QPointF
    from PySide6.QtWidgets import QWidget

    from segdesk.app.context import AppContext

HOUSE = Path(__file__).resolve().parent.parent
_EVENT_MS = 8
_MOVES = 60  # of each stroke
_BRUSH_PX = 24.0
_START_S = 120


class Brush:
    """Sends mouse events to a widget, stroke after stroke."""

    def __init__(self, canvas: "QWidget") -> None:
        from PySide6.QtCore import QEvent, Qt, QTimer

        self._canvas = canvas
        self._kinds = {
            "press": QEvent.Type.MouseButtonPress,
            "move": QEvent.Type.MouseMove,
            "release": QEvent.Type.MouseButtonRelease,
        }
        self.strokes = 0
        self._events = self._make()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_EVENT_MS)
        self._timer.timeout.connect(lambda: self._send(*next(self._events)))

    def start(self) -> None:
        """Begin to paint."""
        self._timer.start()

    def stop(self) -> None:
        """Paint no more."""
        self._timer.stop()

    def _make(self) -> "Iterator[tuple[str, float]]":
        while True:
            begin = self.strokes * 2.4
            yield "press", begin
            for step in range(_MOVES):
                yield "move", begin + step * 0.04
            yield "release", begin + _MOVES * 0.04
            self.strokes += 1

    def _at(self, turn: float) -> "QPointF":
        from PySide6.QtCore import QPointF

        width, height = self._canvas.width(), self._canvas.height()
        return QPointF(
            width * (0.5 + 0.3 * math.sin(turn * 1.3)),
            height * (0.5 + 0.3 * math.cos(turn * 1.9)),
        )

    def _send(self, kind: str, turn: float) -> None:
        from PySide6.QtCore import QPointF, Qt
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtWidgets import QApplication

        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        at = self._at(turn)
        event = QMouseEvent(
            self._kinds[kind],
            at,
            QPointF(self._canvas.mapToGlobal(at)),
            none if kind == "move" else left,
            none if kind == "release" else left,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(self._canvas, event)


def measure_ours(folder: Path, seconds: float, architecture: str) -> str:
    """Train in the engine's process while the real window is painted in."""
    sys.path.insert(0, str(HOUSE / "tests"))
    from training_run import make_discs, spec_of

    from segdesk.gui.application import Desktop, make_application
    from segdesk.gui.starting import settle
    from segdesk.jobs.events import TrainStep

    spec = spec_of(
        make_discs(folder / "data", train=8),
        folder / "run",
        architecture=architecture,
        max_iters=100_000,
        val_interval=20,
        checkpoint_interval=40,
        log_interval=1,
        crop_size=128,
        batch_size=4,
    )
    make_application()
    desktop = Desktop()
    desktop.window.resize(1600, 1000)
    desktop.window.show()
    settle()
    desktop.start()
    context = desktop.context
    _open_for_painting(context)
    brush = Brush(desktop.window.centre._canvas)  # noqa: SLF001 - what the user paints
    steps: list[int] = []
    context.training.reported.connect(
        lambda _key, event: (
            steps.append(event.iteration) if isinstance(event, TrainStep) else None
        )
    )
    try:
        _settle(5.0)  # what the window prepares in quiet moments is `ui_latency`'s
        lateness = Lateness()
        lateness.start()
        brush.start()
        key = context.training.start(spec)
        _spin_until(lambda: bool(steps), _START_S, "the first step")
        _settle(seconds)
        row = lateness.row()
        brush.stop()
        context.training.stop(key)
        _spin_until(lambda: not context.training.live, _START_S, "the end of the run")
        done = context.annotating.document.history.position
    finally:
        desktop.close()
    if not done:
        message = "nothing was painted"
        raise RuntimeError(message)
    return f"{row} {steps[-1]:7} {brush.strokes:8}"


def _open_for_painting(context: "AppContext") -> None:
    context.commands.run("file.open_sample")
    _spin_until(lambda: context.session.proposal is not None, 180, "the prediction")
    context.window.set_layout("annotate")
    options = context.annotating.choices.options
    changed = {"brush_size": _BRUSH_PX}
    context.annotating.choose(
        tool="brush", class_index=1, options=_replaced(options, changed)
    )


def _replaced(options: object, changed: dict[str, float]) -> object:
    from dataclasses import replace

    return replace(options, **changed)  # type: ignore[type-var]


def measure_peer(folder: Path, seconds: float) -> str:
    """Train on a QThread of the window's process while a pixmap is painted in."""
    from PySide6.QtCore import QThread
    from PySide6.QtWidgets import QApplication, QMainWindow

    steps: list[int] = []
    errors: list[BaseException] = []

    class Work(QThread):
        def run(self) -> None:
            try:
                _train_plainly(folder, steps)
            except Exception as error:  # noqa: BLE001 - told on the main thread
                errors.append(error)

    application = QApplication([])
    window = QMainWindow()
    window.resize(1600, 1000)
    canvas = _pixmap_canvas(window)
    window.setCentralWidget(canvas)
    window.show()
    _settle(1.5)
    brush = Brush(canvas)
    lateness = Lateness()
    lateness.start()
    brush.start()
    work = Work()
    work.start()
    _spin_until(lambda: bool(steps or errors), _START_S, "the peer's first step")
    _settle(seconds)
    application.processEvents()
    if errors:
        raise errors[0]
    return f"{lateness.row()} {len(steps):7} {brush.strokes:8}"


def _train_plainly(folder: Path, steps: list[int]) -> None:
    from segdesk.engine import bootstrap

    bootstrap.prepare()
    from mmengine.config import Config
    from mmengine.runner import IterBasedTrainLoop, Runner

    step = IterBasedTrainLoop.run_iter

    def counted(self: IterBasedTrainLoop, batch: object) -> None:
        step(self, batch)
        steps.append(len(steps) + 1)

    IterBasedTrainLoop.run_iter = counted
    config = Config.fromfile(folder / "run" / "config.py")
    config.work_dir = str(folder / "peer")
    Runner.from_cfg(config).train()


def _pixmap_canvas(parent: "QObject") -> "QWidget":
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
    from PySide6.QtWidgets import QWidget

    class Canvas(QWidget):
        def __init__(self) -> None:
            super().__init__(parent)
            self._pixmap = QPixmap(1600, 1000)
            self._pixmap.fill(Qt.GlobalColor.darkGray)
            self._last = QPointF()

        def event(self, event: QEvent) -> bool:
            if isinstance(event, QMouseEvent):
                at = event.position()
                if event.type() is QEvent.Type.MouseButtonPress:
                    self._last = at
                painter = QPainter(self._pixmap)
                round_cap = Qt.PenCapStyle.RoundCap
                solid = Qt.PenStyle.SolidLine
                red = Qt.GlobalColor.red
                painter.setPen(QPen(red, _BRUSH_PX, solid, round_cap))
                painter.drawLine(self._last, at)
                painter.end()
                self._last = at
                self.update()
                return True
            return super().event(event)

        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            del event
            QPainter(self).drawPixmap(0, 0, self._pixmap)

    return Canvas()


def _run(side: str, folder: Path, chosen: argparse.Namespace) -> list[float]:
    command = [sys.executable, str(Path(__file__).resolve()), "--side", side]
    command += ["--folder", str(folder), "--seconds", str(chosen.seconds)]
    command += ["--architecture", chosen.architecture]
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24"]
    home = folder / f"home-{side}"
    home.mkdir()
    environment = dict(os.environ, SEGDESK_HOME=str(home), QT_QPA_PLATFORM="xcb")
    done = subprocess.run(
        [*screen, *command],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    row = done.stdout.strip().splitlines()[-1]
    print(f"{side:8} {row}", flush=True)
    return [float(figure) for figure in row.split()]


def main() -> int:
    """Run both, each in its own process on one private display."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--architecture", default="fast-scnn")
    parser.add_argument("--side", choices=("ours", "peer"))
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    if chosen.side:
        if chosen.side == "ours":
            row = measure_ours(chosen.folder, chosen.seconds, chosen.architecture)
        else:
            row = measure_peer(chosen.folder, chosen.seconds)
        print(row, flush=True)
        sys.stdout.flush()
        os._exit(0)  # the peer's thread cannot be stopped
    if shutil.which("xvfb-run") is None:
        print("xvfb-run is not installed")
        return 2
    print(
        f"{'':8} {'ticks':>7} {'median ms':>9} {'p99 ms':>9} {'max ms':>9} "
        f"{'late ms':>9} {'steps':>7} {'strokes':>8}"
    )
    compileall.compile_dir(str(HOUSE / "segdesk"), quiet=1)
    with tempfile.TemporaryDirectory() as name:
        rows = [_run(side, Path(name), chosen) for side in ("ours", "peer")]
    ours, peers = rows
    ratios = (
        f"{name} {peer / max(own, 0.1):.1f}"
        for name, own, peer in zip(
            ("p99", "max", "late"), ours[2:5], peers[2:5], strict=True
        )
    )
    print("the peer's lateness, ours = 1:", ", ".join(ratios))
    return 0


if __name__ == "__main__":
    sys.exit(main())
