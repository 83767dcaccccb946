"""Scribbles over the picture, while their tool is in the hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from segdesk.app.signal import Signal
from segdesk.app.tools.brush import BrushTool
from segdesk.core.scribbles import Scribble
from segdesk.core.shapes import Point

GREY = 120


@pytest.fixture
def book(viewer, session, hand):
    """Show a grey picture at 200 % with one thin scribble."""
    hand.open(np.full((500, 700, 3), GREY, np.uint8))
    journey = hand.annotate(np.full((500, 700), 255, np.uint8))
    session.update_view(navigator=False, hidden=frozenset({255}))
    journey.use(BrushTool())
    hand.zoom_to(2.0)
    scribble = Scribble(1, 5.0, (Point(300, 250), Point(400, 250)))
    made = SimpleNamespace(scribbles=(scribble,), is_shown=True, inked=Signal())
    viewer.show_scribbles(made)
    return made


def middle(viewer, picture):
    """Return the rows of a picture across the middle of the scribble."""
    stage = viewer.canvas.stage
    x, y = stage.to_canvas(stage.sides[0], 350, 250)
    return picture[round(y) - 12 : round(y) + 12, round(x)]


def test_scribble_is_drawn_in_its_colour_when_it_is_shown(book, viewer, hand):
    shown = middle(viewer, hand.grabbed())
    colour = np.array(viewer.canvas.stage.scene.colour_of(1))
    inked = (np.abs(shown.astype(int) - colour) < 8).all(axis=1)
    assert inked.sum() == pytest.approx(10, abs=2)
    assert (shown[[0, -1]] == GREY).all()
    dark = shown.sum(axis=1) < 3 * GREY - 60
    assert dark.any(), "a rim keeps it apart from the overlay"


def test_scribble_goes_when_it_is_erased_or_put_away(book, viewer, hand):
    book.is_shown = False
    book.inked.emit(None)
    assert (middle(viewer, hand.grabbed()) == GREY).all()
    book.is_shown = True
    kept, book.scribbles = book.scribbles, ()
    book.inked.emit(kept[0].rect)
    assert (middle(viewer, hand.grabbed()) == GREY).all()
