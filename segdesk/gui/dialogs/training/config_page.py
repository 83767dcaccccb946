"""The flat config as text: what it is, what differs from its base, one's own edit."""

import difflib
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from segdesk.app.training.form import TrainingForm
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components import Button, Kind, Label, Segment, Segmented
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.jobs.specs import TrainSpec

_SOON_MS = 700


class ConfigPage(QWidget):
    """Shows the config of a form; an edit of it wins over the settings."""

    def __init__(self, form: TrainingForm) -> None:
        super().__init__()
        self._form = form
        self._built_for: TrainSpec | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        self.view = Segmented(
            (
                Segment("text", tr("Text")),
                Segment("diff", tr("Difference to its base")),
            ),
            tr("Config"),
        )
        self.view.choose("text")
        self.view.chosen.connect(lambda _view: self._show_text())
        row.addWidget(self.view)
        row.addStretch(1)
        self.back = Button(
            tr("Back to settings"), Kind.GHOST, icon="arrow-counter-clockwise"
        )
        self.back.clicked.connect(self._on_back_clicked)
        row.addWidget(self.back)
        column.addLayout(row)
        self.text = QPlainTextEdit()
        put(self.text.setAccessibleName, tr("Config text"))
        self.text.setFont(theme.font("small", mono=True))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        column.addWidget(self.text, 1)
        self.status = Label("", "small", "text2", wrap=True)
        column.addWidget(self.status)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._take_edit)
        self.text.textChanged.connect(self._on_text_changed)
        self._is_showing = False

    def refresh(self) -> None:
        """Show the form as it is now."""
        if not self.isVisible():
            return
        bench, spec = self._form.bench, self._form.spec
        is_edited = spec.config_text is not None
        if not self._form.can_try:
            put(
                self.status.setText,
                tr("The config is built once the data can be trained on"),
            )
            self.status.set_role("text2")
            return
        if spec != self._built_for:
            self._built_for = spec
            bench.start_config(spec)
            return
        self.back.setVisible(is_edited)
        failure = bench.config_failure
        if bench.is_busy("config"):
            words, role = tr("Building the config"), "text2"
        elif failure is not None:
            words, role = (
                tr(
                    "{reason} {hint}",
                    reason=failure.cause or failure.message,
                    hint=failure.hint,
                ),
                "bad",
            )
        elif is_edited:
            words, role = (
                tr("Your text wins over the settings; it can be trained"),
                "ok",
            )
        else:
            words, role = tr("Edit it to go beyond the settings"), "text2"
        put(self.status.setText, words)
        self.status.set_role(role)
        if not bench.is_busy("config") and not (is_edited and self.text.hasFocus()):
            self._show_text()

    def showEvent(self, event: QShowEvent) -> None:
        """Build the config when it is first looked at."""
        super().showEvent(event)
        self.refresh()

    def _show_text(self) -> None:
        built, spec = self._form.bench.config, self._form.spec
        if built is None:
            return
        text = spec.config_text if spec.config_text is not None else built.text
        is_diff = self.view.choice() == "diff"
        if is_diff:
            lines = difflib.unified_diff(
                built.base_text.splitlines(),
                text.splitlines(),
                "base",
                tr("this training"),
                lineterm="",
                n=2,
            )
            text = "\n".join(lines)
        self.text.setReadOnly(is_diff)
        if text != self.text.toPlainText():
            self._is_showing = True
            self.text.setPlainText(text)
            self._is_showing = False

    def _on_text_changed(self) -> None:
        if not self._is_showing and not self.text.isReadOnly():
            self._soon.start()

    def _take_edit(self) -> None:
        built = self._form.bench.config
        text = self.text.toPlainText()
        is_own = built is not None and text != built.text
        if is_own or self._form.spec.config_text is not None:
            self._form.set(config_text=text)

    def _on_back_clicked(self) -> None:
        self._soon.stop()
        self._form.set(config_text=None)
