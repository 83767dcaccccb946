"""The question for one number, before a deed that needs it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from segdesk.app.number_question import NumberQuestion
from segdesk.gui.components.labels import Label
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.dialogs.frame import DialogFrame

_FIELD_PX = 120


class NumberDialog(DialogFrame):
    """Says what will be done and asks how far.

    Parameters
    ----------
    question
        The deed; its title is the verb.
    value
        The number to begin with.
    """

    def __init__(
        self, parent: QWidget | None, question: NumberQuestion, value: int
    ) -> None:
        super().__init__(parent, question.title, width=400)
        self.add_heading(question.title)
        self.add_words(question.tip)
        self.field = NumberField(
            question.amount,
            question.least,
            question.most,
            unit=question.unit,
            width=_FIELD_PX,
        )
        self.field.set_value(value)
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        row.addWidget(Label(question.amount, "body", "text2"))
        row.addSpacing(12)
        row.addWidget(self.field)
        row.addStretch(1)
        self.body.addLayout(row)
        self.add_cancel()
        self.add_verb(question.title, icon=question.icon)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)


class NumberQuestions:
    """Asks for numbers, and begins with the one that was given last."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def ask(self, parent: QWidget | None, question: NumberQuestion) -> int | None:
        """Return the number, or None when the user left the question."""
        value = self._last.get(question.id, question.default)
        dialog = NumberDialog(parent, question, value)
        answer = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        if not answer:
            return None
        self._last[question.id] = dialog.field.value
        return dialog.field.value
