"""Notices: at most three, the rest behind the bell; they wait for the mouse."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from segdesk.app.notices import Level, Notice, Notices, Verb
from segdesk.gui import notices as desk_module
from segdesk.gui.components import Button, IconButton, Tip
from segdesk.gui.notice_card import NoticeCard, as_text
from segdesk.gui.notices import NoticeDesk, ToastBar


@pytest.fixture
def host(qtbot) -> QWidget:
    made = QWidget()
    made.resize(1200, 900)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def notices() -> Notices:
    return Notices()


@pytest.fixture
def desk(host, notices) -> NoticeDesk:
    bell = IconButton("bell", Tip("Notices"))
    bell.setParent(host)
    made = NoticeDesk(notices, host, lambda: QRect(100, 50, 1000, 800), bell)
    made.animated = False
    return made


def post(notices: Notices, text: str, level: Level = Level.ERROR, **rest) -> Notice:
    return notices.post(Notice(level, text, **rest))


def cards(host: QWidget) -> list[NoticeCard]:
    return [card for card in host.findChildren(NoticeCard) if card.isVisible()]


def button(parent: QWidget, text: str) -> Button:
    return next(b for b in parent.findChildren(Button) if b.text() == text)


def test_oldest_goes_behind_the_bell_when_a_fourth_notice_comes(desk, host, notices):
    for number in range(4):
        post(notices, f"Notice {number}.")
    assert [n.message for n in desk.shown] == ["Notice 1.", "Notice 2.", "Notice 3."]
    assert desk.unseen == 1
    tops = [card.y() for card in cards(host)]
    assert tops == sorted(tops)
    desk.all_seen()
    assert desk.unseen == 0


def test_cards_lie_in_the_corner_of_the_canvas_when_shown(desk, host, notices):
    post(notices, "road.jpg was not opened.", cause="It is empty.")
    (card,) = cards(host)
    inside = card.geometry().adjusted(22, 22, -22, -22)
    assert (inside.right() + 1, inside.bottom() + 1) == (1100 - 16, 850 - 16)
    assert inside.width() == 420


def test_card_grows_and_copies_when_details_are_unfolded(desk, host, notices):
    notice = post(notices, "It failed.", cause="Why.", detail="Trace\nof the error")
    (card,) = cards(host)
    before = card.height()
    button(card, "Details").click()
    assert card.height() > before
    button(card, "Copy").click()
    assert QGuiApplication.clipboard().text() == as_text(notice)
    button(card, "Details").click()
    assert card.height() == before
    QGuiApplication.clipboard().clear()


def test_verb_runs_and_closes_the_card_when_pressed(desk, host, notices):
    ran = []
    verb = Verb("Start again", lambda: ran.append(1))
    post(notices, "The engine ended.", verbs=(verb,))
    button(cards(host)[0], "Start again").click()
    assert ran == [1]
    assert desk.shown == ()
    assert desk.unseen == 0


def test_card_leaves_when_its_notice_is_withdrawn(desk, notices):
    notice = post(notices, "The engine ended.")
    notices.withdraw(notice)
    assert desk.shown == ()


def test_done_notice_passes_and_error_stays_when_time_goes_by(
    desk, notices, qtbot, monkeypatch
):
    monkeypatch.setattr(desk_module, "_PASSING_MS", {Level.DONE: 20})
    post(notices, "It failed.")
    post(notices, "Model added.", Level.DONE)
    qtbot.waitUntil(lambda: len(desk.shown) == 1)
    assert desk.shown[0].message == "It failed."
    assert desk.unseen == 1


def test_nothing_pops_up_when_a_button_is_down_on_the_canvas(
    desk, host, notices, qtbot
):
    canvas = QWidget(host)
    canvas.show()
    desk.follow(host, canvas)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton)
    post(notices, "It failed.")
    notices.toast("Saved")
    assert desk.shown == ()
    assert desk.toast is None
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.toast is not None)
    assert len(desk.shown) == 1


def test_toast_undoes_and_leaves_when_undo_is_pressed(desk, host, notices):
    undone = []
    notices.toast("Removed Tile 5 from recent", lambda: undone.append(1))
    bar = host.findChild(ToastBar)
    QTest.mouseClick(button(bar, "Undo"), Qt.MouseButton.LeftButton)
    assert undone == [1]
    assert desk.toast is None


def test_new_toast_takes_the_place_when_one_is_shown(desk, host, notices):
    notices.toast("First")
    notices.toast("Second")
    assert desk.toast.message == "Second"
    shown = [bar for bar in host.findChildren(ToastBar) if bar.isVisible()]
    assert len(shown) == 1
