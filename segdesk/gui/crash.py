"""Errors that nobody expected: into the log, and a dialog with a report to copy."""

import logging
import platform
import re
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
    qVersion,
)
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from segdesk import __version__
from segdesk.app.notices import Level, Notice, Verb
from segdesk.core.language import tr
from segdesk.core.paths import LOG_NAME, user_log_dir
from segdesk.core.private_paths import without_folders

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.dialogs.crash import CrashDialog
    from segdesk.gui.faults import FaultWatch

log = logging.getLogger(__name__)
_qt_log = logging.getLogger("segdesk.qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
# What PySide6 puts before the words of an error, once for each call on its way.
_BY_QT = re.compile(r"Error calling Python override of \w+::\w+\(\): ")
_SAME_AT_MOST = 3
_DIALOGS_AT_MOST = 3


class CrashHook(QObject):
    """Tells what went wrong without ending the program.

    An error may come from any thread; it is told on the window's.

    Parameters
    ----------
    context
        The application.
    faults
        Tells the next start that this sitting was ended for an error.
    """

    _caught = Signal(str, str)

    def __init__(
        self, context: "AppContext", faults: "FaultWatch | None" = None
    ) -> None:
        super().__init__()
        self._context = context
        self._faults = faults
        self._dialog: CrashDialog | None = None
        self._asked = 0
        self._seen: dict[str, int] = {}
        self._previous: tuple[object, object] | None = None
        self._caught.connect(self._on_caught, Qt.ConnectionType.QueuedConnection)

    def hook(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Take an error that nothing caught; it has the form of `sys.excepthook`."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("unexpected error", exc_info=(kind, error, trace))
        text = "".join(traceback.format_exception(kind, error, trace))
        words = f"{kind.__name__}: {error}"
        self._caught.emit(_BY_QT.sub("", words), _BY_QT.sub("", text))

    def thread_hook(self, args: threading.ExceptHookArgs) -> None:
        """Take an error of another thread; the form of `threading.excepthook`."""
        if args.exc_value is not None:
            self.hook(args.exc_type, args.exc_value, args.exc_traceback)

    def _on_caught(self, what: str, trace: str) -> None:
        count = self._seen[what] = self._seen.get(what, 0) + 1
        if count > _SAME_AT_MOST:
            return
        report = without_folders(f"{environment()}\n\n{trace}")
        if self._dialog is not None:
            self._dialog.add_report(report)
        elif count == 1 and self._may_ask():
            self._ask(without_folders(what), report)
        else:
            self._post(what, report)

    def _may_ask(self) -> bool:
        """Tell whether a dialog is in place: there is a window, and few were shown."""
        window = self._context.window
        is_up = isinstance(window, QWidget) and window.isVisible()
        return is_up and self._asked < _DIALOGS_AT_MOST

    def _ask(self, what: str, report: str) -> None:
        from segdesk.gui.dialogs.crash import CrashDialog

        context = self._context
        self._asked += 1
        parent = QApplication.activeModalWidget() or context.window
        assert isinstance(parent, QWidget)  # noqa: S101 - `_may_ask` has looked
        dialog = CrashDialog(
            parent,
            what,
            report,
            context.autosave,
            lambda *_: context.dialogs.open_file(user_log_dir() / LOG_NAME),
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._on_answered)
        dialog.leave_wanted.connect(lambda: self._leave(report))
        self._dialog = dialog
        dialog.show()
        self._save()

    def _save(self) -> None:
        """Write what is not safe yet; a stroke ends, for its release never comes."""
        annotating = self._context.annotating
        try:
            if annotating.current is not None and annotating.current.is_painting:
                annotating.ask(lambda tool, at: tool.leave(at), writes=False)
        finally:
            if annotating.current is not None and annotating.current.is_painting:
                annotating.abort()
            self._context.autosave.flush_all()

    def _on_answered(self) -> None:
        self._dialog = None

    def _leave(self, report: str) -> None:
        if self._faults is not None:
            self._faults.leave(report)
        window = self._context.window
        if isinstance(window, QWidget):  # else what is open in front keeps it
            for front in window.findChildren(QDialog):
                front.reject()
        window.close()

    def _post(self, what: str, report: str) -> None:
        """Say it beside the picture: it was said in a dialog before."""
        self._context.notices.post(
            Notice(
                Level.ERROR,
                tr("Something unexpected went wrong."),
                tr(
                    "{what}. The window goes on; your files are not touched.", what=what
                ),
                tr(
                    "The details can be copied into a report; none of your folders is "
                    "in them."
                ),
                report,
                (Verb(tr("Show log files"), self._show_logs),),
            )
        )

    def _show_logs(self) -> None:
        self._context.dialogs.reveal(user_log_dir())


def install(
    context: "AppContext", faults: "FaultWatch | None" = None
) -> Callable[[], None]:
    """Catch what nothing else catches; returns what takes it back.

    Parameters
    ----------
    faults
        Tells the next start that this sitting was ended for an error.
    """
    crash = CrashHook(context, faults)
    before = sys.excepthook, threading.excepthook
    sys.excepthook = crash.hook
    threading.excepthook = crash.thread_hook
    qt_before = qInstallMessageHandler(_on_qt_message)

    def uninstall() -> None:
        sys.excepthook, threading.excepthook = before
        qInstallMessageHandler(qt_before)

    return uninstall


def environment() -> str:
    """Return the versions that a report needs, one line."""
    return tr(
        "SegDesk {version}, Python {python_version}, Qt {qt_version}, {platform}",
        version=__version__,
        python_version=platform.python_version(),
        qt_version=qVersion(),
        platform=platform.platform(),
    )


def _on_qt_message(kind: QtMsgType, where: QMessageLogContext, text: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", where.category, text)
