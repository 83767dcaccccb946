"""The question before a Python config is executed."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.buttons import Kind
from segdesk.gui.components.labels import ElidedLabel
from segdesk.gui.dialogs.frame import DialogFrame
from segdesk.gui.wording import put

_SHOWN_BYTES = 200_000


class TrustDialog(DialogFrame):
    """Shows the config and says what running it means.

    Parameters
    ----------
    config
        The Python file.
    why
        Why it has to be executed at all.
    """

    def __init__(self, parent: QWidget | None, config: Path, why: str) -> None:
        super().__init__(parent, tr("Run {name}?", name=config.name), width=620)
        self.add_heading(tr("Run the code in {name}?", name=config.name))
        self.add_words(
            tr(
                "{why} A Python config can do whatever you can do on this "
                "machine: read and delete files, or send them away. Run it "
                "only if you know where it comes from.",
                why=why,
            )
        )
        self.body.addWidget(
            ElidedLabel(
                str(config), "small", "text3", mode=Qt.TextElideMode.ElideMiddle
            )
        )
        self.body.addWidget(_Source(config))
        cancel = self.add_cancel(tr("Leave it"))
        self.add_verb(tr("Trust and run"), Kind.DANGER, "shield-warning")
        cancel.setFocus(Qt.FocusReason.OtherFocusReason)


class _Source(QPlainTextEdit):
    """The file's text, to be read before it is trusted."""

    def __init__(self, config: Path) -> None:
        super().__init__(_beginning(config))
        self.setReadOnly(True)
        self.setProperty("role", "detail")
        put(self.setAccessibleName, tr("Text of {name}", name=config.name))
        self.setFont(theme.font("caption", mono=True))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        room = QGuiApplication.primaryScreen().availableGeometry().height()
        self.setFixedHeight(min(300, room // 3))


def _beginning(config: Path) -> str:
    try:
        with config.open("rb") as file:
            data = file.read(_SHOWN_BYTES + 1)
    except OSError as error:
        return tr("The file cannot be read: {reason}", reason=error.strerror or error)
    text = data[:_SHOWN_BYTES].decode("utf-8", "replace")
    return (
        text
        if len(data) <= _SHOWN_BYTES
        else tr("{text}\n… the rest is not shown", text=text)
    )


def ask_trust(parent: QWidget | None, config: Path, why: str) -> bool:
    """Ask, and return whether the config may be executed."""
    dialog = TrustDialog(parent, config, why)
    answer = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return answer
