"""The question of what is exported, as which format, and where to."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QWidget,
)

from segdesk.app.exchange.export_writing import writable_formats
from segdesk.app.exchange.exporting import ExportChoice, Scope
from segdesk.core.language import capitalised, plural, shown, tr
from segdesk.formats.registry import format_by_id
from segdesk.gui.components import (
    Button,
    CheckBox,
    Field,
    Label,
    Segment,
    Segmented,
    Select,
)
from segdesk.gui.dialogs.frame import DialogFrame, labelled_row
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.exchange.exporting import Exporting

_WORDS = {
    Scope.DONE: tr("Done"),
    Scope.LABELLED: tr("All labelled"),
    Scope.IMAGE: tr("This image"),
}


def ask_export(parent: QWidget | None, exporting: "Exporting") -> ExportChoice | None:
    """Ask for an export; None: the user left it."""
    dialog = ExportDialog(parent, exporting)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    choice = dialog.choice if accepted else None
    dialog.deleteLater()
    return choice


class ExportDialog(DialogFrame):
    """Format, images, folder."""

    def __init__(self, parent: QWidget | None, exporting: "Exporting") -> None:
        super().__init__(parent, tr("Export labels"), width=600)
        self._exporting = exporting
        self._counts = {scope: len(exporting.items(scope)) for scope in Scope}
        filled = (one for one in Scope if self._counts[one])
        self.choice = ExportChoice(scope=next(filled, Scope.DONE))
        self._is_typed = False
        self.add_heading(tr("Export labels"))
        self.body.addSpacing(4)
        self._add_format()
        self._add_scope()
        self._add_folder()
        self.images = CheckBox(tr("Copy the images along"))
        self.images.setChecked(True)
        self.images.toggled.connect(self._on_images_toggled)
        self.body.addLayout(labelled_row("", self.images))
        self.status = Label("", "small", "text2", wrap=True)
        self.status.setMinimumHeight(34)
        self.body.addWidget(self.status)
        self.add_cancel()
        self.verb = self.add_verb(tr("Export"), icon="export")
        self._propose_folder()
        self._refresh()

    def set_folder(self, folder: Path) -> None:
        """Take a folder that the user chose."""
        self._is_typed = True
        self.folder.setText(str(folder))

    def _add_format(self) -> None:
        self.format = Select(tr("Format"))
        for one in writable_formats():
            name = tr("MMSegmentation, to train on") if one.id == "mmseg" else one.name
            self.format.addItem(name, one.id)
        at = self.format.findData(self.choice.format_id)
        self.format.setCurrentIndex(at)
        self.format.currentIndexChanged.connect(self._on_format_changed)
        self.body.addLayout(labelled_row(tr("Format"), self.format))
        self.limit = Label("", "small", "text2", wrap=True)
        self.body.addLayout(labelled_row("", self.limit))
        self.limit.setMinimumHeight(18)

    def _add_scope(self) -> None:
        segments = tuple(
            Segment(
                scope.value,
                text=tr("{words} {counts:,}", words=words, counts=self._counts[scope]),
            )
            for scope, words in _WORDS.items()
        )
        self.scope = Segmented(segments, tr("Images"))
        self.scope.choose(self.choice.scope.value)
        self.scope.chosen.connect(self._on_scope_chosen)
        row = labelled_row(tr("Images"), self.scope, stretch=0)
        row.addStretch(1)
        self.body.addLayout(row)

    def _add_folder(self) -> None:
        self.folder = Field(tr("Folder"))
        self.folder.textChanged.connect(self._on_folder_changed)
        self.folder.textEdited.connect(self._on_folder_edited)
        browse = Button(tr("Choose"), icon="folder-open")
        browse.clicked.connect(self._on_browse_clicked)
        row = labelled_row(tr("Into"), self.folder)
        row.addWidget(browse)
        self.body.addLayout(row)

    def _propose_folder(self) -> None:
        """Name a folder beside the project after what goes into it."""
        place = self._exporting.proposed_folder
        if place is None or self._is_typed:
            return
        root = self._exporting.root_name
        stem = tr("{folder} {format_id}", folder=root, format_id=self.choice.format_id)
        number, folder = 1, place / stem
        while folder.exists():
            number += 1
            folder = place / tr("{stem} {number}", stem=stem, number=number)
        self.folder.setText(str(folder))

    def _refresh(self) -> None:
        problem = self._exporting.problem(self.choice)
        words = problem or self._exporting.split_words(self.choice)
        put(self.status.setText, words)
        self.status.set_role("warn" if problem else "text2")
        self.verb.setEnabled(not problem)
        put(self.verb.setToolTip, problem)
        count = self._counts[self.choice.scope]
        put(
            self.verb.setText,
            plural(count, "Export {n} image", "Export {n:,} images")
            if count
            else tr("Export"),
        )
        limit = format_by_id(self.choice.format_id).limit
        told = capitalised(limit) + "." if limit else tr("Keeps every pixel.")
        put(self.limit.setText, told)

    def _on_format_changed(self, index: int) -> None:
        format_id = str(self.format.itemData(index))
        self.choice = replace(self.choice, format_id=format_id)
        self._propose_folder()
        self._refresh()

    def _on_scope_chosen(self, scope: str) -> None:
        self.choice = replace(self.choice, scope=Scope(scope))
        self._refresh()

    def _on_folder_changed(self, text: str) -> None:
        typed = text.strip()
        folder = Path(typed).expanduser().absolute() if typed else None
        self.choice = replace(self.choice, folder=folder)
        self._refresh()

    def _on_folder_edited(self) -> None:
        self._is_typed = True

    def _on_images_toggled(self, copies: bool) -> None:
        self.choice = replace(self.choice, copies_images=copies)
        self._refresh()

    def _on_browse_clicked(self) -> None:
        place = self._exporting.proposed_folder
        name = QFileDialog.getExistingDirectory(
            self, shown(tr("Export into")), str(place or "")
        )
        if name:
            self.set_folder(Path(name))
