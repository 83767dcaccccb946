"""What tools show over the picture."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QApplication

from segdesk.app.tools.brush import BrushTool, EraserTool
from segdesk.app.tools.pointer import Key, Mod
from segdesk.app.tools.points import PolygonTool
from segdesk.app.tools.preview import Cursor, CursorKind, MaskPreview, Preview
from segdesk.app.tools.superpixel import SuperpixelTool
from segdesk.app.view_state import Compare
from segdesk.core.geometry import Rect

GREY = 120


@pytest.fixture
def journey(viewer, session, hand):
    """Show a grey picture with nothing labelled, at 200 %."""
    hand.open(np.full((500, 700, 3), GREY, np.uint8))
    made = hand.annotate(np.full((500, 700), 255, np.uint8))
    session.update_view(navigator=False, hidden=frozenset({255}))
    hand.zoom_to(2.0)
    return made


def changed(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    return (before.astype(int) != after).any(axis=2)


def leave(viewer) -> None:
    QApplication.sendEvent(viewer.canvas, QEvent(QEvent.Type.Leave))


def test_brush_is_a_ring_of_its_true_size_when_hovering(journey, viewer, hand):
    before = hand.grabbed()
    journey.use(BrushTool(), brush_size=50.0)
    hand.point("hover", 320, 240)
    shown = hand.grabbed()

    assert viewer.canvas.cursor().shape() is Qt.CursorShape.BlankCursor
    white = (shown == 255).all(axis=2)
    columns = np.flatnonzero(white[240])
    assert columns.min() == pytest.approx(320 - 50, abs=2)
    assert columns.max() == pytest.approx(320 + 50, abs=2)
    rows = np.flatnonzero(white[:, 320])
    assert rows.min() == pytest.approx(240 - 50, abs=2)
    inner = shown[240, 320 - 48].astype(int)
    assert inner[2] > inner[0] + 20, "the blue of its class, inside the white"

    leave(viewer)
    np.testing.assert_array_equal(hand.grabbed(), before)


def test_brush_is_a_cross_when_its_ring_would_be_tiny(journey, hand):
    before = hand.grabbed()
    journey.use(BrushTool(), brush_size=2.0)
    hand.point("hover", 320, 240)

    touched = changed(before, hand.grabbed())
    assert touched[240, 308:316].any()
    assert not touched[240, 319:321].any(), "its middle is free"


@pytest.mark.parametrize("size", [3.0, 60.0, 240.0])
def test_cursor_leaves_no_trace_when_it_moves(journey, viewer, hand, size):
    before = hand.grabbed()
    for tool in (BrushTool(), EraserTool()):
        journey.use(tool, brush_size=size)
        for place in ((100, 100), (131, 90), (400, 300), (320, 240)):
            hand.point("hover", *place)
            viewer.canvas.repaint()
    leave(viewer)

    np.testing.assert_array_equal(hand.grabbed(), before)


def test_shape_shows_points_and_lines_until_it_is_dropped(journey, viewer, hand):
    before = hand.grabbed()
    journey.use(PolygonTool())
    for place in ((200, 150), (400, 150), (400, 330)):
        hand.drag([place, place])
    hand.point("hover", 250, 300)
    shown = hand.grabbed()

    handle = shown[147:154, 397:404]
    assert (handle == 255).all()
    assert (shown[150, 240:360] > 200).all(), "the line between two points"
    assert (changed(before, shown)[151, 240:360]).all(), "its halo"
    assert not changed(before, shown)[156, 240:360].any()

    hand.point("hover", 201, 150)
    ring = hand.grabbed()
    np.testing.assert_allclose(ring[150, 200].astype(int), (61, 109, 250), atol=3)

    journey.key(Key.ESCAPE, Mod.NONE)
    leave(viewer)
    np.testing.assert_array_equal(hand.grabbed(), before)


def test_mask_is_filled_and_ringed_when_previewed(journey, viewer, hand):
    before = hand.grabbed()
    mask = np.ones((40, 60), np.uint8)
    mask[:, 30:] = 0
    rect = Rect(300, 200, 60, 40)
    preview = Preview(mask=MaskPreview(rect, mask, 2), cursor=Cursor(CursorKind.REGION))
    journey.previewed.emit(preview)
    shown = hand.grabbed().astype(int)

    wood = np.array((5, 196, 172))
    at = hand.pixel(315, 220)
    wanted = GREY * 0.55 + wood * 0.45
    np.testing.assert_allclose(shown[at.y(), at.x()], wanted, atol=2)
    left = hand.pixel(300, 220)
    assert (shown[left.y(), left.x()] == 255).all()
    outside = hand.pixel(345, 220)
    assert (shown[outside.y(), outside.x()] == GREY).all()
    assert viewer.canvas.cursor().shape() is Qt.CursorShape.ArrowCursor

    journey.previewed.emit(Preview())
    np.testing.assert_array_equal(hand.grabbed(), before)


def test_previews_show_in_both_panes_when_linked(journey, session, viewer, hand):
    session.update_view(compare=Compare.LINKED)
    before = hand.grabbed()
    mask = np.ones((10, 10), np.uint8)
    rect = Rect(345, 245, 10, 10)
    journey.previewed.emit(Preview(mask=MaskPreview(rect, mask, 2)))

    touched = changed(before, hand.grabbed())
    first, second = viewer.canvas.stage.sides
    for side in (first, second):
        x, y = viewer.canvas.stage.to_canvas(side, 350, 250)
        assert touched[round(y), round(x)]


def test_tag_names_the_class_when_picking(journey, viewer, hand):
    hand.point("hover", 320, 240)
    leave(viewer)
    before = hand.grabbed()
    cursor = Cursor(CursorKind.PICK, class_index=1)
    viewer.canvas.hand.point_at(QPointF(320, 240))
    journey.previewed.emit(Preview(cursor=cursor, tag="water"))

    touched = changed(before, hand.grabbed())
    assert touched[190:215, 300:360].mean() > 0.5
    journey.previewed.emit(Preview())
    assert viewer.canvas.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_superpixels_are_drawn_when_their_tool_is_chosen(journey, viewer, hand):
    leave(viewer)
    before = hand.grabbed()
    journey.use(SuperpixelTool(), superpixel_size=24)
    kind, event = journey.told[-1]
    assert kind == "hover"
    assert event.is_away
    journey.do_work()
    lines = changed(before, hand.grabbed())
    assert 0.03 < lines.mean() < 0.4
    journey.use(BrushTool())
    np.testing.assert_array_equal(hand.grabbed(), before)
