"""The question for one class, before a deed that needs it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from segdesk.app.classes.question import ClassQuestion
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.language import tr
from segdesk.gui import icons
from segdesk.gui.components.buttons import Kind
from segdesk.gui.components.labels import Label
from segdesk.gui.components.select import Select
from segdesk.gui.dialogs.frame import DialogFrame
from segdesk.gui.item_models.import_model import swatch_icon


class ClassDialog(DialogFrame):
    """Says what will be done and asks with which class.

    Parameters
    ----------
    question
        The deed; its first offer is proposed.
    """

    def __init__(self, parent: QWidget | None, question: ClassQuestion) -> None:
        super().__init__(parent, question.title, width=440)
        self.add_heading(question.title)
        self.add_words(question.detail)
        self.choice = Select(question.label)
        classes = question.classes
        for index in question.offered:
            if index == IGNORE_INDEX:
                icon = icons.icon("selection-slash")
                self.choice.addItem(icon, tr("Ignore"), IGNORE_INDEX)
            else:
                icon = swatch_icon(classes.palette[index])
                self.choice.addItem(icon, classes.names[index], index)
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        row.addWidget(Label(question.label, "body", "text2"))
        row.addSpacing(12)
        row.addWidget(self.choice, 1)
        self.body.addLayout(row)
        cancel = self.add_cancel()
        if question.is_loss:
            self.add_verb(question.verb, Kind.DANGER, "trash")
            cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.add_verb(question.verb)
            self.choice.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def chosen(self) -> int:
        """Index of the class that is chosen; 255: ignore."""
        return int(self.choice.currentData())


def ask_class(parent: QWidget | None, question: ClassQuestion) -> int | None:
    """Ask, and return the class, or None when the user left the question."""
    dialog = ClassDialog(parent, question)
    answer = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.chosen if answer else None
