"""The rows of the run page: a label, a field, and what is to be said beside it."""

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.app.training.problems import Problem
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components import Field, Label, Select
from segdesk.gui.wording import put

LABEL_PX = 132
_ROLES = {"bad": "bad", "warn": "warn"}


class RateField(Field):
    """A learning rate; empty: the recipe's own."""

    def __init__(self, edited: Callable[[float | None], object]) -> None:
        super().__init__(tr("Learning rate"), tr("recipe's"))
        self._edited = edited
        self.setFixedWidth(84)
        self.editingFinished.connect(self._on_editing_finished)
        self.textEdited.connect(self._on_text_edited)

    def show_rate(self, rate: float | None) -> None:
        """Show a rate, unless the user is typing one."""
        if not (self.hasFocus() and self.isModified()):
            put(self.setText, "" if rate is None else f"{rate:g}")

    def sizeHint(self) -> QSize:
        """Return the designed width."""
        return QSize(84, theme.row_px(28))

    def _on_text_edited(self, text: str) -> None:
        self.set_state("" if not text.strip() or _rate(text) is not None else "bad")

    def _on_editing_finished(self) -> None:
        if not self.isModified():
            return
        self.setModified(False)
        text = self.text().strip()
        rate = _rate(text)
        if rate is not None or not text:
            self.set_state("")
            self._edited(rate)


class Row(QWidget):
    """One row; a problem takes the place of the help."""

    def __init__(self, title: str, *fields: QWidget, label_px: int = LABEL_PX) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        label = Label(title, "body", "text2")
        label.setFixedWidth(label_px)
        row.addWidget(label)
        for field in fields:
            row.addWidget(field)
        self.help = Label("", "small", "text2", wrap=True, tabular=True)
        row.addWidget(self.help, 1)
        self._fields = fields
        self._words = ""
        self.setFixedHeight(theme.row_px(34))

    def say(self, words: str, problem: Problem | None = None) -> None:
        """Show help, or what is wrong with the row's field."""
        put(self.help.setText, problem.words if problem else words)
        self.help.set_role(_ROLES[problem.level] if problem else "text2")
        first = self._fields[0]
        if isinstance(first, Field) and not first.isModified():
            first.set_state(problem.level if problem else "")


class Group(QVBoxLayout):
    """Rows under a section's title."""

    def __init__(self, title: str, *rows: QWidget) -> None:
        super().__init__()
        self.setSpacing(4)
        self.addWidget(Label(title, "section"))
        self.addSpacing(4)
        for row in rows:
            self.addWidget(row)


def select(
    name: str,
    choices: tuple[tuple[object, str], ...],
    width: int,
    chosen: Callable[[object], object],
) -> Select:
    """Return a choice whose items carry values."""
    box = Select(name)
    for value, words in choices:
        box.addItem(words, value)
    box.setFixedWidth(width)
    box.activated.connect(lambda index: chosen(box.itemData(index)))
    return box


def show_value(box: Select, value: object) -> None:
    """Show the item that carries a value, if there is one."""
    for index in range(box.count()):
        if box.itemData(index) == value:
            box.setCurrentIndex(index)
            return


def _rate(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
