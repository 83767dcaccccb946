"""The question for a number."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segdesk.app.tools.refining import REFINEMENTS
from segdesk.gui.dialogs.number import NumberDialog


def test_question_for_a_number_remembers_the_last_one(qtbot):
    (grow,) = (each for each in REFINEMENTS if each.id == "grow")
    dialog = NumberDialog(None, grow, 5)
    qtbot.addWidget(dialog)
    assert dialog.field.value == 5
    dialog.field.selectAll()
    QTest.keyClicks(dialog.field, "12/4")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.field.value == 3


def test_each_number_is_tried_while_it_is_typed(qtbot):
    (grow,) = (each for each in REFINEMENTS if each.id == "grow")
    tried = []

    def note(value, say):
        tried.append(value)
        say(f"{value} px would change")

    dialog = NumberDialog(None, grow, 5, note)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: tried == [5])
    dialog.field.selectAll()
    QTest.keyClicks(dialog.field, "12")
    qtbot.waitUntil(lambda: tried[-1] == 12)
    assert dialog.would.text() == "12 px would change"
    QTest.keyClicks(dialog.field, "000")
    qtbot.waitUntil(lambda: tried[-1] == grow.most)
