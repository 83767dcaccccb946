"""The question for the name of a new class."""

from PySide6.QtWidgets import QDialog, QWidget

from segdesk.app.exchange.import_classes import is_colour_name
from segdesk.core.language import tr
from segdesk.gui.components import Field
from segdesk.gui.dialogs.frame import DialogFrame
from segdesk.gui.wording import put


def ask_class_name(parent: QWidget | None, proposal: str) -> str:
    """Ask what a class shall be called.

    Parameters
    ----------
    proposal
        Stands in the field, unless it is a colour.

    Returns
    -------
    name
        "": the user left it.
    """
    dialog = ClassNameDialog(parent, "" if is_colour_name(proposal) else proposal)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    name = dialog.name if accepted else ""
    dialog.deleteLater()
    return name


class ClassNameDialog(DialogFrame):
    """One field for a name."""

    def __init__(self, parent: QWidget | None, proposal: str) -> None:
        super().__init__(parent, tr("New class"), width=380)
        self.add_heading(tr("New class"))
        self.field = Field(tr("Name of the class"))
        put(self.field.setPlaceholderText, tr("Name"))
        put(self.field.setText, proposal)
        self.field.selectAll()
        self.body.addWidget(self.field)
        self.add_cancel()
        self.verb = self.add_verb(tr("Add class"))
        self.field.textChanged.connect(self._check)
        self._check()
        self.field.setFocus()

    @property
    def name(self) -> str:
        """What was typed."""
        return self.field.text().strip()

    def _check(self) -> None:
        self.verb.setEnabled(bool(self.name))
