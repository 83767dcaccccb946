"""A moved view looks as if all of it had been drawn anew."""

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from segdesk.app.view_state import OverlayLook


def blobs(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    coarse = rng.integers(0, 3, (height // 10, width // 10), dtype=np.uint8)
    return np.kron(coarse, np.ones((10, 10), np.uint8))


@pytest.mark.parametrize("look", OverlayLook)
@pytest.mark.parametrize("scale", [0.7, 1.0, 3.3])
@pytest.mark.parametrize("are_labelled", [False, True])
def test_overlay_is_as_drawn_anew_when_the_view_is_moved(
    viewer, session, hand, look, scale, are_labelled
):
    rng = np.random.default_rng(5)
    hand.open(np.full((600, 900, 3), 120, np.uint8))
    if are_labelled:
        hand.annotate(blobs(rng, 600, 900))
    confidence = rng.integers(0, 256, (600, 900), dtype=np.uint8)
    hand.propose(blobs(rng, 600, 900), confidence)
    session.update_view(look=look, min_confidence=0.2, pixel_grid=False)
    hand.zoom_to(scale)
    canvas = viewer.canvas
    hand.shown()
    for x, y in ((300, 250), (309, 250), (309, 233), (318, 241), (20, 30), (25, 26)):
        canvas.centre_on(x, y)
        QApplication.processEvents()
        np.testing.assert_array_equal(hand.shown(), hand.fresh())


def test_overlay_is_as_drawn_anew_when_it_is_painted_and_moved_at_once(viewer, hand):
    rng = np.random.default_rng(6)
    hand.open_noise(600, 900)
    journey = hand.annotate(blobs(rng, 600, 900))
    hand.propose(blobs(rng, 600, 900))
    hand.zoom_to(1.0)
    hand.shown()
    for step in range(3):
        journey.paint(300 + 20 * step, 240, 15, 12, 1)
        viewer.canvas.centre_on(300 + 7 * step, 250)
        np.testing.assert_array_equal(hand.shown(), hand.fresh())
        viewer.canvas.centre_on(300 + 7 * step, 255)
        journey.paint(310, 200 + 20 * step, 15, 12, 2)
        np.testing.assert_array_equal(hand.shown(), hand.fresh())
