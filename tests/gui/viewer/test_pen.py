"""Mouse, pen and keys on their way to the tool."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QKeyEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from segdesk.app.tools.brush import BrushTool
from segdesk.app.tools.pan import PanTool
from segdesk.app.tools.pick import PickTool
from segdesk.app.tools.pointer import Button, Key, Mod
from segdesk.app.tools.points import PolygonTool

RIGHT, MIDDLE = Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def journey(viewer, hand):
    """Open an annotation at 200 %, the brush active."""
    import numpy as np

    hand.open_noise(900, 1400)
    made = hand.annotate(np.full((900, 1400), 255, np.uint8))
    hand.zoom_to(2.0)
    made.told.clear()
    return made


def told(journey, *kinds: str):
    return [given for kind, given in journey.told if kind in kinds]


def test_tool_gets_image_places_in_order_when_dragged(journey, viewer, hand):
    way = [(300, 200), (310, 205), (330, 240), (700, 500)]
    hand.drag(way, keys=SHIFT)

    kinds = [kind for kind, _ in journey.told]
    assert kinds == ["press", "move", "move", "move", "release"]
    transform = viewer.canvas.stage.viewport.drawn
    for event, place in zip(told(journey, "press", "move"), way, strict=True):
        assert (event.x, event.y) == pytest.approx(transform.to_image(*place))
        assert event.button is Button.LEFT
        assert event.modifiers is Mod.SHIFT
        assert event.pixel == 0.5
        assert event.pressure == 1.0


def test_tool_gets_right_button_and_double_click_when_used(journey, hand):
    hand.drag([(300, 200), (310, 200)], RIGHT)
    hand.point("twice", 310, 200)

    presses = told(journey, "press")
    assert [event.button for event in presses] == [Button.RIGHT, Button.LEFT]
    assert [event.clicks for event in presses] == [1, 2]
    assert presses[0].erases


def test_second_button_is_left_alone_when_one_is_down(journey, hand):
    hand.point("press", 300, 200)
    hand.point("press", 300, 200, RIGHT)
    hand.point("release", 300, 200, RIGHT)
    hand.point("release", 300, 200)

    assert [kind for kind, _ in journey.told] == ["press", "release"]


def test_picture_is_panned_when_middle_space_or_hand_drags(
    qtbot, journey, viewer, hand
):
    way = [(300, 200), (270, 180)]
    before = viewer.visible_rect()
    hand.drag(way, MIDDLE)
    assert viewer.visible_rect() == before.translated(15, 10)

    qtbot.keyPress(viewer.canvas, Qt.Key.Key_Space)
    hand.drag(way)
    qtbot.keyRelease(viewer.canvas, Qt.Key.Key_Space)
    assert viewer.visible_rect() == before.translated(30, 20)
    assert not told(journey, "press")

    journey.use(PanTool())
    assert viewer.canvas.cursor().shape() is Qt.CursorShape.OpenHandCursor
    hand.drag(way)
    assert viewer.visible_rect() == before.translated(45, 30)

    journey.use(BrushTool())
    hand.drag(way)
    assert viewer.visible_rect() == before.translated(45, 30)
    assert len(told(journey, "press")) == 1


def test_wheel_sizes_the_tool_when_ctrl_or_alt_is_held(journey, viewer, hand):
    zoom, at = viewer.zoom, QPoint(300, 200)
    journey.use(BrushTool(), brush_size=80.0)

    hand.turn_wheel(at, 1, CTRL)
    assert journey.choices.options.brush_size == 90
    hand.turn_wheel(at, -1, ALT)
    assert journey.choices.options.brush_size == 80
    hand.turn_wheel(at, 3, ALT | SHIFT)
    assert journey.choices.options.brush_size == 83
    assert viewer.zoom == zoom

    journey.use(PickTool())
    hand.turn_wheel(at, 1, CTRL)
    assert viewer.zoom == zoom * 1.25


def is_claimed(viewer, key: Qt.Key, keys=Qt.KeyboardModifier.NoModifier) -> bool:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, keys)
    event.ignore()
    QApplication.sendEvent(viewer.canvas, event)
    return event.isAccepted()


def test_keys_are_the_tools_first_when_a_shape_is_open(qtbot, journey, viewer, hand):
    journey.use(PolygonTool())
    keys = (Qt.Key.Key_Return, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
    assert not any(is_claimed(viewer, key) for key in keys)
    assert not is_claimed(viewer, Qt.Key.Key_Z, CTRL)
    assert is_claimed(viewer, Qt.Key.Key_Alt, ALT), "it erases, it opens no menu"

    for place in ((300, 200), (360, 200), (330, 260)):
        hand.drag([place, place])
    assert all(is_claimed(viewer, key) for key in keys)
    assert is_claimed(viewer, Qt.Key.Key_Z, CTRL)
    assert not is_claimed(viewer, Qt.Key.Key_Z)

    qtbot.keyPress(viewer.canvas, Qt.Key.Key_Z, CTRL)
    hand.drag([(330, 260), (330, 260)])
    qtbot.keyPress(viewer.canvas, Qt.Key.Key_Return)
    assert told(journey, "key") == [Key.UNDO, Key.ENTER]
    assert (journey.document.labels == 1).any()
    assert not any(is_claimed(viewer, key) for key in keys)


def test_stroke_is_dropped_when_escape_comes_before_release(
    qtbot, journey, viewer, hand
):
    hand.point("press", 300, 200)
    hand.point("move", 400, 200)
    assert (journey.document.labels == 1).any()
    assert is_claimed(viewer, Qt.Key.Key_Escape)

    qtbot.keyPress(viewer.canvas, Qt.Key.Key_Escape)
    hand.point("release", 400, 200)

    assert (journey.document.labels == 255).all()
    assert len(journey.document.history) == 0


def pen_event(kind: QEvent.Type, viewer, at: QPointF, pressure: float, tip):
    device = QPointingDevice(
        "pen",
        1,
        QInputDevice.DeviceType.Stylus,
        tip,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        3,
    )
    down = kind is not QEvent.Type.TabletRelease
    button = Qt.MouseButton.LeftButton
    event = QTabletEvent(
        kind,
        device,
        at,
        QPointF(viewer.canvas.mapToGlobal(at)),
        pressure,
        0,
        0,
        0,
        0,
        0,
        Qt.KeyboardModifier.NoModifier,
        Qt.MouseButton.NoButton if kind is QEvent.Type.TabletMove else button,
        button if down else Qt.MouseButton.NoButton,
    )
    QApplication.sendEvent(viewer.canvas, event)
    return event.isAccepted(), device


@pytest.mark.parametrize(
    ("tip", "button"),
    [
        (QPointingDevice.PointerType.Pen, Button.LEFT),
        (QPointingDevice.PointerType.Eraser, Button.RIGHT),
    ],
)
def test_tool_gets_pressure_when_a_pen_draws(journey, viewer, tip, button):
    at, moved = QPointF(300, 200), QPointF(310.5, 207.25)
    devices = [
        pen_event(QEvent.Type.TabletPress, viewer, at, 0.2, tip),
        pen_event(QEvent.Type.TabletMove, viewer, moved, 0.7, tip),
        pen_event(QEvent.Type.TabletRelease, viewer, moved, 0.0, tip),
    ]

    assert all(accepted for accepted, _ in devices)
    assert [kind for kind, _ in journey.told] == ["press", "move", "release"]
    assert [event.pressure for event in told(journey, "press", "move")] == [0.2, 0.7]
    assert {event.button for event in told(journey, "press", "move")} == {button}
    move = told(journey, "move")[0]
    transform = viewer.canvas.stage.viewport.drawn
    assert (move.x, move.y) == pytest.approx(transform.to_image(310.5, 207.25))


def test_work_is_announced_when_it_takes_long_and_escape_ends_it(
    qtbot, journey, viewer
):
    busy = viewer._hud.busy
    journey.worked.emit("Cutting out")
    assert not busy.isVisible()
    qtbot.waitUntil(busy.isVisible, timeout=2000)
    assert busy.accessibleName() == "Cutting out…"

    qtbot.keyPress(viewer.canvas, Qt.Key.Key_Escape)
    assert told(journey, "abort") == [None]
    journey.worked.emit("")
    assert not busy.isVisible()
    assert not is_claimed(viewer, Qt.Key.Key_Escape)


def test_tool_is_told_when_the_pointer_leaves_unless_a_shape_is_open(
    journey, viewer, hand
):
    def leave() -> list[tuple[float, float]]:
        journey.told.clear()
        QApplication.sendEvent(viewer.canvas, QEvent(QEvent.Type.Leave))
        return [(event.x, event.y) for event in told(journey, "hover")]

    hand.point("hover", 300, 200)
    assert leave() == [(-1, -1)]
    journey.use(PolygonTool())
    hand.point("press", 300, 200)
    hand.point("release", 300, 200)
    assert leave() == []
