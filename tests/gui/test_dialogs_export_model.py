"""The question of how a model is exported, as a user meets it."""

from types import SimpleNamespace

from segdesk.gui.dialogs.export_model import ModelExportDialog


def test_model_export_keeps_what_was_chosen_when_asked(qtbot, tmp_path):
    exporting = SimpleNamespace(
        model=SimpleNamespace(name="Nuclei"), proposed_folder=lambda: tmp_path / "a"
    )
    dialog = ModelExportDialog(None, exporting)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.choice.folder == tmp_path / "a"
    assert "any size" in dialog.status.text()
    dialog.size_select.setCurrentIndex(dialog.size_select.findData(512))
    dialog.half.click()
    dialog.confidence.click()
    assert (dialog.choice.side, dialog.choice.half) == (512, True)
    assert dialog.choice.confidence
    assert "windows" in dialog.status.text()
    dialog.folder.setText("")
    assert not dialog.verb.isEnabled()
    dialog.folder.setText(str(tmp_path / "b"))
    assert dialog.choice.folder == tmp_path / "b"
    assert dialog.verb.isEnabled()
