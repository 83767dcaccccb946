"""A viewer with a small picture, and a hand that drives it and looks at it."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from segdesk.app.opened_image import OpenedImage, build_pyramid
from segdesk.app.session import ProposalView, Session
from segdesk.core.classes import ClassList
from segdesk.core.imaging import LoadedImage
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction
from segdesk.gui.viewer.viewer import Viewer

CLASSES = ClassList(("road", "water", "wood"), ("#A06192", "#3D6DFA", "#05C4AC"))


class Hand:
    """Opens pictures, proposes classes, turns the wheel, reads what is shown."""

    def __init__(self, viewer: Viewer, session: Session) -> None:
        self.viewer = viewer
        self.session = session

    def open(self, pixels: np.ndarray) -> OpenedImage:
        loaded = LoadedImage(Path("a.png"), pixels, "PNG", "RGB", 8, 1, False, ())
        image = OpenedImage(loaded, build_pyramid(pixels))
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

    def zoom_to(self, scale: float) -> None:
        self.viewer.canvas.stage.viewport.zoom_to(scale)

    def shown(self) -> np.ndarray:
        """Return (h, w, 3) of what the panes show."""
        return self.rgb(self.viewer.grab_view())

    def grabbed(self) -> np.ndarray:
        """Return (h, w, 3) of the viewer with all that lies on it."""
        return self.rgb(self.viewer.grab().toImage())

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
def hand(viewer, session) -> Hand:
    return Hand(viewer, session)
