"""Four plots of a long training, followed live: times of a refresh, frames a second.

Usage: python benchmarks/plots.py [--points N] [--frames N]

Ours is the page of runs with a run of N steps; each frame adds a step, and brings one
plot up to date and on screen, as the window does. The peer is a plain pyqtgraph widget
that gets every point of the same curve with the same pens.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_VALIDATIONS = 200
_SIZE = 560, 228
_FRAME_MS = 16.0


def make_run(points: int) -> Any:  # noqa: ANN401 - imported late
    """Return a run with a step for each iteration and 200 validations."""
    import numpy as np

    from segdesk.app.training.run import Run
    from segdesk.core.classes import ClassList
    from segdesk.jobs.events import TrainStep, Validated
    from segdesk.jobs.specs import TrainSpec

    folder = Path(tempfile.gettempdir()) / "run"
    spec = TrainSpec(
        data_dir=folder, architecture="segformer-b0", work_dir=folder, max_iters=points
    )
    names = ("water", "land", "road", "tree", "roof")
    run = Run(folder=folder, spec=spec, classes=ClassList.from_names(names))
    random = np.random.default_rng(0)
    noise = random.normal(0, 0.05, points + 1)
    every = max(1, points // _VALIDATIONS)
    for iteration in range(1, points + 1):
        loss = 0.3 + 1.2 * 2.7 ** (-iteration / points * 8) + noise[iteration]
        run.curves.take(
            TrainStep(
                iteration=iteration,
                total=points + 100_000,
                losses={"loss": loss, "decode.loss_ce": loss * 0.8},
                lr=0.01,
                iter_time_s=0.25 + noise[iteration] / 10,
                data_time_s=0.03,
            )
        )
        if iteration % every == 0:
            values = tuple(80.0 + 10 * noise[iteration] - at for at in range(5))
            run.curves.take(
                Validated(
                    iteration=iteration,
                    metrics={"mIoU": 78.0 + 10 * noise[iteration]},
                    per_class={"IoU": values},
                    val_loss=0.4,
                )
            )
    return run


Times = list[tuple[float, float]]


def timed(
    frames: int, update: Callable[[], object], paint: Callable[[], object]
) -> Times:
    """Return the milliseconds of both halves of each frame, the first three left out.

    In the window they are two events, so a stop is as long as one of them.
    """
    found = []
    for _ in range(frames + 3):
        start = time.perf_counter()
        update()
        middle = time.perf_counter()
        paint()
        end = time.perf_counter()
        found.append(((middle - start) * 1000, (end - middle) * 1000))
    return found[3:]


def ours(run: Any, frames: int) -> dict[str, Times]:  # noqa: ANN401
    """Return the times of our four plots."""
    from segdesk.gui.plots.plot_card import PlotCard
    from segdesk.gui.plots.plot_view import PlotView
    from segdesk.gui.plots.run_plots import PLOTS

    found = {}
    for title, choices, make in PLOTS:
        card = PlotCard(title, choices)
        card.resize(*_SIZE)
        card.put_plot(PlotView)
        card.show()

        def update(card: PlotCard = card, make: Any = make) -> None:  # noqa: ANN401
            card.show_content(*make(run, None, card.choice))

        found[title] = timed(frames, update, card.grab)
        card.hide()
    return found


def plain(run: Any, frames: int) -> Times:  # noqa: ANN401
    """Return the times of a plain widget with all points of the loss."""
    import pyqtgraph as pg

    widget = pg.PlotWidget()
    widget.resize(*_SIZE)
    curve = widget.plot(pen=pg.mkPen("#75A9F6", width=2), antialias=True)
    widget.show()
    loss = run.curves.loss
    return timed(frames, lambda: curve.setData(loss.x, loss.y), widget.grab)


def row(name: str, times: Times) -> str:
    """Return medians of updating and painting, the longest stop, frames a second."""
    update = statistics.median(first for first, _ in times)
    paint = statistics.median(second for _, second in times)
    longest = max(max(both) for both in times)
    fps = 1000 / (update + paint)
    return f"{name:24} {update:9.2f} {paint:8.2f} {longest:10.2f} {fps:6.0f}"


def main() -> int:
    """Run both and print one row each; fails when ours is slower than a frame."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--frames", type=int, default=60)
    options = parser.parse_args()
    from PySide6.QtWidgets import QApplication

    from segdesk.gui import theme
    from segdesk.gui.plots.on_demand import import_plots

    application = QApplication(sys.argv[:1])
    theme.active().apply("dark")
    import_plots()
    run = make_run(options.points)
    print(
        f"{options.points:,} points".ljust(24), "update ms paint ms longest ms    fps"
    )
    slow = False
    for name, times in ours(run, options.frames).items():
        slow |= statistics.median(max(both) for both in times) > _FRAME_MS
        print(row(name, times))
    print(row("plain pyqtgraph, loss", plain(run, max(3, options.frames // 10))))
    del application
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
