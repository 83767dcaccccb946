"""The question of an export, as a user meets it."""

from pathlib import Path

import pytest

from segdesk.app.exchange.exporting import Scope
from segdesk.gui.dialogs.export_labels import ExportDialog


class Exports:
    """Has three images done and five labelled."""

    root_name = "field"

    def __init__(self, place: Path) -> None:
        self.proposed_folder = place

    def items(self, scope):
        counts = {Scope.DONE: 3, Scope.LABELLED: 5, Scope.IMAGE: 0}
        return ("x",) * counts[scope]

    def split_words(self, choice):
        return "train 4, val 1." if choice.format_id == "mmseg" else ""

    def problem(self, choice):
        if not self.items(choice.scope):
            return "No image is labelled so far."
        return "" if choice.folder else "Choose a folder."


@pytest.fixture
def dialog(qtbot, tmp_path) -> ExportDialog:
    dialog = ExportDialog(None, Exports(tmp_path))
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_export_proposes_training_and_a_new_folder_when_opened(dialog, tmp_path):
    assert dialog.choice.format_id == "mmseg"
    assert dialog.choice.folder == tmp_path / "field mmseg"
    assert dialog.status.text() == "train 4, val 1."
    assert dialog.verb.text() == "Export 3 images"


def test_export_keeps_a_typed_folder_when_the_format_changes(dialog, tmp_path):
    dialog.format.setCurrentIndex(dialog.format.findData("labelme"))
    assert dialog.choice.folder == tmp_path / "field labelme"

    dialog.set_folder(tmp_path / "mine")
    dialog.format.setCurrentIndex(dialog.format.findData("cvat"))

    assert dialog.choice.folder == tmp_path / "mine"
    assert dialog.choice.format_id == "cvat"


def test_export_cannot_begin_when_something_is_missing(dialog):
    dialog.folder.setText("")
    assert not dialog.verb.isEnabled()
    assert dialog.status.text() == "Choose a folder."
