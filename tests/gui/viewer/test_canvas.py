"""Zooming, panning, and the pixels that come out of it."""

import gc

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QNativeGestureEvent,
    QPainter,
    QPointingDevice,
)
from PySide6.QtWidgets import QApplication

from segdesk.app.view_state import Compare, Layer
from segdesk.core.geometry import Size
from segdesk.gui import theme
from segdesk.gui.viewer.stage import Stage

WIDTH, HEIGHT = 60, 40
VIEW = (640, 480)


def test_wheel_keeps_the_pixel_under_the_cursor_when_zooming(viewer, hand):
    hand.open_noise(1000, 1500)
    at = QPoint(437, 222)
    viewport = viewer.canvas.stage.viewport
    before = viewport.drawn.to_image(at.x(), at.y())
    first = viewer.zoom

    for _ in range(6):
        hand.turn_wheel(at, 1)

    assert viewer.zoom > 2 * first
    now = viewport.drawn.to_image(at.x(), at.y())
    assert now == pytest.approx(before, abs=0.6 / viewer.zoom + 0.6)


@pytest.mark.parametrize("scale", [1.0, 1.7, 4.0])
def test_picture_is_nearest_neighbour_when_at_100_or_more(viewer, session, scale, hand):
    pixels = hand.open_noise()
    session.update_view(pixel_grid=False)
    hand.zoom_to(scale)

    shown = hand.shown()

    transform = viewer.canvas.stage.viewport.drawn
    for x, y in ((0, 0), (7, 31), (WIDTH - 1, HEIGHT - 1)):
        left, top = transform.to_screen(x, y)
        block = shown[
            round(top + 0.01) : max(round(top + scale), round(top) + 1),
            round(left + 0.01) : max(round(left + scale), round(left) + 1),
        ]
        middle = block[block.shape[0] // 2, block.shape[1] // 2]
        np.testing.assert_array_equal(middle, pixels[y, x])
    colours = {tuple(colour) for colour in shown.reshape(-1, 3)}
    canvas = theme.color("canvas")
    known = {tuple(colour) for colour in pixels.reshape(-1, 3)}
    assert colours <= known | {(canvas.red(), canvas.green(), canvas.blue())}


def test_picture_is_smooth_when_below_100(viewer, hand):
    board = np.indices((1200, 1600)).sum(axis=0) % 2 * 255
    pixels = np.repeat(board[..., None].astype(np.uint8), 3, axis=2)
    hand.open(pixels)

    shown = hand.shown()

    middle = shown[VIEW[1] // 2 - 50 : VIEW[1] // 2 + 50, 270:370]
    assert viewer.zoom < 0.5
    assert abs(int(middle.mean()) - 127) < 3
    assert middle.std() < 20


@pytest.mark.parametrize("scale", [0.3, 0.8, 1.0, 2.3])
def test_panned_picture_equals_a_fresh_one_when_moved_in_steps(viewer, scale, hand):
    hand.open_noise(900, 1400)
    hand.zoom_to(scale)
    for dx, dy in ((13, 0), (0, -7), (-40, 25), (200, 3), (-500, -200)):
        viewer.canvas.stage.viewport.move(dx, dy)
        moved = hand.shown()

    stage = viewer.canvas.stage
    fresh = Stage()
    fresh.resize(Size(*VIEW), 1.0)
    fresh.set_scene(stage.scene)
    fresh.viewport = stage.viewport
    image = QImage(*VIEW, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    fresh.paint(painter)
    painter.end()

    difference = np.abs(hand.rgb(image).astype(int) - moved)
    assert difference.max() <= (0 if scale >= 1 else 12)


def test_stage_draws_device_pixels_when_the_screen_is_dense(viewer, hand):
    pixels = hand.open_noise()
    stage = Stage()
    stage.resize(Size(400, 300), 2.0)
    stage.set_scene(viewer.canvas.stage.scene)
    stage.viewport.actual_size()
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    stage.paint(painter)
    painter.end()

    x, y = (round(part) for part in stage.viewport.drawn.to_screen(0, 0))
    np.testing.assert_array_equal(
        hand.rgb(image)[y : y + HEIGHT, x : x + WIDTH], pixels
    )


def test_drag_pans_when_a_button_or_space_is_held(qtbot, viewer, hand):
    hand.open_noise(900, 1400)
    viewer.actual_size()
    before = viewer.visible_rect()
    canvas = viewer.canvas

    hand.point("press", 300, 200, Qt.MouseButton.MiddleButton)
    assert canvas.cursor().shape() is Qt.CursorShape.ClosedHandCursor
    hand.point("move", 270, 180, Qt.MouseButton.MiddleButton)
    hand.point("release", 270, 180, Qt.MouseButton.MiddleButton)

    assert viewer.visible_rect() == before.translated(30, 20)
    qtbot.keyPress(canvas, Qt.Key.Key_Space)
    assert canvas.cursor().shape() is Qt.CursorShape.OpenHandCursor
    qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_trackpad_pans_when_scrolled_and_zooms_when_pinched(viewer, hand):
    hand.open_noise(900, 1400)
    viewer.actual_size()
    before = viewer.visible_rect()
    canvas, at = viewer.canvas, QPoint(300, 200)

    hand.scroll(at, QPoint(-12, 7))
    assert viewer.visible_rect() == before.translated(12, -7)

    place = canvas.stage.viewport.drawn.to_image(300, 200)
    pinch = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        QPointF(at),
        QPointF(at),
        QPointF(canvas.mapToGlobal(at)),
        0.5,
        QPointF(),
    )
    QApplication.sendEvent(canvas, pinch)
    assert viewer.zoom == pytest.approx(1.5)
    assert canvas.stage.viewport.drawn.to_image(300, 200) == pytest.approx(place, abs=1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (2, 2500)])
def test_odd_shapes_are_shown_when_opened_and_zoomed(viewer, session, hand, shape):
    hand.open_noise(*shape)
    hand.propose(np.zeros(shape, np.uint8), np.zeros(shape, np.uint8))
    for scale in (None, 0.5, 1.0, 64.0):
        if scale:
            hand.zoom_to(scale)
        for compare in Compare:
            session.update_view(compare=compare, other=Layer.CONFIDENCE)
            assert hand.grabbed().shape == (480, 640, 3)


def test_arrows_pan_and_plus_zooms_when_the_canvas_has_the_focus(qtbot, viewer, hand):
    hand.open_noise(900, 2400)
    viewer.actual_size()
    before = viewer.visible_rect()

    qtbot.keyPress(viewer.canvas, Qt.Key.Key_Right)
    assert viewer.visible_rect() == before.translated(64, 0)
    qtbot.keyPress(viewer.canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert viewer.visible_rect() == before.translated(64 - 576, 0)

    with qtbot.waitSignal(viewer.zoom_changed) as zoomed:
        qtbot.keyPress(viewer.canvas, Qt.Key.Key_Plus)
    assert zoomed.args == [1.25]


def test_pixel_grid_appears_when_deep_and_wanted(session, hand):
    flat = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    hand.open(flat)
    hand.zoom_to(16.0)

    def lines() -> int:
        middle = hand.shown()[VIEW[1] // 2 + 3, 100:420, 0]
        return int((middle != 200).sum())

    assert lines() == 20
    hand.zoom_to(7.9)
    assert lines() == 0
    hand.zoom_to(16.0)
    session.update_view(pixel_grid=False)
    assert lines() == 0


def test_cursor_moved_tells_the_pixel_when_over_the_image(qtbot, viewer, hand):
    pixels = hand.open_noise()
    viewport = viewer.canvas.stage.viewport
    at = QPoint(*(round(part) for part in viewport.drawn.to_screen(12.5, 30.5)))

    with qtbot.waitSignal(viewer.cursor_moved) as moved:
        qtbot.mouseMove(viewer.canvas, at)

    (reading,) = moved.args
    assert (reading.x, reading.y) == (12, 30)
    assert reading.rgb == tuple(pixels[30, 12])
    assert reading.class_index is None
    with qtbot.waitSignal(viewer.cursor_moved) as moved:
        qtbot.mouseMove(viewer.canvas, QPoint(2, 2))
    assert moved.args == [None]


def test_images_can_be_swapped_when_their_arrays_are_gone(viewer, session, hand):
    for turn in range(12):
        height, width = 300 + 40 * (turn % 3), 500 - 30 * (turn % 4)
        hand.open_noise(height, width, seed=turn)
        hand.zoom_to((0.4, 1.0, 3.0)[turn % 3])
        viewer.canvas.repaint()
        gc.collect()
    last = hand.open_noise(300 + 40 * 2, 500 - 30 * 3, seed=11)
    hand.zoom_to(1.0)

    shown = hand.shown()

    left, top = (round(p) for p in viewer.canvas.stage.viewport.drawn.to_screen(0, 0))
    part = shown[max(0, top) : top + last.shape[0], max(0, left) : left + 200]
    np.testing.assert_array_equal(part, last[: part.shape[0], : part.shape[1]])
    session.set_image(None)
    assert not viewer.canvas.isVisible()


def test_view_stays_when_the_next_image_has_the_same_size(viewer, hand):
    hand.open_noise(900, 1400)
    viewer.actual_size()
    seen = viewer.visible_rect()

    hand.open_noise(900, 1400, seed=1)
    assert viewer.visible_rect() == seen

    hand.open_noise(901, 1400, seed=2)
    assert viewer.visible_rect().width() == 1400


def test_linked_panes_show_the_same_place_when_zoomed(viewer, session, hand):
    hand.open_noise(900, 1400)
    session.update_view(compare=Compare.LINKED)
    hand.zoom_to(1.0)
    stage = viewer.canvas.stage
    first, second = stage.sides

    (twin,) = stage.twins(first.rect.center().x(), 100)

    side, x, y = twin
    assert side is second
    assert stage.to_image(second, x, y) == stage.to_image(
        first, first.rect.center().x(), 100
    )
    shown = hand.shown()
    gap = first.clip.width()
    reach = 60
    middle = first.rect.center().x()
    np.testing.assert_array_equal(
        shown[:, middle - reach : middle + reach],
        shown[:, round(x) - reach : round(x) + reach],
    )
    assert second.clip.x() == gap + 2
    assert second.clip.width() == pytest.approx(0.42 * VIEW[0], abs=2)


def test_frame_of_the_keyboard_goes_when_the_canvas_is_clicked(qtbot, viewer, hand):
    hand.open_noise(100, 150)
    event = QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason)
    QApplication.sendEvent(viewer.canvas, event)
    framed = hand.grabbed()
    qtbot.mouseClick(viewer.canvas, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    clicked = hand.grabbed()
    assert (framed[240, 1] != clicked[240, 1]).any()
    assert (clicked[240, 1] == clicked[240, 5]).all()
