"""The user's own labels on the picture, and what is proposed over them."""

import numpy as np
import pytest

from segdesk.app.tools.options import BrushShape, ToolOptions
from segdesk.app.view_state import Compare, Layer, OverlayLook
from segdesk.core.geometry import Rect

WIDTH, HEIGHT = 60, 40
GREY = 120
ROAD, WATER, WOOD = (
    np.array(rgb) for rgb in ((160, 97, 146), (61, 109, 250), (5, 196, 172))
)


@pytest.fixture
def journey(viewer, session, hand):
    """Show a grey picture of which the left half is road, the rest unlabelled."""
    hand.open(np.full((HEIGHT, WIDTH, 3), GREY, np.uint8))
    labels = np.full((HEIGHT, WIDTH), 255, np.uint8)
    labels[:, :30] = 0
    journey = hand.annotate(labels)
    session.update_view(
        pixel_grid=False, navigator=False, opacity=0.45, hidden=frozenset({255})
    )
    hand.zoom_to(10.0)
    return journey


def blend(colour: np.ndarray, opacity: float) -> np.ndarray:
    return GREY * (1 - opacity) + colour * opacity


def assert_close(found: np.ndarray, wanted: np.ndarray) -> None:
    np.testing.assert_allclose(found, wanted, atol=2)


def test_labels_are_solid_when_drawn(journey, hand):
    journey.paint(30, 0, 10, HEIGHT, 1)

    shown = hand.shown().astype(int)

    assert_close(hand.colour(10, 20), blend(ROAD, 0.45))
    assert_close(hand.colour(35, 20), blend(WATER, 0.45))
    row, border = hand.pixel(0, 20).y(), hand.pixel(30, 20).x() - 4
    line = shown[row, border - 3 : border + 4]
    road, water = blend(ROAD, 0.9), blend(WATER, 0.9)
    assert_close(line[2], road)
    assert_close(line[3], water)
    assert_close(line[1], blend(ROAD, 0.45))
    assert_close(line[4], blend(WATER, 0.45))


def test_ignored_pixels_are_hatched_when_wanted(journey, session, hand):
    assert_close(hand.colour(50, 20), np.full(3, GREY))
    session.update_view(hidden=frozenset())

    part = hand.shown()[100:300, hand.pixel(40, 0).x() : hand.pixel(58, 0).x()]

    values, counts = np.unique(part[..., 0], return_counts=True)
    assert len(values) == 2
    assert counts.max() / part[..., 0].size == pytest.approx(0.7, abs=0.03)


def test_proposal_shows_only_what_is_not_yet_said_when_over_labels(
    journey, session, hand
):
    proposed = np.zeros((HEIGHT, WIDTH), np.uint8)
    proposed[20:] = 1
    hand.propose(proposed)

    assert_close(hand.colour(10, 10), blend(ROAD, 0.45))  # the same: the user's
    assert_close(hand.colour(10, 30), blend(ROAD, 0.45))  # another: contour only
    assert_close(hand.colour(50, 10), blend(ROAD, 0.30))  # unlabelled: proposed
    assert_close(hand.colour(50, 30), blend(WATER, 0.30))

    session.update_view(
        compare=Compare.SPLIT, split=0.02, other=Layer.LABELS, main=Layer.PROPOSAL
    )
    assert_close(hand.colour(10, 30), blend(WATER, 0.45))  # each alone


def test_hatching_stays_in_sight_when_a_proposal_lies_over_it(journey, session, hand):
    session.update_view(hidden=frozenset())
    hand.propose(np.ones((HEIGHT, WIDTH), np.uint8))
    part = hand.shown()[100:300, hand.pixel(40, 0).x() : hand.pixel(58, 0).x()]
    values, counts = np.unique(part[..., 0], return_counts=True)
    assert len(values) == 2
    assert counts.max() / part[..., 0].size == pytest.approx(0.7, abs=0.03)


def test_solo_dims_once_and_only_the_rest_when_a_proposal_is_over_labels(
    journey, session, hand
):
    journey.paint(30, 0, 10, 20, 1)
    proposed = np.zeros((HEIGHT, WIDTH), np.uint8)
    proposed[20:] = 1
    session.update_view(solo=1)
    hand.propose(proposed)

    dimmed = np.full(3, GREY * 0.55)
    assert_close(hand.colour(35, 8), blend(WATER, 0.45))  # the user's water
    assert_close(hand.colour(50, 30), blend(WATER, 0.30))  # proposed
    assert_close(hand.colour(10, 10), dimmed)  # road
    assert_close(hand.colour(50, 10), dimmed)  # proposed to be road

    journey.paint(44, 0, 10, 14, 1)
    assert_close(hand.colour(49, 7), blend(WATER, 0.45))


