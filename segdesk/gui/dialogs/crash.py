"""What is said when something went wrong that nobody expected."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from segdesk.app.annotate.autosave import Autosave
from segdesk.core.language import plural, tr
from segdesk.gui import theme
from segdesk.gui.components import Button, Kind, Label
from segdesk.gui.components.panels import IconTile
from segdesk.gui.dialogs.frame import FOOT_BUTTON, DialogFrame
from segdesk.gui.wording import put

_WIDTH = 560
_REPORT_PX = 176
_TILE_PX = 40
_PATIENCE_MS = 10_000
_COPIED_MS = 2000


class CrashDialog(DialogFrame):
    """Says what happened and that the work is safe; offers to go on or to close.

    Errors that follow while it is open are added to its report.

    Parameters
    ----------
    what
        The error in one line.
    report
        To be copied; without anybody's folders.
    autosave
        Writes what is not safe yet; the dialog says how far it is.
    open_log
        Shows the log file.

    Attributes
    ----------
    leave_wanted
        Fires once all is saved and the program is to be closed.
    """

    leave_wanted = Signal()

    def __init__(
        self,
        parent: QWidget | None,
        what: str,
        report: str,
        autosave: Autosave,
        open_log: Callable[..., object],
    ) -> None:
        super().__init__(parent, tr("Something unexpected went wrong"), width=_WIDTH)
        self._autosave = autosave
        self._is_leaving = False
        self._add_head(what)
        self.safe = self.add_words("")
        self._stop_following = autosave.changed.connect(lambda _: self._show_safe())
        self.report = _Report(report)
        self.body.addSpacing(4)
        self.body.addWidget(self.report)
        self.body.addLayout(self._report_row(open_log))
        self.leave = Button(
            tr("Close after saving"), Kind.GHOST, icon="sign-out", height=FOOT_BUTTON
        )
        self.leave.clicked.connect(self._on_leave_clicked)
        self.add_foot(self.leave)
        self.go_on = self.add_verb(tr("Keep on working"))
        self.go_on.setFocus(Qt.FocusReason.OtherFocusReason)
        self.finished.connect(self._on_finished)
        self._show_safe()

    def add_report(self, report: str) -> None:
        """Take in an error that came after the first one."""
        self.report.appendPlainText(f"\n{report}")

    def _add_head(self, what: str) -> None:
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(IconTile("bug", edge=_TILE_PX), 0, Qt.AlignmentFlag.AlignTop)
        heading = Label(tr("Something unexpected went wrong"), "heading", wrap=True)
        row.addWidget(heading, 1, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(row)
        self.body.addSpacing(4)
        self.add_words(what, "bad")
        self.add_words(
            tr(
                "SegDesk can go on. Where it looks odd from here, close it: what you "
                "painted is there again at the next start."
            )
        )

    def _report_row(self, open_log: Callable[..., object]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.setContentsMargins(0, 2, 0, 0)
        words = tr("None of your folders is in the report.")
        row.addWidget(Label(words, "small", "text3"), 1)
        self.log = Button(tr("Open log file"), Kind.GHOST, icon="file-text")
        self.log.clicked.connect(open_log)
        row.addWidget(self.log)
        self.copy = Button(tr("Copy report"), Kind.DEFAULT, icon="copy")
        self.copy.clicked.connect(self._on_copy_clicked)
        row.addWidget(self.copy)
        return row

    def _show_safe(self) -> None:
        count = len(self._autosave.unsaved)
        words = tr("All annotations are saved.")
        if count:
            words = plural(
                count,
                "{n} annotation is being saved; its steps are in the journal already.",
                "{n} annotations are being saved; their steps are in the journal "
                "already.",
            )
        put(self.safe.setText, words)
        self.safe.set_role("text2" if count else "ok")

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
        self.copy.set_icon("check")
        QTimer.singleShot(_COPIED_MS, self.copy, lambda: self.copy.set_icon("copy"))

    def _on_leave_clicked(self) -> None:
        self._is_leaving = True
        self.leave.setEnabled(False)
        self._autosave.flush_all()
        self._autosave.once_saved(self._leave, lambda: self._is_leaving)
        QTimer.singleShot(_PATIENCE_MS, self, self._leave)  # the journal has the rest

    def _leave(self) -> None:
        if self._is_leaving:
            self._is_leaving = False
            self.reject()
            self.leave_wanted.emit()

    def _on_finished(self) -> None:
        self._is_leaving = False
        self._stop_following()


class _Report(QPlainTextEdit):
    """Technical text that can be selected and copied."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setProperty("role", "detail")
        put(self.setAccessibleName, tr("Report"))
        self.setFont(theme.font("caption", mono=True))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFixedHeight(_REPORT_PX)
