"""The question for one number, before a deed that needs it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from segdesk.app.tools.refining import Refinement
from segdesk.gui.components.labels import Label
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.dialogs.frame import DialogFrame

_FIELD_PX = 120


class NumberDialog(DialogFrame):
    """Says what will be done and asks how far.

    Parameters
    ----------
    refinement
        The deed; its title is the verb.
    value
        The number to begin with.
    """

    def __init__(
        self, parent: QWidget | None, refinement: Refinement, value: int
    ) -> None:
        super().__init__(parent, refinement.title, width=400)
        self.add_heading(refinement.title)
        self.add_words(refinement.tip)
        self.field = NumberField(
            refinement.amount,
            refinement.least,
            refinement.most,
            unit=refinement.unit,
            width=_FIELD_PX,
        )
        self.field.set_value(value)
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        row.addWidget(Label(refinement.amount, "body", "text2"))
        row.addSpacing(12)
        row.addWidget(self.field)
        row.addStretch(1)
        self.body.addLayout(row)
        self.add_cancel()
        self.add_verb(refinement.title, icon=refinement.icon)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)


class NumberQuestions:
    """Asks for numbers, and begins with the one that was given last."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def ask(self, parent: QWidget | None, refinement: Refinement) -> int | None:
        """Return the number, or None when the user left the question."""
        value = self._last.get(refinement.id, refinement.default)
        dialog = NumberDialog(parent, refinement, value)
        answer = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        if not answer:
            return None
        self._last[refinement.id] = dialog.field.value
        return dialog.field.value
