"""From mouse event to repainted screen while a large brush paints on a 100 MP image.

Usage: python benchmarks/paint.py [--view 1014x850] [--brush 1000] [--strokes N]
       [--side-px 10000] [--proposal] [--no-peer] [--hz 60]

Opens the canvas on a picture of 10,000 × 10,000 px with a label map of 8 classes, and
sends it real mouse events: strokes that turn and cross, each in another class. An event
is due every 1/60 s, as a display has frames, and its time is from then until the canvas
is painted and the window system has taken it: whatever the thread still does when it is
due counts, as do the tool, the undo tiles, the label map, fill and contours. `--hz 0`
sends each event as soon as the one before is painted, without a moment between. The
peer, in the same run, does what a viewer without dirty parts does: paint the dab, blend
the whole label map with the picture in numpy, make a pixmap of the result and paint
that. Runs on the display there is; `QT_QPA_PLATFORM=offscreen` needs none.
"""

import argparse
import math
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from paint_peer import measure_peer
from paint_times import CLASSES, HEAD, TARGET_MS, Times
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from segdesk.app.annotate.annotating import Choices
from segdesk.app.commands import Command, CommandRegistry
from segdesk.app.files.opened_image import OpenedImage
from segdesk.app.keys.keymap import Keymap
from segdesk.app.session import ProposalView, Session
from segdesk.app.settings.settings import Settings
from segdesk.app.signal import Signal
from segdesk.app.tools.base import Tool, ToolContext, ToolResult
from segdesk.app.tools.brush import BrushTool
from segdesk.app.tools.options import ToolOptions
from segdesk.app.tools.pointer import Key, Mod, PointerEvent
from segdesk.core.cv import load_cv2
from segdesk.core.document import AnnotationDocument
from segdesk.core.imaging import LoadedImage
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction
from segdesk.core.pyramid import Pyramid
from segdesk.gui import theme
from segdesk.gui.starting import settle
from segdesk.gui.viewer.viewer import Viewer
from segdesk.gui.workers.executor import Executor

if TYPE_CHECKING:
    from segdesk.app.tools.preview import Preview
    from segdesk.core.geometry import Rect
    from segdesk.core.shapes import Point

MOVES = 24  # of each stroke
ZOOMS = (None, 0.25, 1.0, 4.0)


class Painting:
    """The journey of annotation without files: one document, one tool, a worker."""

    def __init__(self, document: AnnotationDocument, image: NDArray[np.uint8]) -> None:
        self.history_changed: Signal[()] = Signal()
        self.painted: Signal[tuple[Rect, ...]] = Signal()
        self.previewed: Signal[Preview] = Signal()
        self.panned: Signal[Point] = Signal()
        self.chosen: Signal[Choices] = Signal()
        self.worked: Signal[str] = Signal()
        self.choices = Choices()
        self.document: AnnotationDocument | None = document
        self.tool: Tool | None = BrushTool()
        self._image = image
        self._executor = Executor("strokes")

    def choose(self, *, options: ToolOptions) -> None:
        """Take other options."""
        self.choices = Choices(options=options)
        self.chosen.emit(self.choices)

    def paint_class(self, index: int) -> None:
        """Paint another class."""
        self.choices = Choices("brush", index, self.choices.options)

    def press(self, event: PointerEvent) -> bool:
        """Take a button that went down."""
        return self._take(BrushTool.press, event)

    def move(self, event: PointerEvent) -> bool:
        """Follow the pointer with a button down."""
        return self._take(BrushTool.move, event)

    def release(self, event: PointerEvent) -> bool:
        """Take a button that went up."""
        return self._take(BrushTool.release, event)

    def hover(self, event: PointerEvent) -> bool:
        """Follow the pointer with no button down."""
        return self._take(BrushTool.hover, event)

    def key(self, key: Key, modifiers: Mod) -> bool:
        """Take no key."""
        del key, modifiers
        return False

    def abort(self) -> None:
        """Have nothing to drop."""

    def _take(self, ask: object, event: PointerEvent) -> bool:
        if not callable(ask):
            return False
        return self._do(lambda context: ask(self.tool, event, context))

    def _do(self, ask: Callable[[ToolContext], ToolResult]) -> bool:
        document, tool = self.document, self.tool
        if document is None or tool is None:
            return False
        result = ask(
            ToolContext(
                document,
                self._image,
                self.choices.class_index,
                0,
                options=self.choices.options,
                class_names=CLASSES.names,
            )
        )
        work = result.work
        if work:
            self._executor.submit(
                work,
                lambda value: self._do(
                    lambda context: tool.deliver(work.token, value, context)
                ),
                print,
            )
        if result.dirty:
            self.painted.emit(result.dirty)
        self.previewed.emit(result.preview)
        if result.steps:
            self.history_changed.emit()
        return result.consumed


