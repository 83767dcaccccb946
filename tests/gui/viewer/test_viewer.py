"""What lies on the canvas, files dropped on it, and the empty viewer."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, QRectF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QPushButton

from segdesk.app.view_state import Compare, Layer
from segdesk.core.geometry import Rect
from segdesk.gui import theme
from segdesk.gui.components import Menu
from segdesk.gui.viewer.navigator import Navigator

WIDTH, HEIGHT = 60, 40


def files(*names: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(f"/pictures/{name}") for name in names])
    return data


def enter(viewer, data: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(
        QPoint(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    viewer.dragEnterEvent(event)
    return event


def test_empty_viewer_offers_commands_when_there_is_no_image(qtbot, viewer, context):
    assert viewer.zoom == 0.0
    buttons = [
        button for button in viewer.findChildren(QPushButton) if button.isVisible()
    ]

    for button in buttons:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert context.ran == ["file.open_folder", "file.open_files", "file.open_sample"]
    assert all(button.accessibleName() for button in buttons)


def test_files_dropped_carries_paths_when_files_are_dropped(qtbot, viewer):
    data = files("a b.png", "Größe.jpg")
    assert enter(viewer, data).isAccepted()

    with qtbot.waitSignal(viewer.files_dropped) as dropped:
        viewer.dropEvent(
            QDropEvent(
                QPointF(50, 50),
                Qt.DropAction.CopyAction,
                data,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            )
        )

    assert dropped.args == [[Path("/pictures/a b.png"), Path("/pictures/Größe.jpg")]]


def test_drop_target_is_shown_when_files_are_over_the_viewer(viewer, hand):
    before = hand.grabbed()
    enter(viewer, files("a.png"))
    lit = hand.grabbed()
    assert (lit != before).any()

    hand.open_noise()
    before = hand.grabbed()
    enter(viewer, files("a.png"))
    assert (hand.grabbed() != before).mean() > 0.5
    text = QMimeData()
    text.setText("not a file")
    event = enter(viewer, text)
    assert not event.isAccepted() or not text.hasUrls()


def test_navigator_moves_the_view_when_dragged(qtbot, viewer, session, hand):
    hand.open_noise(900, 1400)
    navigator = viewer._hud.navigator
    assert not navigator.isVisible(), "the whole image is in view"
    viewer.actual_size()
    assert navigator.isVisible()
    assert viewer.canvas.width() - navigator.geometry().right() - 1 == 12

    qtbot.mousePress(navigator, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert viewer.visible_rect().topLeft().toTuple() == (0, 0)
    qtbot.mouseMove(navigator, QPoint(4 + 75, 4 + 48))
    centre = viewer.visible_rect().center()
    assert centre.x() == pytest.approx(700, abs=8)
    assert centre.y() == pytest.approx(450, abs=8)
    session.update_view(navigator=False)
    assert not navigator.isVisible()


def test_view_pans_to_a_part_when_it_lies_outside(viewer, hand):
    hand.open_noise(900, 1400)
    viewer.actual_size()
    seen, zoom = viewer.visible_rect(), viewer.zoom
    part = Rect(int(seen.left()) + 20, int(seen.top()) + 20, 40, 40)
    viewer.reveal(part)
    assert viewer.visible_rect() == seen
    viewer.reveal(Rect(1, 1, 40, 40))
    assert viewer.visible_rect().contains(QRectF(1, 1, 40, 40))
    assert viewer.zoom == zoom


def test_tags_say_what_the_sides_show_when_split(qtbot, viewer, session, hand):
    hand.open_noise()
    hand.propose(np.zeros((HEIGHT, WIDTH), np.uint8))
    hud = viewer._hud
    assert not hud.main_tag.isVisible()

    session.update_view(compare=Compare.SPLIT, split=0.4)

    assert hud.other_tag.x() == 12
    assert hud.main_tag.x() == round(0.4 * viewer.width()) + 12
    assert hud.main_tag.accessibleName() == "Right side: Proposal"
    qtbot.mouseClick(hud.main_tag, Qt.MouseButton.LeftButton)
    menu = hud.main_tag.findChild(Menu)
    action = next(a for a in menu.actions() if a.text() == "Image")
    action.trigger()
    menu.close()
    assert session.view.main is Layer.IMAGE
    assert hud.main_tag.accessibleName() == "Right side: Image"


def test_scale_is_shown_when_a_side_shows_confidence(viewer, session, hand):
    hand.open_noise()
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    session.update_view(main=Layer.CONFIDENCE)
    hand.propose(labels)
    assert not viewer._hud.scale.isVisible(), "no confidence is known"

    hand.propose(labels, labels)

    scale = viewer._hud.scale
    assert scale.isVisible()
    assert scale.geometry().right() == viewer.width() - 13


def test_handle_follows_the_mouse_when_dragged(qtbot, viewer, session, hand):
    hand.open_noise()
    session.update_view(compare=Compare.SPLIT, split=0.5)
    handle = viewer._hud.handle
    middle = QPoint(handle.width() // 2, handle.height() // 2)

    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(handle, middle + QPoint(-64, 0))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle)

    assert session.view.split == pytest.approx(0.4, abs=0.01)
    assert handle.geometry().center().x() == pytest.approx(0.4 * 640, abs=2)
    qtbot.mouseDClick(handle, Qt.MouseButton.LeftButton, pos=middle)
    assert session.view.split == 0.5


def test_wheel_steps_the_opacity_when_ctrl_and_shift_are_held(viewer, context, hand):
    hand.open_noise()
    zoom = viewer.zoom
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier

    hand.turn_wheel(QPoint(100, 100), 1, keys)
    hand.turn_wheel(QPoint(100, 100), -2, keys)

    assert context.ran == ["view.opacity_up", "view.opacity_down", "view.opacity_down"]
    assert viewer.zoom == zoom


def test_copy_view_puts_the_picture_on_the_clipboard_when_asked(viewer, hand):
    hand.open_noise()

    viewer.copy_view()

    copied = QGuiApplication.clipboard().image()
    np.testing.assert_array_equal(hand.rgb(copied), hand.shown())


def test_ground_follows_the_theme_when_it_is_switched(viewer, hand):
    hand.open_noise()
    try:
        for name in ("light", "dark"):
            theme.active().set_name(name)
            ground = theme.color("canvas")
            corner = viewer.grab().toImage().pixelColor(5, 5)
            assert corner == ground
    finally:
        theme.active().set_name("dark")


def test_canvas_is_described_when_an_image_is_open(viewer, hand):
    hand.open_noise()

    assert viewer.canvas.accessibleDescription() == f"a.png, {WIDTH} × {HEIGHT} px"
    assert viewer.focusProxy() is viewer.canvas


def test_picture_and_navigator_lie_clear_of_a_card_when_told(viewer, hand):
    hand.open_noise(900, 1400)
    card = QRect(0, viewer.height() - 66, viewer.width(), 48)
    viewer.keep_clear(card)
    whole = viewer.canvas.stage.viewport
    lowest = whole.drawn.to_screen(1400, 900)[1] / viewer.canvas.stage.ratio
    assert lowest <= card.top()

    viewer.actual_size()
    navigator = viewer.findChild(Navigator)
    assert navigator.isVisible()
    assert not navigator.geometry().intersects(card)
