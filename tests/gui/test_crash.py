"""An error that nobody expected, where there is no window to ask in."""

import logging
import sys

from PySide6.QtCore import qWarning

from segdesk.gui import crash


def test_crash_becomes_a_notice_with_a_report_when_nothing_catches_it(
    context, qtbot, caplog
):
    uninstall = crash.install(context)
    try:
        try:
            raise ZeroDivisionError("by zero")  # noqa: TRY301
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        qtbot.waitUntil(lambda: bool(context.posted))
        with caplog.at_level(logging.WARNING, "segdesk.qt"):
            qWarning("a word from Qt")
    finally:
        uninstall()
    (notice,) = context.posted
    assert "ZeroDivisionError: by zero" in notice.cause
    assert "test_crash" in notice.detail
    assert "SegDesk" in notice.detail
    assert "a word from Qt" in caplog.text
    assert sys.excepthook is not crash.CrashHook.hook