def make_image(side: int, rng: np.random.Generator) -> OpenedImage:
    """Return a textured picture."""
    cv2 = load_cv2()
    grain = rng.integers(0, 256, (side // 8, side // 8, 3), dtype=np.uint8)
    pixels = cv2.resize(grain, (side, side), interpolation=cv2.INTER_LINEAR)
    loaded = LoadedImage(Path("large.png"), pixels, "PNG", "RGB", 8, 1, False, ())
    return OpenedImage(loaded, Pyramid(pixels))


def make_labels(side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a label map whose regions are as large as real ones."""
    cv2 = load_cv2()
    coarse = rng.random((len(CLASSES), 40, 40), dtype=np.float32)
    small = side // 10
    fields = [cv2.resize(one, (small, small)) for one in coarse]
    labels = np.stack(fields).argmax(axis=0).astype(np.uint8)
    labels = cv2.resize(labels, (side, side), interpolation=cv2.INTER_NEAREST)
    return np.ascontiguousarray(labels)


class Mouse:
    """Sends mouse events to the canvas and takes their time.

    Parameters
    ----------
    hz
        How many a second; 0: one after the other.
    """

    def __init__(self, app: QApplication, viewer: Viewer, hz: float) -> None:
        self.times = Times()
        self._app, self._canvas = app, viewer.canvas
        self._apart_s = 1 / hz if hz else 0.0
        self._due = time.perf_counter()

    def send(self, kind: str, at: QPointF) -> None:
        """Deliver an event and wait until the screen shows what it did."""
        types = {
            "press": QEvent.Type.MouseButtonPress,
            "release": QEvent.Type.MouseButtonRelease,
        }
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        event = QMouseEvent(
            types.get(kind, QEvent.Type.MouseMove),
            at,
            QPointF(self._canvas.mapToGlobal(at)),
            none if kind in ("move", "hover") else left,
            left if kind in ("press", "move") else none,
            Qt.KeyboardModifier.NoModifier,
        )
        self._app.processEvents()
        self._app.sync()
        while self._apart_s and time.perf_counter() < self._due:
            self._app.processEvents()
        begin = time.thread_time()
        start = self._due if self._apart_s else time.perf_counter()
        self._app.sendEvent(self._canvas, event)
        self._app.sendPostedEvents()  # the paint among them
        work = (time.thread_time() - begin) * 1000
        self._app.sync()
        now = time.perf_counter()
        self.times.add(kind, (now - start) * 1000, work)
        self._due = max(start + self._apart_s, now)


def ways(view: tuple[int, int], strokes: int) -> Iterator[list[QPointF]]:
    """Yield strokes that turn and cross all over the view."""
    width, height = view
    for stroke in range(strokes):
        start = stroke * 2.4
        steps = [start + step * 0.16 for step in range(MOVES + 2)]
        yield [
            QPointF(
                width * (0.5 + 0.42 * math.sin(step * 1.3)),
                height * (0.5 + 0.42 * math.cos(step * 1.9 + stroke)),
            )
            for step in steps
        ]


def measure(
    app: QApplication, viewer: Viewer, painting: Painting, strokes: int, hz: float
) -> Times:
    """Paint some strokes, and hover between them."""
    view = (viewer.width(), viewer.height())
    mouse = Mouse(app, viewer, hz)
    for number, way in enumerate(ways(view, strokes + 1)):
        if number == 1:
            mouse.times = Times()  # the first stroke warms up
        painting.paint_class(1 + number % (len(CLASSES) - 1))
        mouse.send("hover", way[0])
        mouse.send("press", way[0])
        for at in way[1:-1]:
            mouse.send("move", at)
        mouse.send("release", way[-1])
    return mouse.times


def open_viewer(
    image: OpenedImage, painting: Painting, view: tuple[int, int]
) -> tuple[Viewer, Session]:
    """Return a viewer that shows the picture and its labels."""
    session, commands = Session(), CommandRegistry()
    for command_id in ("file.open_folder", "file.open_files", "file.open_sample"):
        commands.add(Command(command_id, command_id, "image", "File", lambda _: None))
    viewer = Viewer(session, commands)
    settings = Settings(Path("settings.toml"))
    viewer.attach(painting, settings, Keymap(commands, settings.preferences.keys))
    viewer.resize(*view)
    viewer.show()
    session.set_image(image)
    session.set_classes(CLASSES)
    return viewer, session


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--view", default="1014x850")
    parser.add_argument("--side-px", type=int, default=10_000)
    parser.add_argument("--brush", type=int, default=1000)
    parser.add_argument("--strokes", type=int, default=10)
    parser.add_argument("--hz", type=float, default=60.0)
    parser.add_argument("--proposal", action="store_true")
    parser.add_argument("--no-peer", action="store_true")
    return parser


def main() -> int:
    """Measure and print."""
    arguments = _parser().parse_args()
    width, height = (int(part) for part in arguments.view.split("x"))
    app = QApplication([])
    theme.active().apply("dark")
    settle()  # as the program does once its window is there
    rng = np.random.default_rng(7)
    image = make_image(arguments.side_px, rng)
    labels = make_labels(arguments.side_px, rng)
    painting = Painting(AnnotationDocument(labels, unlabelled=0), image.pixels)
    viewer, session = open_viewer(image, painting, (width, height))
    if arguments.proposal:
        proposed = make_labels(arguments.side_px, rng)
        prediction = Prediction(proposed, None, CLASSES, "model", "cpu", {})
        stats = class_stats(proposed, len(CLASSES), None)
        session.set_proposal(ProposalView(prediction, stats))
    painting.choose(options=ToolOptions(brush_size=float(arguments.brush)))
    side = arguments.side_px
    print(
        f"{side:,} × {side:,} px, brush {arguments.brush:,} px, view {width} × "
        f"{height}, {app.platformName()}; ms from event to screen, p99 to be at most "
        f"{TARGET_MS:.0f}\n{'':<26}{HEAD}        p99 of the work by kind"
    )
    worst = 0.0
    for scale in ZOOMS:
        viewer.fit()
        if scale is not None:
            viewer.canvas.stage.viewport.zoom_to(scale)
            viewer.canvas.centre_on(side / 2, side / 2)
        app.processEvents()
        name = "fit" if scale is None else f"{scale:.0%}"
        times = measure(app, viewer, painting, arguments.strokes, arguments.hz)
        print(times.line(f"SegDesk, {name} ({viewer.zoom:.1%})"), flush=True)
        worst = max(worst, times.high)
    viewer.hide()
    if not arguments.no_peer:
        peer = measure_peer(app, image, labels, arguments.brush)
        print(peer.line("Peer: blend all in numpy"))
    return 0 if worst <= TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
