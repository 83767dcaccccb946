"""The question for one number, before a deed that needs it."""

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from segdesk.app.number_question import NumberQuestion, Tried
from segdesk.gui.components.labels import Label
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.dialogs.frame import DialogFrame

_FIELD_PX = 120
_SOON_MS = 80
_ASIDE_PX = 56


class NumberDialog(DialogFrame):
    """Says what will be done and asks how far.

    Parameters
    ----------
    question
        The deed; its title is the verb.
    value
        The number to begin with.
    tried
        Gets each number while it is changed, and where to say what it would do.
    """

    def __init__(
        self,
        parent: QWidget | None,
        question: NumberQuestion,
        value: int,
        tried: Tried | None = None,
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
        row.addSpacing(12)
        self.would = Label("", "small", "text2", tabular=True)
        row.addWidget(self.would, 1)
        self.body.addLayout(row)
        self.add_cancel()
        self.add_verb(question.title, icon=question.icon)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self._tried = tried
        self._last: int | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._try)
        if tried is not None:
            self.field.textChanged.connect(lambda _: self._soon.start())
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Stand aside when the picture shows what would happen."""
        super().showEvent(event)
        parent = self.parentWidget()
        if self._tried is not None and parent is not None:
            corner = parent.mapToGlobal(QPoint(0, parent.height() - self.height()))
            self.move(corner + QPoint(_ASIDE_PX, -_ASIDE_PX))

    def _try(self) -> None:
        value = self.field.meant
        if self._tried is not None and value is not None and value != self._last:
            self._last = value
            self._tried(value, self.would.setText)


class NumberQuestions:
    """Asks for numbers, and begins with the one that was given last."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def ask(
        self,
        parent: QWidget | None,
        question: NumberQuestion,
        tried: Tried | None = None,
    ) -> int | None:
        """Return the number, or None when the user left the question."""
        value = self._last.get(question.id, question.default)
        dialog = NumberDialog(parent, question, value, tried)
        answer = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        if not answer:
            return None
        self._last[question.id] = dialog.field.value
        return dialog.field.value
