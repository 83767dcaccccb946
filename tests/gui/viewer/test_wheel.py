"""What the wheel means: as it came, and as users of other programs know it."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from segdesk.app.settings.preferences import Preferences
from segdesk.gui.viewer.wheel import Meaning, WheelHabits, pan_of

PLAIN = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def turned(held=PLAIN, by=120):
    return QWheelEvent(
        QPointF(),
        QPointF(),
        QPoint(),
        QPoint(0, by),
        Qt.MouseButton.NoButton,
        held,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


@pytest.mark.parametrize(
    ("wheel", "held", "meaning"),
    [
        ("zoom", PLAIN, Meaning.ZOOM),
        ("zoom", CTRL, Meaning.SIZE),
        ("zoom", ALT, Meaning.SIZE),
        ("scroll", PLAIN, Meaning.PAN),
        ("scroll", SHIFT, Meaning.PAN),
        ("scroll", CTRL, Meaning.ZOOM),
        ("scroll", ALT, Meaning.SIZE),
        ("scroll", CTRL | SHIFT, Meaning.OPACITY),
    ],
)
def test_wheel_means_what_is_preferred(qapp, wheel, held, meaning):
    habits = WheelHabits.of(Preferences(wheel=wheel))
    assert habits.meaning(turned(held), has_size=True) is meaning


def test_wheel_zooms_by_the_chosen_step_and_the_other_way_when_inverted(qapp):
    assert WheelHabits.of(Preferences(zoom_step=0.5)).zoom(turned()) == 1.5
    habits = WheelHabits.of(Preferences(zoom_step=0.5, wheel_inverted=True))
    assert habits.zoom(turned(by=-120)) == 1.5


def test_wheel_scrolls_sideways_with_shift(qapp):
    assert pan_of(turned()) == QPointF(0, 80)
    assert pan_of(turned(SHIFT)) == QPointF(80, 0)
