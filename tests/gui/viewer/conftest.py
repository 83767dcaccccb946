"""A viewer with a small picture, and a hand that drives it and looks at it."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from segdesk.app.choices import Choices
from segdesk.app.files.opened_image import OpenedImage
from segdesk.app.keys.keymap import Keymap
from segdesk.app.session import ProposalView, Session
from segdesk.app.settings.settings import Settings
from segdesk.app.signal import Signal
from segdesk.app.tools.base import Tool, ToolContext, Work
from segdesk.app.tools.brush import BrushTool
from segdesk.app.tools.options import ToolOptions
from segdesk.app.tools.pointer import Key, Mod, PointerEvent
from segdesk.core.classes import ClassList
from segdesk.core.document import AnnotationDocument
from segdesk.core.edits import plan_edit
from segdesk.core.geometry import Rect, Size
from segdesk.core.history import Source, SourceKind, Step
from segdesk.core.imaging import LoadedImage
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction
from segdesk.core.pyramid import Pyramid
from segdesk.gui.viewer.stage import Stage
from segdesk.gui.viewer.viewer import Viewer

if TYPE_CHECKING:
    from segdesk.app.tools.preview import Preview
    from segdesk.core.shapes import Point

CLASSES = ClassList(("road", "water", "wood"), ("#A06192", "#3D6DFA", "#05C4AC"))
LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
_TYPES = {
    "press": QEvent.Type.MouseButtonPress,
    "twice": QEvent.Type.MouseButtonDblClick,
    "move": QEvent.Type.MouseMove,
    "hover": QEvent.Type.MouseMove,
    "release": QEvent.Type.MouseButtonRelease,
}


class Journey:
    """The journey of annotation with one document, in memory; `told` is what it got."""

    def __init__(self, document: AnnotationDocument, pixels: np.ndarray) -> None:
        self.history_changed: Signal[()] = Signal()
        self.painted: Signal[tuple[Rect, ...]] = Signal()
        self.previewed: Signal[Preview] = Signal()
        self.panned: Signal[Point] = Signal()
        self.chosen: Signal[Choices] = Signal()
        self.worked: Signal[str] = Signal()
        self.choices = Choices(class_index=1)
        self.document: AnnotationDocument | None = document
        self.tool: Tool | None = BrushTool()
        self.told: list[tuple[str, object]] = []
        self.work: Work | None = None
        self._pixels = pixels

    def choose(self, *, options: ToolOptions) -> None:
        self.choices = replace(self.choices, options=options)
        self.chosen.emit(self.choices)

    def use(self, tool: Tool, class_index: int = 1, **options: object) -> None:
        """Take another tool, class and options."""
        self.tool = tool
        self.choices = Choices(tool.id, class_index, ToolOptions(**options))
        self.chosen.emit(self.choices)

    def press(self, event: PointerEvent) -> bool:
        return self._ask("press", event)

    def move(self, event: PointerEvent) -> bool:
        return self._ask("move", event)

    def release(self, event: PointerEvent) -> bool:
        return self._ask("release", event)

    def hover(self, event: PointerEvent) -> bool:
        return self._ask("hover", event)

    def key(self, key: Key, modifiers: Mod) -> bool:
        return self._ask("key", key, modifiers)

    def abort(self) -> None:
        self._ask("abort")

    def paint(self, x: int, y: int, wide: int, high: int, value: int) -> None:
        """Paint a rectangle and tell it, as a tool does."""
        rect = Rect(x, y, wide, high)
        self.document.labels[rect.slices] = value
        self.painted.emit((rect,))

    def accept(self, rect: Rect, value: int) -> None:
        """Take a part over from a model."""
        edit = plan_edit(self.document.labels, rect, lambda part, _: part.fill(value))
        source = Source(SourceKind.MODEL, "m")
        step = Step("Accept region", "check", value, (edit,), source)
        self.painted.emit(self.document.apply(step).dirty)
        self.history_changed.emit()

    def do_work(self) -> None:
        """Do what the tool asked a worker for."""
        self._ask("deliver", self.work.token, self.work())

    def _ask(self, what: str, *given: object) -> bool:
        self.told.append((what, given[0] if given else None))
        if self.document is None or self.tool is None:
            return False
        context = ToolContext(
            self.document,
            self._pixels,
            self.choices.class_index,
            options=self.choices.options,
            class_names=CLASSES.names,
        )
        result = getattr(self.tool, what)(*given, context)
        if result.dirty:
            self.painted.emit(result.dirty)
        self.previewed.emit(result.preview)
        self.work = result.work or self.work
        if result.steps:
            self.history_changed.emit()
        return result.consumed


class Hand:
    """Opens pictures, proposes classes, turns the wheel, reads what is shown."""

    def __init__(self, viewer: Viewer, session: Session, settings: Settings) -> None:
        self.viewer = viewer
        self.session = session
        self.settings = settings

    def open(self, pixels: np.ndarray) -> OpenedImage:
        loaded = LoadedImage(Path("a.png"), pixels, "PNG", "RGB", 8, 1, False, ())
        image = OpenedImage(loaded, Pyramid(pixels))
        self.session.set_image(image)
        return image

    def open_noise(self, height: int = 40, width: int = 60, seed: int = 0):
        random = np.random.default_rng(seed)
        pixels = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
        self.open(pixels)
        return pixels

    def propose(self, labels: np.ndarray, confidence: np.ndarray | None = None) -> None:
        self.session.set_classes(CLASSES)
        stats = class_stats(labels, len(CLASSES), confidence)
        prediction = Prediction(labels, confidence, CLASSES, "m", "cpu", {})
        self.session.set_proposal(ProposalView(prediction, stats))

    def annotate(self, labels: np.ndarray, unlabelled: int = 255) -> Journey:
        """Open an annotation of the picture; the brush is active."""
        self.session.set_classes(CLASSES)
        document = AnnotationDocument(labels, unlabelled)
        journey = Journey(document, self.session.image.pixels)
        self.viewer.attach(journey, self.settings, Keymap(()))
        return journey

    def point(self, what: str, x: float, y: float, button=LEFT, keys=NO_KEYS) -> None:
        """Send a mouse event at a place of the canvas: press, move, hover, release."""
        canvas = self.viewer.canvas
        at, none = QPointF(x, y), Qt.MouseButton.NoButton
        event = QMouseEvent(
            _TYPES[what],
            at,
            QPointF(canvas.mapToGlobal(at)),
            none if what in ("move", "hover") else button,
            none if what in ("hover", "release") else button,
            keys,
        )
        QApplication.sendEvent(canvas, event)

    def drag(self, way, button=LEFT, keys=NO_KEYS) -> None:
        """Press, move along and release; `way` are places of the canvas."""
        self.point("press", *way[0], button, keys)
        for x, y in way[1:]:
            self.point("move", x, y, button, keys)
        self.point("release", *way[-1], button, keys)

    def fresh(self) -> np.ndarray:
        """Return what the panes show when all of it is drawn anew."""
        canvas = self.viewer.canvas
        stage = Stage()
        stage.resize(Size(canvas.width(), canvas.height()), 1.0)
        stage.set_scene(canvas.stage.scene)
        stage.viewport = canvas.stage.viewport
        image = QImage(canvas.size(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        stage.paint(painter)
        painter.end()
        return self.rgb(image)

    def zoom_to(self, scale: float) -> None:
        self.viewer.canvas.stage.viewport.zoom_to(scale)

    def shown(self) -> np.ndarray:
        """Return (h, w, 3) of what the panes show."""
        return self.rgb(self.viewer.grab_view())

    def grabbed(self) -> np.ndarray:
        """Return (h, w, 3) of the viewer with all that lies on it."""
        return self.rgb(self.viewer.grab().toImage())

    def screen(self) -> np.ndarray:
        """Return (h, w, 3) of what the window holds, of which parts were repainted."""
        QApplication.processEvents()
        window = self.viewer.window()
        held = window.backingStore().paintDevice()
        assert isinstance(held, QImage)
        corner = self.viewer.mapTo(window, QPoint(0, 0))
        return self.rgb(held.copy(QRect(corner, self.viewer.size())))

    def rgb(self, image: QImage) -> np.ndarray:
        image = image.convertToFormat(QImage.Format.Format_RGB888)
        lines = np.frombuffer(image.constBits(), np.uint8)
        lines = lines.reshape(image.height(), image.bytesPerLine())
        return lines[:, : 3 * image.width()].reshape(image.height(), -1, 3).copy()

    def pixel(self, x: int, y: int) -> QPoint:
        """Return the middle of an image pixel on the canvas."""
        transform = self.viewer.canvas.stage.viewport.drawn
        left, top = transform.to_screen(x + 0.5, y + 0.5)
        return QPoint(round(left - 0.5), round(top - 0.5))

    def colour(self, x: int, y: int) -> np.ndarray:
        """Return the shown (R, G, B) in the middle of an image pixel."""
        at = self.pixel(x, y)
        return self.shown()[at.y(), at.x()].astype(int)

    def turn_wheel(
        self,
        at: QPoint,
        notches: int,
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        turn = QPoint(0, 120 * notches)
        self._wheel(at, QPoint(), turn, keys, Qt.ScrollPhase.NoScrollPhase)

    def scroll(self, at: QPoint, pixels: QPoint) -> None:
        """Scroll as a trackpad does."""
        keys = Qt.KeyboardModifier.NoModifier
        self._wheel(at, pixels, pixels, keys, Qt.ScrollPhase.ScrollUpdate)

    def _wheel(self, at, pixels, turn, keys, phase) -> None:
        canvas = self.viewer.canvas
        place = QPointF(canvas.mapToGlobal(at))
        no_button = Qt.MouseButton.NoButton
        event = QWheelEvent(
            QPointF(at), place, pixels, turn, no_button, keys, phase, False
        )
        QApplication.sendEvent(canvas, event)


@pytest.fixture
def session(context) -> Session:
    return context.session


@pytest.fixture
def viewer(qtbot, context) -> Viewer:
    made = Viewer(context.session, context.commands)
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    return made


@pytest.fixture
def hand(viewer, session, context) -> Hand:
    return Hand(viewer, session, context.settings)
