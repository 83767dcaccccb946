"""An error that nobody expected, in the middle of a stroke."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segdesk.core.classes import ClassList
from segdesk.core.paths import LOG_NAME
from segdesk.gui import crash
from segdesk.gui.dialogs.crash import CrashDialog
from segdesk.gui.faults import FaultWatch

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def faults(tmp_path):
    folder = tmp_path / "log"
    folder.mkdir()
    return FaultWatch(folder)


@pytest.fixture
def dialog(qtbot, desktop, pictures, faults, monkeypatch):
    """Paint until the brush fails; return the dialog that tells it."""
    context = desktop.context
    uninstall = crash.install(context, faults)
    context.opening.open_paths((pictures,))
    qtbot.waitUntil(lambda: context.annotations.current is not None, timeout=10_000)
    context.projects.set_classes(ClassList.from_names(("ground", "roof")), frozenset())
    context.annotating.choose(tool="brush", class_index=1)
    moves = []

    def fail(event, at, go_on=context.annotating.tool.move):
        moves.append(event)
        if len(moves) == 3:
            raise ZeroDivisionError(f"of {pictures}/pic 0.png")
        return go_on(event, at)

    monkeypatch.setattr(context.annotating.tool, "move", fail)
    canvas = context.viewer.canvas
    for number in range(6):  # as the system sends them, not from a test's call
        kind = QEvent.Type.MouseMove if number else QEvent.Type.MouseButtonPress
        at = QPointF(canvas.rect().center() + QPoint(8 * number, 0))
        spot = canvas.mapToGlobal(at)
        QApplication.postEvent(canvas, QMouseEvent(kind, at, spot, LEFT, LEFT, NONE))
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), CrashDialog))
    yield QApplication.activeModalWidget()
    uninstall()
    faults.close()


def test_stroke_is_saved_and_painting_goes_on_when_the_brush_failed(
    qtbot, desktop, pictures, dialog, monkeypatch
):
    context = desktop.context
    qtbot.waitUntil(lambda: not context.autosave.unsaved, timeout=10_000)
    assert "saved" in dialog.safe.text()
    annotation = context.annotations.current
    assert not annotation.is_painting
    assert annotation.document.history.position == 1

    QTest.mouseClick(dialog.copy, LEFT)
    report = QGuiApplication.clipboard().text()
    assert "ZeroDivisionError" in report
    assert "segdesk/app/annotate/annotating.py" in report
    assert str(pictures) not in report

    opened = []
    monkeypatch.setattr(context.dialogs, "open_file", opened.append)
    QTest.mouseClick(dialog.log, LEFT)
    assert [path.name for path in opened] == [LOG_NAME]

    QTest.mouseClick(dialog.go_on, LEFT)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    canvas = context.viewer.canvas
    QTest.mouseClick(canvas, LEFT, NONE, canvas.rect().center() + QPoint(0, 90))
    assert annotation.document.history.position == 2
    assert not annotation.is_painting


def test_window_closes_with_all_saved_when_the_user_leaves_after_an_error(
    qtbot, desktop, pictures, dialog, faults
):
    QTest.mouseClick(dialog.leave, LEFT)
    qtbot.waitUntil(lambda: not desktop.window.isVisible(), timeout=15_000)
    annotation = desktop.context.annotations.current
    assert annotation is None or not annotation.is_dirty
    faults.close()
    again = FaultWatch(faults.folder)
    notice = again.notice(lambda _: None)
    again.close()
    assert "closed after an error" in notice.message
    assert "ZeroDivisionError" in notice.detail
