"""The question of where the frames of a video become images."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components import Button
from segdesk.gui.dialogs.frame import DialogFrame
from segdesk.gui.item_models.named_rows import (
    ROW_PX,
    NamedRow,
    NamedRowsDelegate,
    NamedRowsModel,
)
from segdesk.gui.item_models.row_delegate import Role
from segdesk.gui.item_models.row_view import RowView

if TYPE_CHECKING:
    from segdesk.app.video.places import FramesQuestion


def ask_frames_place(parent: QWidget | None, question: "FramesQuestion") -> Path | None:
    """Ask for the folder of frames; None: the user left it."""
    dialog = FramesPlaceDialog(parent, question)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    folder = dialog.folder if accepted else None
    dialog.deleteLater()
    return folder


class FramesPlaceDialog(DialogFrame):
    """Offers folders, and any other.

    Attributes
    ----------
    folder
        The one that is chosen.
    """

    def __init__(self, parent: QWidget | None, question: "FramesQuestion") -> None:
        super().__init__(parent, tr("Where do the frames go?"), width=560)
        self.folder = question.choices[0].folder
        self.add_heading(tr("Where do the frames go?"))
        self.add_words(
            tr(
                "A frame of {name} that you annotate becomes an image. "
                "This is asked once for each video; the command “Frames go "
                "to” changes it.",
                name=question.name,
            )
        )
        self.body.addSpacing(4)
        self.model = NamedRowsModel()
        self.model.show_rows(
            [
                NamedRow(str(one.folder), one.title, one.detail, "folder-simple")
                for one in question.choices
            ]
        )
        self.list = RowView(NamedRowsDelegate(), tr("Folders"))
        self.list.setModel(self.model)
        self.list.setFixedHeight(self.model.rowCount() * theme.row_px(ROW_PX) + 4)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.list.doubleClicked.connect(lambda _: self.accept())
        self.body.addWidget(self.list)
        other = Button(tr("Another folder"), icon="folder-open")
        other.clicked.connect(self._on_other)
        self.body.addWidget(other, alignment=Qt.AlignmentFlag.AlignLeft)
        self.add_cancel()
        self.add_verb(tr("Put them there"))
        self.list.select_row(0)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_current(self, index: QModelIndex, _before: object = None) -> None:
        row = index.data(Role.ROW)
        if isinstance(row, NamedRow):
            self.folder = Path(row.key)

    def _on_other(self) -> None:
        start = str(self.folder.parent)
        name = QFileDialog.getExistingDirectory(
            self, shown(tr("Folder of frames")), start
        )
        if name:
            self.folder = Path(name)
            self.accept()
