"""Change to screen of the overlay on 12 MP, beside blending the whole image in numpy.

Usage: python benchmarks/overlay.py [--size 1600x1000] [--rounds N]

Opens a window of the given size with a picture of 4000 × 3000 px and a label map of 19
classes, and takes the time from a change of the session until the window is painted
and the window system has taken it. The peer, in the same run, does what a viewer
without layers does: colour the label map, mix it with the picture, make a pixmap of
the result and paint that. Runs on the display there is; `QT_QPA_PLATFORM=offscreen`
needs none.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from segdesk.app.commands import Command, CommandRegistry
from segdesk.app.files.opened_image import OpenedImage
from segdesk.app.session import ProposalView, Session
from segdesk.app.view_state import OverlayLook
from segdesk.core.classes import ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.imaging import LoadedImage
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction
from segdesk.core.pyramid import Pyramid
from segdesk.gui import theme
from segdesk.gui.starting import settle
from segdesk.gui.viewer.viewer import Viewer

WIDTH, HEIGHT, CLASSES = 4000, 3000, 19
TARGET_MS = 16.0


@dataclass(frozen=True)
class Times:
    """Milliseconds of one kind of change: by the clock, and of work on this thread.

    On a machine that is busy with other things the second tells more.
    """

    name: str
    clock: list[float]
    work: list[float]

    @property
    def median(self) -> float:
        """Median by the clock."""
        return float(np.median(self.clock))

    def line(self) -> str:
        """Return median, 99th percentile, worst, and the median of the work."""
        high = float(np.percentile(self.clock, 99))
        return (
            f"  {self.name:<30}{self.median:9.1f}{high:9.1f}{max(self.clock):9.1f}"
            f"{np.median(self.work):9.1f}   "
            f"{'ok' if self.median <= TARGET_MS else 'over'}"
        )


HEAD = f"{'median':>9}{'p99':>9}{'max':>9}{'work':>9}"


def make_scene(rng: np.random.Generator) -> tuple[OpenedImage, Prediction]:
    """Return a picture and a label map whose regions are as large as real ones."""
    cv2 = load_cv2()
    coarse = rng.random((CLASSES, 24, 32), dtype=np.float32)
    fields = [
        cv2.resize(field, (WIDTH // 4, HEIGHT // 4), interpolation=cv2.INTER_CUBIC)
        for field in coarse
    ]
    labels = np.stack(fields).argmax(axis=0).astype(np.uint8)
    labels = cv2.resize(labels, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    texture = rng.integers(0, 256, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8)
    pixels = cv2.resize(texture, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    confidence = cv2.resize(
        rng.integers(60, 256, (HEIGHT // 16, WIDTH // 16), dtype=np.uint8),
        (WIDTH, HEIGHT),
    )
    loaded = LoadedImage(Path("scene.png"), pixels, "PNG", "RGB", 8, 1, False, ())
    classes = ClassList.from_names(tuple(f"Class {n}" for n in range(CLASSES)))
    prediction = Prediction(labels, confidence, classes, "none", "cpu", {})
    return OpenedImage(loaded, Pyramid(pixels)), prediction


def timed(
    name: str, app: QApplication, change: Callable[[int], object], rounds: int
) -> Times:
    """Return the time from each change until it is on screen."""
    clock, work = [], []
    for turn in range(rounds + 3):
        app.processEvents()
        app.sync()
        start, begin = time.perf_counter(), time.thread_time()
        change(turn)
        app.processEvents()
        work.append((time.thread_time() - begin) * 1000)
        app.sync()
        clock.append((time.perf_counter() - start) * 1000)
    return Times(name, clock[3:], work[3:])


def changes(session: Session, viewer: Viewer) -> dict[str, Callable[[int], object]]:
    """Return what a user does, by name."""
    viewport = viewer.canvas.stage.viewport
    looks = tuple(OverlayLook)

    def recolour(turn: int) -> None:
        session.recolour(3, ("#3D6DFA", "#EE6A05")[turn % 2])

    def pan(turn: int) -> None:
        step = 9 if turn // 8 % 2 else -9
        x, y = viewport.view.width / 2 + step, viewport.view.height / 2 + step
        viewer.canvas.centre_on(*viewport.drawn.to_image(x, y))

    def zoom(turn: int) -> None:
        viewport.zoom_by((1.25, 0.8)[turn % 2], (500.0, 300.0))
        viewer.canvas.centre_on(WIDTH / 2, HEIGHT / 2)

    return {
        "opacity": lambda turn: session.update_view(opacity=0.3 + turn % 10 * 0.05),
        "colour": recolour,
        "visibility of a class": lambda turn: session.update_view(
            hidden=frozenset({turn % 2})
        ),
        "overlay on and off": lambda turn: session.update_view(
            overlay_visible=bool(turn % 2)
        ),
        "solo": lambda turn: session.update_view(solo=(None, 4)[turn % 2]),
        "lowest confidence": lambda turn: session.update_view(
            min_confidence=0.3 + turn % 10 * 0.05
        ),
        "look": lambda turn: session.update_view(look=looks[turn % 3]),
        "pan by 9 px": pan,
        "zoom by a notch": zoom,
    }


class BlendingView(QWidget):
    """The peer: mixes the whole image and paints the result scaled."""

    def __init__(self, pixels: NDArray[np.uint8], labels: NDArray[np.uint8]) -> None:
        super().__init__()
        self._pixels, self._labels = pixels, labels
        self._pixmap = QPixmap()
        self.source = QRectF()

    def mix(self, palette: NDArray[np.uint8], opacity: float) -> None:
        """Blend again and paint."""
        cv2 = load_cv2()
        colours = palette[self._labels]
        mixed = cv2.addWeighted(self._pixels, 1 - opacity, colours, opacity, 0)
        height, width = mixed.shape[:2]
        image = QImage(
            mixed.data, width, height, 3 * width, QImage.Format.Format_RGB888
        )
        self._pixmap = QPixmap.fromImage(image)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the part in view."""
        del event
        QPainter(self).drawPixmap(QRectF(self.rect()), self._pixmap, self.source)


