"""The classes that a model thought of at the cursor, in linked panes."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from segdesk.app.session import ProposalView
from segdesk.app.view_state import Compare
from segdesk.core.classes import ClassList
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction
from segdesk.core.scores import ScoreMap, Taps

NAMES = ("road", "water", "wood", "roof")


@pytest.fixture
def prediction(hand, session) -> Prediction:
    """Propose road everywhere, water being a close second and roof a third."""
    hand.open(np.full((40, 60, 3), 128, np.uint8))
    labels, sure = np.zeros((40, 60), np.uint8), np.full((40, 60), 140, np.uint8)
    values = np.array([2.0, 1.5, -3.0, 0.5], np.float16).reshape(4, 1, 1)
    rows, columns = (
        Taps(np.zeros(size, np.int32), np.ones((size, 1), np.float32))
        for size in (40, 60)
    )
    scores = ScoreMap(values, rows, columns, "softmax")
    classes = ClassList.from_names(NAMES)
    found = Prediction(labels, sure, classes, "m", "cpu", {}, scores)
    session.set_classes(classes)
    session.set_proposal(ProposalView(found, class_stats(labels, 4, sure)))
    return found


def test_reading_tells_the_three_best_classes_when_panes_are_linked(
    qtbot, viewer, session, prediction
):
    readings = []
    viewer.cursor_moved.connect(readings.append)
    QTest.mouseMove(viewer.canvas, QPoint(20, 200))
    session.update_view(compare=Compare.LINKED)
    viewer.fit()
    place = viewer.canvas.stage.sides[0].rect.center()
    QTest.mouseMove(viewer.canvas, place)
    qtbot.waitUntil(lambda: bool(readings) and readings[-1] is not None)
    found = readings[-1]
    assert (found.class_index, round(found.confidence * 255)) == (0, 140)
    assert [NAMES[index] for index, _ in found.others] == ["water", "roof"]
    assert found.others[0][1] > found.others[1][1] > 0
    session.update_view(compare=Compare.ONE)
    QTest.mouseMove(viewer.canvas, place + QPoint(9, 9))
    qtbot.waitUntil(lambda: readings[-1] is not found)
    assert readings[-1].others == (), "nobody asks for them there"
