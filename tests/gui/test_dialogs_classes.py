"""The question for the names of a model's classes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from segdesk.core.classes import BACKGROUND_GREY, SAFE_COLOURS
from segdesk.gui.dialogs.classes import ClassesDialog
from segdesk.gui.item_models.class_names_model import NAME, NameEdit


@pytest.fixture
def dialog(qtbot) -> ClassesDialog:
    dialog = ClassesDialog(None, "melon.pth", 3)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def paste(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def test_names_can_be_typed_row_by_row(dialog):
    dialog.table.setCurrentIndex(dialog.model.index(0, NAME))
    for name in ("background", "melon", "leaf"):
        dialog.table.edit(dialog.table.currentIndex())
        (editor,) = dialog.table.findChildren(NameEdit)
        QTest.keyClicks(editor, name)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        QTest.qWait(0)
    assert dialog.model.names == ("background", "melon", "leaf")
    assert dialog.accept_button.isEnabled()
    assert dialog.classes().palette == (BACKGROUND_GREY, *SAFE_COLOURS[:2])


def test_verb_waits_until_every_class_has_a_name(dialog):
    assert dialog.status.text() == "0 of 3 named."
    dialog.model.set_names(("melon", "leaf"))
    assert dialog.status.text() == "2 of 3 named."
    assert not dialog.accept_button.isEnabled()
    dialog.model.set_names(("leaf",), start=2)
    assert dialog.status.text() == "Classes 1 and 2 are both called “leaf”."
    assert not dialog.accept_button.isEnabled()


def test_pasted_list_fills_the_table_when_it_has_the_right_length(dialog):
    paste("0: soil\n1: melon\n2: leaf")
    dialog.paste.click()
    assert dialog.model.names == ("soil", "melon", "leaf")
    dialog.accept_button.click()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.classes().names == ("soil", "melon", "leaf")


def test_pasted_list_is_refused_in_words_when_it_is_too_long(dialog):
    paste("a\nb\nc\nd")
    QTest.keyClick(dialog.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert dialog.status.text() == (
        "The list names 4 classes; the model predicts 3 classes. Nothing was taken."
    )
    assert dialog.model.names == ("", "", "")


def test_list_without_background_can_be_completed(dialog):
    assert not dialog.offer.isVisible()
    dialog.take_names(("melon", "leaf"))
    dialog.offer.click()
    assert dialog.model.names == ("background", "melon", "leaf")
    assert not dialog.offer.isVisible()


def test_file_gives_names_and_colours(dialog, tmp_path):
    path = tmp_path / "classes.json"
    path.write_text(
        '{"names": ["a", "b", "c"], "palette": ["#010203", "#040506", "#070809"]}'
    )
    dialog.load_file(path)
    assert dialog.classes().names == ("a", "b", "c")
    assert dialog.classes().palette[2] == "#070809"


def test_file_that_is_no_list_is_refused_in_words(dialog, tmp_path):
    path = tmp_path / "classes.json"
    path.write_text("{")
    dialog.load_file(path)
    assert dialog.status.text().startswith("The classes were not read.")
    assert not dialog.accept_button.isEnabled()


def test_list_pasted_into_an_open_field_goes_to_the_whole_table(qtbot, dialog):
    dialog.table.edit(dialog.model.index(0, NAME))
    (editor,) = dialog.table.findChildren(NameEdit)
    paste("a, b, c")
    QTest.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not dialog.table.findChildren(NameEdit))
    dialog.accept_button.setFocus()
    assert dialog.model.names == ("a", "b", "c")
