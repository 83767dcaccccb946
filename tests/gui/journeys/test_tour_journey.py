"""The guided tour in the whole window."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from segdesk.gui.components.labels import Label
from segdesk.gui.tour_card import TourCard


def _press(qtbot, card, text):
    button = next(b for b in card.findChildren(QPushButton) if b.text() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def _words(card):
    return {label.text() for label in card.findChildren(Label) if label.isVisible()}


def test_tour_leads_from_the_welcome_page_when_its_link_is_followed(desktop, qtbot):
    context, card = desktop.context, desktop.window.findChild(TourCard)
    assert not card.isVisible()

    _press(qtbot, desktop.window.welcome, "Take the tour")
    qtbot.waitUntil(lambda: context.session.proposal is not None, timeout=20_000)

    assert card.isVisible()
    qtbot.waitUntil(lambda: "0 of 4 pictures" in _words(card))
    _press(qtbot, card, "Accept all")
    qtbot.waitUntil(lambda: "1 of 4 pictures" in _words(card), timeout=10_000)
    shown = desktop.window.rect()
    assert shown.contains(card.geometry())

    _press(qtbot, card, "Skip")
    qtbot.waitUntil(lambda: "Train a model of your own" in _words(card))
    _press(qtbot, card, "Back")
    qtbot.waitUntil(lambda: "Label some pictures" in _words(card))
    context.tour.leave()
    assert not card.isVisible()
