"""A page is made ready while nothing happens, and left alone once it is shown."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from segdesk.gui.warm_up import WarmUp

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class _Counted(QWidget):
    paints = 0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        del event
        self.paints += 1


def _stack(qtbot: "QtBot") -> tuple[QStackedWidget, QWidget, _Counted]:
    stack, page, part = QStackedWidget(), QWidget(), _Counted()
    QVBoxLayout(page).addWidget(part)
    stack.addWidget(QWidget())
    stack.addWidget(page)
    stack.resize(640, 480)
    qtbot.addWidget(stack)
    return stack, page, part


def test_warm_up_lays_and_paints_the_parts_when_the_window_is_shown(
    qtbot: "QtBot",
) -> None:
    stack, page, part = _stack(qtbot)
    WarmUp(page)
    stack.show()
    qtbot.waitUntil(lambda: part.paints > 0)
    assert not page.isVisible()
    assert page.size() == stack.size()


def test_warm_up_paints_nothing_when_the_page_is_shown_already(
    qtbot: "QtBot",
) -> None:
    stack, page, part = _stack(qtbot)
    warm_up = WarmUp(page)
    stack.setCurrentWidget(page)
    stack.show()
    qtbot.waitUntil(lambda: part.paints > 0)
    qtbot.waitUntil(lambda: not warm_up.is_active)
    assert part.paints == 1
