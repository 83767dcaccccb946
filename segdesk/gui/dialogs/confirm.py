"""The question before something that cannot be undone."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from segdesk.gui.components.buttons import Kind
from segdesk.gui.dialogs.frame import DialogFrame


class ConfirmDialog(DialogFrame):
    """Names the thing; the verb is the button, Cancel has the keyboard.

    Parameters
    ----------
    question
        "Remove Nuclei U-Net?"
    detail
        What is lost and what stays.
    verb, icon
        Of the button: "Remove model", "trash".
    """

    def __init__(
        self,
        parent: QWidget | None,
        question: str,
        detail: str,
        verb: str,
        icon: str = "trash",
    ) -> None:
        super().__init__(parent, question, width=440)
        self.add_heading(question)
        self.add_words(detail)
        cancel = self.add_cancel()
        self.add_verb(verb, Kind.DANGER, icon)
        cancel.setFocus(Qt.FocusReason.OtherFocusReason)


def confirm(
    parent: QWidget | None, question: str, detail: str, verb: str, icon: str = "trash"
) -> bool:
    """Ask, and return whether the user wants it."""
    dialog = ConfirmDialog(parent, question, detail, verb, icon)
    answer = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return answer