@pytest.mark.parametrize("scale", [0.37, 1.0, 2.6])
@pytest.mark.parametrize("look", list(OverlayLook))
@pytest.mark.parametrize("proposed", [False, True])
def test_painted_parts_equal_a_fresh_picture_when_dabbed(
    session, hand, scale, look, proposed
):
    random = np.random.default_rng(5)
    hand.open_noise(700, 900)
    blocks = random.choice([0, 1, 2, 255], (7, 9)).astype(np.uint8)
    labels = np.kron(blocks, np.ones((100, 100), np.uint8))
    journey = hand.annotate(labels)
    if proposed:
        hand.propose(np.roll(labels % 3, 40, axis=1))
    session.update_view(look=look, hidden=frozenset({2}), navigator=False)
    hand.zoom_to(scale)
    hand.shown()

    for _ in range(6):
        x, y = random.integers(0, 800), random.integers(0, 600)
        wide, high = random.integers(1, 300, 2)
        value = int(random.choice([0, 1, 2, 255]))
        rect = Rect(int(x), int(y), int(wide), int(high)).within(journey.document.size)
        journey.paint(*rect, value)
        shown = hand.shown()

    np.testing.assert_array_equal(shown, hand.fresh())


def test_stroke_is_drawn_when_classes_are_hidden_before_it_was_painted(
    journey, session, hand
):
    hand.shown()
    journey.paint(5, 5, 10, 10, 1)
    session.update_view(hidden=frozenset({2}))

    assert_close(hand.colour(10, 10), blend(WATER, 0.45))


@pytest.mark.parametrize("brush", [1.0, 9.0, 40.0])
def test_screen_shows_the_stroke_when_only_its_part_is_repainted(
    journey, session, hand, brush
):
    journey.choose(options=ToolOptions(brush_size=brush))
    for way in ([(400, 200), (430, 260), (460, 330)], [(380, 340), (410, 180)]):
        hand.screen()
        hand.drag(way)
    hand.viewer.canvas.hand.point_at(None)

    repainted = hand.screen()
    session.update_view(opacity=0.46)
    session.update_view(opacity=0.45)  # nothing that was kept is of use

    np.testing.assert_array_equal(repainted, hand.screen())
    assert (journey.document.labels == 1).any()


@pytest.mark.parametrize("square", [False, True])
@pytest.mark.parametrize("brush", [9, 300, 640, 5000])
def test_ring_leaves_no_trace_when_the_cursor_moves(journey, hand, brush, square):
    shape = BrushShape.SQUARE if square else BrushShape.ROUND
    hand.zoom_to(1.0)
    hand.viewer.canvas.update()
    journey.choose(options=ToolOptions(brush_size=float(brush), brush_shape=shape))
    before = hand.screen()
    for x, y in ((300, 200), (412.6, 233.3), (90, 300)):
        hand.point("hover", x, y)
        hand.screen()
    hand.viewer.canvas.hand.point_at(None)

    np.testing.assert_array_equal(before, hand.screen())


def test_reading_names_the_users_class_when_labelled(journey, hand, qtbot):
    hand.propose(np.full((HEIGHT, WIDTH), 2, np.uint8))

    with qtbot.waitSignal(hand.viewer.cursor_moved) as moved:
        hand.point("hover", *hand.pixel(10, 20).toTuple())
    assert moved.args[0].class_index == 0
    with qtbot.waitSignal(hand.viewer.cursor_moved) as moved:
        hand.point("hover", *hand.pixel(50, 20).toTuple())
    assert moved.args[0].class_index == 2


def test_class_under_the_cursor_is_told_anew_when_it_is_painted(journey, hand, qtbot):
    with qtbot.waitSignal(hand.viewer.cursor_moved) as moved:
        hand.point("hover", *hand.pixel(10, 10).toTuple())
    assert moved.args[0].class_index == 0
    with qtbot.waitSignal(hand.viewer.cursor_moved) as moved:
        journey.paint(5, 5, 10, 10, 2)
    assert moved.args[0].class_index == 2


def test_labels_go_when_the_annotation_is_closed(journey, hand):
    journey.document = None
    journey.history_changed.emit()

    assert_close(hand.colour(10, 20), np.full(3, GREY))
    assert not hand.viewer.canvas.hand.pen.is_active


def test_accepted_region_turns_solid_in_steps_when_motion_is_not_reduced(
    journey, hand, qtbot
):
    fade = hand.viewer.canvas.hand._fade
    journey.paint(30, 0, 5, 5, 1)
    assert not fade.is_running, "by hand"

    journey.accept(Rect(30, 10, 20, 20), 1)
    assert fade.is_running
    qtbot.waitUntil(lambda: not fade.is_running, timeout=2000)
    assert_close(hand.colour(40, 20), blend(WATER, 0.45))

    hand.settings.update(reduce_motion=True)
    journey.accept(Rect(50, 10, 5, 5), 1)
    assert not fade.is_running
