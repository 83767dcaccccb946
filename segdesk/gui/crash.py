"""Errors that nobody expected: into the log, and a notice with a report to copy."""

import logging
import platform
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

from segdesk import __version__
from segdesk.app.notices import Level, Notice, Verb
from segdesk.core.language import tr
from segdesk.core.paths import user_log_dir
from segdesk.core.private_paths import without_folders

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

log = logging.getLogger(__name__)
_qt_log = logging.getLogger("segdesk.qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_SAME_AT_MOST = 3


class CrashHook(QObject):
    """Tells what went wrong without ending the program.

    An error may come from any thread; it is told on the window's.

    Parameters
    ----------
    context
        The application.
    """

    _caught = Signal(str, str)

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
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
        self._caught.emit(tr("{name}: {error}", name=kind.__name__, error=error), text)

    def thread_hook(self, args: threading.ExceptHookArgs) -> None:
        """Take an error of another thread; the form of `threading.excepthook`."""
        if args.exc_value is not None:
            self.hook(args.exc_type, args.exc_value, args.exc_traceback)

    def _on_caught(self, what: str, trace: str) -> None:
        count = self._seen[what] = self._seen.get(what, 0) + 1
        if count > _SAME_AT_MOST:
            return
        report = without_folders(f"{environment()}\n\n{trace}")
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


def install(context: "AppContext") -> Callable[[], None]:
    """Catch what nothing else catches; returns what takes it back."""
    crash = CrashHook(context)
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
        "SegDesk {version}, Python {python_version}, Qt {qversion}, {platform}",
        version=__version__,
        python_version=platform.python_version(),
        qversion=qVersion(),
        platform=platform.platform(),
    )


def _on_qt_message(kind: QtMsgType, where: QMessageLogContext, text: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", where.category, text)
