"""The real window on a real display, with the real engine and the shipped model."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from segdesk.app.view_state import Compare
from segdesk.core.paths import resource_path
from segdesk.gui.application import Desktop
from segdesk.gui.docks.classes import ClassesDock
from segdesk.gui.docks.models import ModelsDock

pytestmark = [
    pytest.mark.window,
    pytest.mark.engine,
    pytest.mark.skipif(
        os.environ.get("QT_QPA_PLATFORM") == "offscreen"
        or not os.environ.get("DISPLAY"),
        reason="needs a display: QT_QPA_PLATFORM=xcb xvfb-run pytest -m window",
    ),
]

ENGINE_MS = 90_000
_BAR_PX = 100
_CV2_FIRST = """
from segdesk.core.cv import load_cv2
load_cv2()
from PySide6.QtWidgets import QApplication
from segdesk.gui.application import Desktop, make_application
application = make_application()
desktop = Desktop()
desktop.window.show()
application.processEvents()
assert desktop.window.isVisible()
assert QApplication.platformName() == "xcb"
desktop.close()
print("shown")
"""


@pytest.fixture
def desktop(qtbot):
    made = Desktop()
    qtbot.addWidget(made.window)
    made.window.setGeometry(0, 0, 1240, 720)
    with qtbot.waitExposed(made.window):
        made.window.show()
    made.start([resource_path("sample", "images")])
    session = made.context.session
    qtbot.waitUntil(lambda: session.image is not None, timeout=20_000)
    yield made
    made.close()


def screen_of(widget) -> np.ndarray:
    """Return what the display shows of a widget, (H, W, 3) RGB uint8."""
    corner = widget.mapToGlobal(QPoint(0, 0))
    shot = QGuiApplication.primaryScreen().grabWindow(
        0, corner.x(), corner.y(), widget.width(), widget.height()
    )
    image = shot.toImage().convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(image.constBits(), np.uint8)
    lines = lines.reshape(image.height(), image.bytesPerLine())
    return lines[:, : image.width() * 3].reshape(image.height(), -1, 3).astype(int)


def blue_pixels(canvas) -> int:
    """Count pixels that are clearly bluer than red, above the bar of the proposal."""
    picture = screen_of(canvas)[:-_BAR_PX]
    return int((picture[..., 2] - picture[..., 0] > 40).sum())


def test_display_shows_image_overlay_and_legend_when_a_model_is_clicked(desktop, qtbot):
    session = desktop.context.session
    desktop.context.commands.run("view.review")
    canvas = desktop.context.viewer.canvas
    qtbot.waitUntil(lambda: len(desktop.context.shelf.entries) >= 1)
    bare = blue_pixels(canvas)
    view = desktop.window.findChild(ModelsDock).view
    row = view.visualRect(view.model().index(0, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row)
    qtbot.waitUntil(lambda: session.proposal is not None, timeout=ENGINE_MS)
    qtbot.waitUntil(lambda: blue_pixels(canvas) > bare + 5_000)
    legend = desktop.window.findChild(ClassesDock)
    assert screen_of(legend).std() > 10
    assert session.classes.names == ("background", "nucleus")

    canvas.setFocus()
    QTest.keyPress(canvas, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: blue_pixels(canvas) < bare + 500)
    QTest.keyRelease(canvas, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: blue_pixels(canvas) > bare + 5_000)

    before = blue_pixels(canvas)
    desktop.context.commands.run("view.split")
    assert session.view.compare is Compare.SPLIT
    qtbot.waitUntil(lambda: blue_pixels(canvas) < before * 0.8)


def test_window_opens_when_cv2_was_imported_first(segdesk_home):
    done = subprocess.run(
        [sys.executable, "-c", _CV2_FIRST],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "shown", done.stderr
