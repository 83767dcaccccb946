"""What stands round the picture is painted after it, and always in the end."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segdesk.app.session import ProposalView, Session
from segdesk.core.classes import ClassList
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction
from segdesk.gui.picture_first import PictureFirst

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class _Noted(QWidget):
    def __init__(self, name: str, order: list[str]) -> None:
        super().__init__()
        self._name, self._order = name, order

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        del event
        self._order.append(self._name)


def _proposal() -> ProposalView:
    labels = np.zeros((4, 4), np.uint8)
    classes = ClassList.from_names(("Road",))
    prediction = Prediction(labels, None, classes, "none", "cpu", {})
    return ProposalView(prediction, class_stats(labels, 1, None))


def test_picture_first_paints_the_picture_before_the_parts_when_a_proposal_comes(
    qtbot: "QtBot",
) -> None:
    order: list[str] = []
    names = ("left", "right", "picture")
    left, right, picture = (_Noted(name, order) for name in names)
    window = QWidget()
    column = QVBoxLayout(window)
    for widget in (left, right, picture):
        column.addWidget(widget)
    window.resize(300, 300)
    qtbot.addWidget(window)
    session = Session()
    PictureFirst(session, window, picture, (left, right))
    session.proposal_changed.connect(lambda _: window.update())
    window.show()
    qtbot.waitUntil(lambda: set(order) == set(names))
    assert order[0] == "picture"  # when it comes in sight, too
    order.clear()
    session.set_proposal(_proposal())
    qtbot.waitUntil(lambda: set(order) == set(names))
    assert order == ["picture", "left", "right"]
    assert left.updatesEnabled()
    assert right.updatesEnabled()
