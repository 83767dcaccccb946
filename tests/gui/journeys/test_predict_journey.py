"""From a folder to a proposal on screen, by clicks and keys."""

import os
import signal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segdesk.app.view_state import Compare, Layer
from segdesk.gui.docks.files import FilesDock
from segdesk.gui.docks.models import ModelsDock

WAIT_MS = 20_000


def open_folder(desktop, qtbot, folder) -> None:
    desktop.context.window.show_viewer()
    desktop.context.opening.open_paths([folder])
    qtbot.waitUntil(lambda: desktop.context.session.image is not None)


def load(desktop, qtbot, model_id) -> None:
    desktop.context.shelf.load(model_id)
    qtbot.waitUntil(lambda: desktop.context.predicting.is_ready, timeout=WAIT_MS)


def wait_for_proposal(desktop, qtbot):
    session = desktop.context.session
    qtbot.waitUntil(lambda: session.proposal is not None, timeout=WAIT_MS)
    return session.proposal


def press(desktop, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    canvas = desktop.context.viewer.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, key, modifier)


def test_window_predicts_each_image_when_a_model_is_loaded_by_double_click(
    desktop, qtbot, pictures
):
    open_folder(desktop, qtbot, pictures)
    dock = desktop.window.findChild(ModelsDock)
    view = dock.view
    rows = [
        view.model().index(row, 0)
        for row in range(view.model().rowCount())
        if "Steady"
        in str(
            view.model().index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)
            or view.model().index(row, 0).data()
        )
    ]
    point = view.visualRect(rows[0]).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    proposal = wait_for_proposal(desktop, qtbot)
    assert proposal.statistics.shares.sum() == pytest.approx(1.0)
    first = desktop.context.session.image.path
    press(desktop, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: desktop.context.session.image.path != first)
    wait_for_proposal(desktop, qtbot)
    assert desktop.context.session.image.path.name == "pic 1.png"
    assert desktop.context.predicting.has_proposal(first)


def test_window_changes_the_view_when_keys_are_pressed(desktop, qtbot, pictures):
    open_folder(desktop, qtbot, pictures)
    load(desktop, qtbot, "steady")
    wait_for_proposal(desktop, qtbot)
    session = desktop.context.session
    press(desktop, Qt.Key.Key_T)
    assert not session.view.overlay_visible
    press(desktop, Qt.Key.Key_T)
    press(desktop, Qt.Key.Key_Z)
    assert session.view.compare is Compare.SPLIT
    press(desktop, Qt.Key.Key_Z)
    press(desktop, Qt.Key.Key_M)
    assert session.view.main is Layer.CONFIDENCE
    press(desktop, Qt.Key.Key_M)
    before = session.view.opacity
    press(desktop, Qt.Key.Key_Period)
    assert session.view.opacity > before


def test_window_says_what_lies_under_the_cursor(desktop, qtbot, pictures):
    open_folder(desktop, qtbot, pictures)
    load(desktop, qtbot, "steady")
    wait_for_proposal(desktop, qtbot)
    canvas = desktop.context.viewer.canvas
    readings = []
    desktop.context.viewer.cursor_moved.connect(readings.append)
    middle = canvas.rect().center()
    QTest.mouseMove(canvas, middle - QPoint(9, 9))
    QTest.mouseMove(canvas, middle)
    qtbot.waitUntil(lambda: bool(readings) and readings[-1] is not None)
    assert readings[-1].class_index is not None
    assert 0 <= readings[-1].x < 80


def test_window_lives_on_and_offers_a_restart_when_the_engine_is_killed(
    desktop, qtbot, pictures, make_model
):
    make_model("slow", "Slow model")
    open_folder(desktop, qtbot, pictures)
    desktop.context.shelf.load("slow")
    qtbot.waitUntil(lambda: desktop.engine.pid is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: desktop.context.predicting.is_loading, timeout=WAIT_MS)
    killed = desktop.engine.pid
    os.kill(killed, signal.SIGKILL)
    notices = desktop.context.notices
    qtbot.waitUntil(lambda: any(n.verbs for n in notices.history), timeout=WAIT_MS)
    notice = next(n for n in notices.history if n.verbs)
    assert notice.message == "The engine stopped."
    assert "SIGKILL" in notice.cause
    assert desktop.window.isVisible()
    notice.verbs[0].run()
    qtbot.waitUntil(lambda: desktop.engine.pid not in (None, killed), timeout=WAIT_MS)
    assert desktop.context.predicting.is_loading


