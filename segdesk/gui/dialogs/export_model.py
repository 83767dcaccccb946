"""The question of how a model is exported, and where to."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from segdesk.app.models.export import SIDES, ModelExportChoice
from segdesk.core.language import shown, tr
from segdesk.gui.components import Button, CheckBox, Field, Label, Select
from segdesk.gui.dialogs.frame import DialogFrame, labelled_row
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.models.export import ModelExporting

_ANY = tr("It takes images of any size. A fixed size is faster on some devices.")
_FIXED = tr("Larger images are cut into windows of that size, smaller ones filled up.")


def ask_model_export(
    parent: QWidget | None, exporting: "ModelExporting"
) -> ModelExportChoice | None:
    """Ask how the loaded model is exported; None: the user left it."""
    dialog = ModelExportDialog(parent, exporting)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    choice = dialog.choice if accepted else None
    dialog.deleteLater()
    return choice


class ModelExportDialog(DialogFrame):
    """Size, precision, folder."""

    def __init__(self, parent: QWidget | None, exporting: "ModelExporting") -> None:
        super().__init__(parent, tr("Export model"), width=560)
        self.choice = ModelExportChoice(folder=exporting.proposed_folder())
        name = exporting.model.name if exporting.model else ""
        self.add_heading(tr("Export {name}", name=name) if name else tr("Export"))
        self.add_words(
            tr(
                "As one ONNX file: RGB pixels in, labels out. Beside it lie a "
                "description and a script that runs it without SegDesk."
            )
        )
        self.body.addSpacing(6)
        self._add_size()
        self.half = CheckBox(tr("16 bits: half the size, faster on GPUs"))
        self.half.toggled.connect(self._on_half_toggled)
        self.body.addLayout(labelled_row(tr("Precision"), self.half))
        self.confidence = CheckBox(tr("Give the confidence too"))
        self.confidence.toggled.connect(self._on_confidence_toggled)
        self.body.addLayout(labelled_row(tr("Output"), self.confidence))
        self._add_folder()
        self.status = Label("", "small", "text2", wrap=True)
        self.status.setMinimumHeight(34)
        self.body.addWidget(self.status)
        self.add_cancel()
        self.verb = self.add_verb(tr("Export"), icon="export")
        self._refresh()

    def _add_size(self) -> None:
        self.size_select = Select(tr("Input size"))
        self.size_select.addItem(tr("Any size"), 0)
        for side in SIDES:
            self.size_select.addItem(tr("{side} × {side} px", side=side), side)
        self.size_select.currentIndexChanged.connect(self._on_size_changed)
        self.body.addLayout(labelled_row(tr("Input size"), self.size_select))

    def _add_folder(self) -> None:
        self.folder = Field(tr("Folder"))
        self.folder.setText(str(self.choice.folder))
        self.folder.textChanged.connect(self._on_folder_changed)
        browse = Button(tr("Choose"), icon="folder-open")
        browse.clicked.connect(self._on_browse_clicked)
        row = labelled_row(tr("Into"), self.folder)
        row.addWidget(browse)
        self.body.addLayout(row)

    def _refresh(self) -> None:
        problem = "" if self.folder.text().strip() else tr("Choose a folder.")
        put(self.status.setText, problem or (_FIXED if self.choice.side else _ANY))
        self.status.set_role("warn" if problem else "text2")
        self.verb.setEnabled(not problem)
        put(self.verb.setToolTip, problem)

    def _on_size_changed(self, index: int) -> None:
        self.choice = replace(self.choice, side=int(self.size_select.itemData(index)))
        self._refresh()

    def _on_half_toggled(self, on: bool) -> None:
        self.choice = replace(self.choice, half=on)

    def _on_confidence_toggled(self, on: bool) -> None:
        self.choice = replace(self.choice, confidence=on)

    def _on_folder_changed(self, text: str) -> None:
        folder = Path(text.strip()).expanduser().absolute()
        self.choice = replace(self.choice, folder=folder)
        self._refresh()

    def _on_browse_clicked(self) -> None:
        start = str(self.choice.folder.parent)
        name = QFileDialog.getExistingDirectory(self, shown(tr("Export into")), start)
        if name:
            put(self.folder.setText, name)
