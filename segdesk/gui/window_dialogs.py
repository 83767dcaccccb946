"""The dialogs that the window opens for commands, beside the questions."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.dialogs.explain import ExplainDialog


class WindowDialogs(QWidget):
    """Opens dialogs in front of itself; a part of the window's port."""

    _context: "AppContext"
    _explain: "ExplainDialog | None" = None

    def show_settings(self, name: str = "") -> None:
        """Show the settings; `name` is the one to begin with."""
        from segdesk.gui.dialogs.settings import SettingsDialog

        self._open_dialog(SettingsDialog(self._context, self, name))

    def show_keys(self, command_id: str = "") -> None:
        """Show the list of keys; `command_id` is the one to begin with."""
        from segdesk.gui.dialogs.keys import KeysDialog

        front = QApplication.activeModalWidget() or self
        self._open_dialog(KeysDialog(self._context, front, command_id))

    def show_about(self) -> None:
        """Show version, licences and folders."""
        from segdesk.gui.dialogs.about import AboutDialog

        report = self._context.predicting.environment
        self._open_dialog(AboutDialog(self, report.versions if report else {}))

    def show_zoo(self) -> None:
        """Show the model zoo."""
        from segdesk.gui.dialogs.zoo import ZooDialog

        self._open_dialog(ZooDialog(self._context, self))

    def show_model_card(self, model_id: str) -> None:
        """Show everything a model's card says."""
        from segdesk.gui.dialogs.model_card import ModelCardDialog

        self._open_dialog(ModelCardDialog(self._context, model_id, self))

    def show_explain(self) -> None:
        """Show where the loaded model looks when it says a class."""
        if self._explain is None or not isValid(self._explain):
            from segdesk.gui.dialogs.explain import ExplainDialog

            self._explain = ExplainDialog(self._context, self)
            self._open_dialog(self._explain)
        self._explain.raise_()
        self._explain.activateWindow()
        self._explain.ask_first()

    def show_promptable(self) -> None:
        """Show which promptable models there are, and which files fit."""
        from segdesk.gui.dialogs.promptable import PromptableDialog

        self._open_dialog(PromptableDialog(self._context, self))

    def _open_dialog(self, dialog: QWidget) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
