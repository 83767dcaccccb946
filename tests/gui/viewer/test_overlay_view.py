"""What the model says, on the picture."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from segdesk.app.keys.keymap import Keymap
from segdesk.app.view_state import Compare, Layer, OverlayLook
from segdesk.core.heat import heat_table
from segdesk.gui.viewer.canvas_keys import HeldKeys

pytestmark = pytest.mark.usefixtures("scene")

WIDTH, HEIGHT = 60, 40
GREY = 120
ROAD, WATER, WOOD = (
    np.array(rgb) for rgb in ((160, 97, 146), (61, 109, 250), (5, 196, 172))
)


def labels_in_thirds() -> np.ndarray:
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[:, 20:40] = 1
    labels[:, 40:] = 2
    return labels


@pytest.fixture
def scene(viewer, session, hand):
    """Show a grey picture with three upright classes, each pixel 10 px wide."""
    hand.open(np.full((HEIGHT, WIDTH, 3), GREY, np.uint8))
    confidence = np.full((HEIGHT, WIDTH), 255, np.uint8)
    confidence[:, 30:] = 102
    hand.propose(labels_in_thirds(), confidence)
    session.update_view(pixel_grid=False, navigator=False, opacity=0.5)
    hand.zoom_to(10.0)
    return viewer


def blend(colour: np.ndarray, opacity: float) -> np.ndarray:
    return GREY * (1 - opacity) + colour * opacity


def assert_close(found: np.ndarray, wanted: np.ndarray) -> None:
    np.testing.assert_allclose(found, wanted, atol=2)


def test_fill_is_the_blend_of_picture_and_class_when_opacity_changes(session, hand):
    assert_close(hand.colour(25, 20), blend(WATER, 0.5))
    session.update_view(opacity=0.2)
    assert_close(hand.colour(25, 20), blend(WATER, 0.2))
    session.recolour(1, "#FF0000")
    assert_close(hand.colour(25, 20), blend(np.array([255, 0, 0]), 0.2))


def test_classes_disappear_when_hidden_and_the_rest_dims_when_solo(session, hand):
    session.update_view(hidden=frozenset({1}))
    assert_close(hand.colour(25, 20), np.full(3, GREY))
    assert_close(hand.colour(10, 20), blend(ROAD, 0.5))

    session.update_view(solo=2)
    assert_close(hand.colour(50, 20), blend(WOOD, 0.5))
    assert_close(hand.colour(10, 20), np.full(3, GREY * 0.55))


def test_contour_follows_the_look_when_switched(scene, session, hand):
    session.update_view(hidden=frozenset({0, 2}), opacity=0.0)

    def inked() -> np.ndarray:
        return (np.abs(hand.shown().astype(int) - GREY) > 8).any(axis=2)

    def columns(mask: np.ndarray) -> set[int]:
        inside = mask[hand.pixel(0, 5).y() : hand.pixel(0, 35).y()]
        return set(np.flatnonzero(inside.any(axis=0)))

    transform = scene.canvas.stage.viewport.drawn
    left, right = (round(transform.to_screen(x, 0)[0]) for x in (20, 40))
    picture = set(range(hand.pixel(1, 0).x(), hand.pixel(59, 0).x()))
    halo = {left - 1, left, left + 1, right - 2, right - 1, right}
    assert columns(inked()) & picture == halo
    session.update_view(look=OverlayLook.FILL)
    assert not columns(inked()) & picture


def test_unsure_pixels_disappear_when_a_minimum_is_set(session, hand):
    session.update_view(min_confidence=0.5)

    assert_close(hand.colour(25, 20), blend(WATER, 0.5))
    assert_close(hand.colour(35, 20), np.full(3, GREY))


def test_overlay_hides_when_h_is_held_or_switched_off(qtbot, scene, session, hand):
    scene.canvas.setFocus()
    qtbot.keyPress(scene.canvas, Qt.Key.Key_H)
    assert_close(hand.colour(25, 20), np.full(3, GREY))
    assert session.view.overlay_visible
    qtbot.keyRelease(scene.canvas, Qt.Key.Key_H)
    assert_close(hand.colour(25, 20), blend(WATER, 0.5))

    session.update_view(overlay_visible=False)
    assert_close(hand.colour(25, 20), np.full(3, GREY))


def test_overlay_hides_by_the_key_that_the_user_chose(qtbot, scene, hand):
    keymap = Keymap((), {"view.hide_held": ("J",)})
    scene.canvas.held = HeldKeys.of(keymap)
    scene.canvas.setFocus()
    qtbot.keyPress(scene.canvas, Qt.Key.Key_H)
    assert_close(hand.colour(25, 20), blend(WATER, 0.5))
    qtbot.keyPress(scene.canvas, Qt.Key.Key_J)
    assert_close(hand.colour(25, 20), np.full(3, GREY))
    qtbot.keyRelease(scene.canvas, Qt.Key.Key_J)
    assert_close(hand.colour(25, 20), blend(WATER, 0.5))


def test_split_shows_the_image_on_one_side_when_moved(qtbot, scene, session, hand):
    session.update_view(compare=Compare.SPLIT, split=0.5)
    assert_close(hand.colour(22, 20), np.full(3, GREY))
    assert_close(hand.colour(36, 20), blend(WATER, 0.5))

    handle = scene._hud.handle
    qtbot.keyPress(handle, Qt.Key.Key_PageUp)
    qtbot.keyPress(handle, Qt.Key.Key_Left)
    assert session.view.split == pytest.approx(0.59)
    qtbot.keyPress(handle, Qt.Key.Key_Home)
    assert session.view.split == pytest.approx(0.02)
    assert_close(hand.colour(22, 20), blend(WATER, 0.5))


def test_confidence_is_a_heat_map_over_dark_grey_when_chosen(session, hand):
    session.update_view(main=Layer.CONFIDENCE)

    table = heat_table()
    for column, value in ((10, 255), (50, 102)):
        heat = np.array([(table[value] >> shift) & 255 for shift in (16, 8, 0)])
        wanted = np.minimum(255, heat + round(GREY * 0.14))
        assert_close(hand.colour(column, 20), wanted)

    session.update_view(overlay_visible=False)
    assert_close(hand.colour(10, 20), np.full(3, GREY))


def test_prediction_of_another_size_is_not_drawn_when_it_comes_late(hand):
    hand.propose(np.ones((HEIGHT, WIDTH - 1), np.uint8))

    assert_close(hand.colour(25, 20), np.full(3, GREY))


def test_reading_names_class_and_confidence_when_proposed(qtbot, scene, hand):
    with qtbot.waitSignal(scene.cursor_moved) as moved:
        qtbot.mouseMove(scene.canvas, hand.pixel(50, 20))

    (reading,) = moved.args
    assert reading.class_index == 2
    assert reading.confidence == pytest.approx(0.4)