def test_model_goes_on_with_the_processor_when_the_gpu_is_lost(
    desktop, qtbot, pictures, make_model
):
    make_model("gpu lost", "Model on a GPU")
    desktop.context.shelf.refresh()
    open_folder(desktop, qtbot, pictures)
    desktop.context.shelf.load("gpu lost")
    notices = desktop.context.notices
    qtbot.waitUntil(lambda: any(n.verbs for n in notices.history), timeout=WAIT_MS)
    notice = next(n for n in notices.history if n.verbs)
    assert notice.message == "The GPU stopped working on this job."
    assert [verb.title for verb in notice.verbs] == [
        "Go on with the CPU",
        "Try the GPU again",
    ]
    assert desktop.context.predicting.model_id == "gpu lost"
    qtbot.waitUntil(lambda: desktop.engine.pid is None, timeout=WAIT_MS)
    notice.verbs[0].run()
    wait_for_proposal(desktop, qtbot)
    assert desktop.context.settings.preferences.device == "cpu"


def test_window_predicts_on_without_a_word_when_the_engine_died_between_jobs(
    desktop, qtbot, pictures
):
    open_folder(desktop, qtbot, pictures)
    load(desktop, qtbot, "steady")
    wait_for_proposal(desktop, qtbot)
    os.kill(desktop.engine.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: desktop.engine.pid is None, timeout=WAIT_MS)
    desktop.context.accepting.reject()
    desktop.context.commands.run("model.predict")
    wait_for_proposal(desktop, qtbot)


def test_palette_runs_a_command_that_is_typed(desktop, qtbot, pictures):
    open_folder(desktop, qtbot, pictures)
    press(desktop, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    field = QApplication.focusWidget()
    QTest.keyClicks(field, "split")
    qtbot.wait(100)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desktop.context.session.view.compare is Compare.SPLIT


def test_window_keeps_settings_and_recent_places_when_it_is_closed(
    desktop, qtbot, pictures
):
    open_folder(desktop, qtbot, pictures)
    desktop.context.session.update_view(opacity=0.7)
    desktop.close()
    text = desktop.settings.path.read_text()
    assert "0.7" in text
    assert "my pictures" in desktop.context.opening.recent.path.read_text()


def test_window_takes_up_model_compare_and_image_when_it_is_opened_again(
    desktop, qtbot, pictures, again
):
    open_folder(desktop, qtbot, pictures)
    load(desktop, qtbot, "steady")
    desktop.context.commands.run("view.split")
    desktop.context.opening.show(2)
    wait_for_proposal(desktop, qtbot)
    desktop.close()
    second = again()
    context = second.context
    assert context.session.view.compare is Compare.SPLIT
    qtbot.waitUntil(lambda: context.predicting.is_ready, timeout=WAIT_MS)
    assert context.predicting.model_id == "steady"
    open_folder(second, qtbot, pictures)
    assert context.session.image.path.name == "pic 2.png"
    wait_for_proposal(second, qtbot)
    context.commands.run("model.unload")
    second.close()
    third = again()
    qtbot.waitUntil(lambda: len(third.context.shelf.entries) >= 1)
    assert third.context.predicting.model_id is None, "it was not loaded at the end"


def test_next_images_open_with_proposals_when_they_are_prepared(
    desktop, qtbot, pictures
):
    context = desktop.context
    open_folder(desktop, qtbot, pictures)
    load(desktop, qtbot, "steady")
    wait_for_proposal(desktop, qtbot)
    control, shift = (
        Qt.KeyboardModifier.ControlModifier,
        Qt.KeyboardModifier.ShiftModifier,
    )
    press(desktop, Qt.Key.Key_Return, control | shift)
    assert context.jobs.live()[-1].title == "Prepare 2 images"
    paths = context.session.files.paths
    qtbot.waitUntil(
        lambda: all(map(context.predicting.has_proposal, paths)), timeout=WAIT_MS
    )
    qtbot.waitUntil(lambda: not context.preparing.is_busy)
    files = desktop.window.findChild(FilesDock).model
    spoken = Qt.ItemDataRole.AccessibleTextRole
    told = [str(files.index(row).data(spoken)) for row in range(files.rowCount())]
    assert sum("proposal" in words for words in told) == 3

    predicted = []
    context.jobs.changed.connect(lambda job: predicted.append(job.title))
    context.opening.show(2)
    qtbot.waitUntil(lambda: context.session.files.current == 2, timeout=WAIT_MS)
    wait_for_proposal(desktop, qtbot)
    assert predicted == []