def measure(app: QApplication, session: Session, viewer: Viewer, rounds: int) -> float:
    """Print the times at three zooms; return those of the opacity at fit."""
    first = 0.0
    for scale in (None, 1.0, 4.0):
        if scale is None:
            viewer.fit()
        else:
            viewer.canvas.stage.viewport.zoom_to(scale)
            viewer.canvas.centre_on(WIDTH / 2, HEIGHT / 2)
        name = "fit" if scale is None else f"{scale:.0%}"
        title = f"SegDesk, {name} ({viewer.zoom:.1%})"
        print(f"\n  {title:<30}{HEAD}")
        for kind, change in changes(session, viewer).items():
            session.update_view(
                hidden=frozenset(),
                solo=None,
                min_confidence=0.0,
                overlay_visible=True,
                look=OverlayLook.FILL_AND_CONTOUR,
                opacity=0.45,
            )
            times = timed(kind, app, change, rounds)
            print(times.line())
            first = first or times.median
    return first


def measure_peer(
    app: QApplication,
    opened: OpenedImage,
    prediction: Prediction,
    size: tuple[int, int],
    rounds: int,
) -> float:
    """Print the times of the peer; return the median."""
    peer = BlendingView(opened.pixels, prediction.labels)
    peer.resize(*size)
    peer.source = QRectF(0, 0, WIDTH, HEIGHT)
    peer.show()
    palette = np.zeros((256, 3), np.uint8)
    palette[:CLASSES] = prediction.classes.rgb

    def mix(turn: int) -> None:
        peer.mix(palette, 0.3 + turn % 10 * 0.05)

    times = timed("opacity, fit", app, mix, rounds)
    print(f"\n  {'Peer: blend all, make a pixmap':<30}{HEAD}")
    print(times.line())
    return times.median


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--size", default="1600x1000")
    parser.add_argument("--rounds", type=int, default=60)
    arguments = parser.parse_args()
    width, height = (int(part) for part in arguments.size.split("x"))
    app = QApplication([])
    theme.active().apply("dark")
    settle()  # as the program does once its window is there
    opened, prediction = make_scene(np.random.default_rng(7))
    session, commands = Session(), CommandRegistry()
    for command_id in ("file.open_folder", "file.open_files", "file.open_sample"):
        commands.add(Command(command_id, command_id, "image", "File", lambda _: None))
    viewer = Viewer(session, commands)
    viewer.resize(width, height)
    viewer.show()
    session.set_image(opened)
    session.set_classes(prediction.classes)
    stats = class_stats(prediction.labels, CLASSES, prediction.confidence)
    session.set_proposal(ProposalView(prediction, stats))
    app.processEvents()
    print(
        f"{WIDTH} × {HEIGHT} px, {CLASSES} classes, view {width} × {height}, "
        f"{app.platformName()}; milliseconds to screen, target {TARGET_MS:.0f}"
    )
    ours = measure(app, session, viewer, arguments.rounds)
    viewer.hide()
    theirs = measure_peer(
        app, opened, prediction, (width, height), max(5, arguments.rounds // 4)
    )
    print(f"\nOpacity at fit: {theirs / ours:.0f} times as fast as the peer")


if __name__ == "__main__":
    main()
