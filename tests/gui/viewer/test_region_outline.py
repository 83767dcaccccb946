"""The line round the region that one click would take over."""

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from segdesk.app.tools.preview import MaskPreview
from segdesk.core.geometry import Rect
from segdesk.gui.accept_gesture import Gesture
from segdesk.gui.actions import Actions
from segdesk.gui.centre import Centre


def test_outline_is_white_and_hollow_when_a_region_is_pointed_at(viewer, hand):
    hand.open_noise(100, 160)
    hand.zoom_to(4.0)
    before = hand.grabbed()
    mask = np.ones((20, 30), np.uint8)
    viewer.canvas.hand.outline(MaskPreview(Rect(60, 40, 30, 20), mask, 1))
    shown = hand.grabbed()

    edge, middle = hand.pixel(60, 50), hand.pixel(75, 50)
    inside = slice(edge.x() - 1, edge.x() + 3)
    line = (shown[edge.y(), inside] == 255).all(axis=1)
    assert 1 <= line.sum() <= 3  # 2.4 px
    assert (shown[middle.y(), middle.x()] == before[middle.y(), middle.x()]).all()

    viewer.canvas.hand.outline(None)
    assert (hand.grabbed() == before).all()


def test_pointing_outlines_a_region_when_the_next_press_takes_one(
    qtbot, viewer, hand, context
):
    hand.open_noise(100, 160)
    labels = np.zeros((100, 160), np.uint8)
    labels[40:60, 60:90] = 1
    hand.propose(labels)
    centre = Centre(context, Actions(context, viewer), viewer, viewer.canvas)
    qtbot.addWidget(centre)
    hover, canvas = context.accepting.hover, viewer.canvas

    def move(x: int, y: int) -> None:
        hand.point("hover", *hand.pixel(x, y).toTuple())

    move(70, 50)
    assert hover.region is None
    centre.gesture.arm(Gesture.REGION)
    move(70, 50)
    assert hover.region.rect == Rect(60, 40, 30, 20)
    assert canvas.cursor().shape() is Qt.CursorShape.ArrowCursor
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert hover.region is None
    move(71, 50)
    centre.gesture.arm(Gesture.REGION)  # once more: let it be
    assert hover.region is None
