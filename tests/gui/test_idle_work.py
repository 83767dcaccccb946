"""What can be done early is done in quiet turns, or at once when it is wanted."""

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from segdesk.gui.actions import Actions
from segdesk.gui.idle_work import IdleWork, do_all
from segdesk.gui.pages.evaluation import EvaluationPage
from segdesk.gui.work_pages import WorkPages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


NONE = Qt.MouseButton.NoButton


@pytest.fixture(autouse=True)
def no_button(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget a button that another test pressed on a widget that is gone."""
    monkeypatch.setattr(QGuiApplication, "mouseButtons", lambda: NONE)


def _three(done: list[int]) -> "Iterator[None]":
    for number in range(3):
        done.append(number)
        yield


def test_idle_work_goes_on_a_step_at_a_time_when_the_window_stands_still(
    qtbot: "QtBot",
) -> None:
    window, done = QWidget(), []
    qtbot.addWidget(window)
    idle = IdleWork(window, quiet_ms=5)
    idle.add(lambda: _three(done))
    qtbot.wait(20)
    assert done == []  # nobody sees the window yet
    window.show()
    qtbot.waitUntil(lambda: bool(done))
    assert len(done) == 1
    qtbot.waitUntil(lambda: not idle.is_active)
    assert done == [0, 1, 2]


def test_idle_work_rests_while_a_mouse_button_is_held(
    qtbot: "QtBot", monkeypatch: pytest.MonkeyPatch
) -> None:
    window, done = QWidget(), []
    qtbot.addWidget(window)
    window.show()
    held = [Qt.MouseButton.LeftButton]
    monkeypatch.setattr(
        QGuiApplication, "mouseButtons", lambda: held[0] if held else NONE
    )
    idle = IdleWork(window, quiet_ms=5)
    idle.add(lambda: _three(done))
    qtbot.wait(40)
    assert done == []
    held.clear()
    qtbot.waitUntil(lambda: not idle.is_active)
    assert done == [0, 1, 2]


def test_idle_work_rests_while_the_wheel_turns(qtbot: "QtBot") -> None:
    window, done = QWidget(), []
    qtbot.addWidget(window)
    window.show()
    idle = IdleWork(window, quiet_ms=200)
    idle.add(lambda: _three(done))
    for _ in range(15):
        qtbot.wait(20)
        _turn_wheel(window)
    assert done == []
    qtbot.waitUntil(lambda: not idle.is_active)
    assert done == [0, 1, 2]


def _turn_wheel(window: QWidget) -> None:
    at, notch = QPointF(5, 5), QPoint(0, -120)
    phase = Qt.ScrollPhase.NoScrollPhase
    held = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(at, at, QPoint(), notch, NONE, held, phase, False)
    QGuiApplication.sendEvent(window.windowHandle(), event)


@pytest.fixture
def stack(qtbot):
    made = QStackedWidget()
    made.addWidget(QWidget())
    made.resize(1200, 800)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("steps_before", [0, 3, 9, 1000])
def test_work_pages_hold_each_page_once_when_it_is_wanted_before_it_is_ready(
    qtbot, context, stack, steps_before
):
    window = QWidget()
    qtbot.addWidget(window)
    pages = WorkPages(context, Actions(context, window), stack)
    preparing = pages.preparing()
    for _ in range(steps_before):
        next(preparing, None)
    page = pages.page("evaluation")
    assert isinstance(page, EvaluationPage)
    assert pages.shown is None
    stack.setCurrentWidget(page)
    do_all(preparing)
    assert pages.page("evaluation") is page is pages.shown
    assert pages.page("training").run.has_plots
    assert stack.count() == 5
