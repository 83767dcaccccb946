"""The jobs panel, driven as a user drives it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from segdesk.gui.docks.jobs import JobsDock
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.jobs.events import Cancelled, Failed, LogLine, Progress

FAILED = Failed(
    kind="CheckpointError",
    message="cgnet.pth was not opened.",
    cause="It is a pickle.",
    hint="Export its weights.",
    detail="UnsafeCheckpoint: Context_Guided",
)


@pytest.fixture
def dock(qtbot, context) -> JobsDock:
    dock = JobsDock(context)
    qtbot.addWidget(dock)
    dock.resize(308, 500)
    dock.show()
    return dock


@pytest.fixture
def click(dock) -> Callable[[int, int], None]:
    def click(row: int, from_right: int) -> None:
        rect = dock.view.visualRect(dock.model.index(row))
        spot = QPoint(rect.right() - from_right, rect.top() + 14)
        QTest.mouseClick(dock.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)

    return click


def rows(dock: JobsDock) -> list[str]:
    model = dock.model
    spoken = Qt.ItemDataRole.AccessibleTextRole
    return [model.index(row).data(spoken) for row in range(model.rowCount())]


def test_panel_says_that_nothing_runs_when_there_is_no_job(dock, context):
    assert not dock.view.isVisible()
    context.jobs.open("Load", "cube", None)
    assert dock.view.isVisible()
    assert dock.count_text == "1"


def test_job_says_how_far_how_fast_and_how_long(dock, context):
    job = context.jobs.open("Training run 8", "chart-line-up", None)
    context.jobs.report(job, Progress(2140, 8000, "iterations"))
    context.clock.now_s += 178
    assert rows(dock) == [
        "Training run 8, 2,140 of 8,000 iterations · 12/s · 8 min left"
    ]


def test_download_says_megabytes_and_its_own_rate(dock, context):
    job = context.jobs.open("Download pspnet", "cloud-arrow-down", None)
    context.jobs.report(job, Progress(58_000_000, 187_000_000, "bytes", "2.1 MB/s"))
    context.clock.now_s += 18
    assert rows(dock) == ["Download pspnet, 58 of 187 MB · 2.1 MB/s · 40 s left"]


def test_job_of_unknown_length_says_what_it_does(dock, context):
    job = context.jobs.open("Load U-Net", "cube", None)
    context.jobs.report(job, Progress(0, None, "steps", "Loading the weights"))
    context.clock.now_s += 3
    assert rows(dock) == ["Load U-Net, Loading the weights · 3 s"]


def test_ended_jobs_say_how_they_ended(dock, context):
    done, failed, stopped = (
        context.jobs.open(title, "cube", None) for title in ("A", "B", "C")
    )
    context.clock.now_s += 1.4
    context.jobs.finish(done)
    context.jobs.close(failed, FAILED)
    context.jobs.close(stopped, Cancelled("2 of 5 masks"))
    assert rows(dock) == [
        "C, Stopped · Kept: 2 of 5 masks",
        "B, cgnet.pth was not opened.",
        "A, Done · 1.4 s",
    ]
    assert dock.count_text == ""


def test_cancel_asks_the_job_to_stop(dock, context, click):
    asked = []
    context.jobs.open("Predict", "play", lambda: asked.append(True))
    click(0, 20)
    assert asked == [True]
    assert rows(dock) == ["Predict, Stopping"]


def test_details_unfold_and_can_be_copied(dock, context, click):
    job = context.jobs.open("Add cgnet.pth", "cube", None)
    context.jobs.report(job, LogLine("reading"))
    context.jobs.close(job, FAILED)
    click(0, 40)
    box = dock.log_of(job)
    text = box.text.toPlainText()
    assert text.startswith("cgnet.pth was not opened. It is a pickle. Export its")
    assert "Context_Guided" in text
    assert text.endswith("reading")
    box.copy_button.click()
    assert QGuiApplication.clipboard().text() == text
    click(0, 40)
    assert dock.log_of(job) is None
    assert dock.model.rowCount() == 1


def test_unfolded_log_grows_with_the_job(dock, context, click):
    job = context.jobs.open("Train", "chart-line-up", None)
    context.jobs.report(job, LogLine("one"))
    click(0, 14)
    context.jobs.report(job, LogLine("two"))
    assert dock.log_of(job).text.toPlainText() == "one\ntwo"
    context.jobs.open("Another", "cube", None)
    assert rows(dock)[1:] == ["Train, Working", "Log of Train"]


def test_clear_ended_keeps_what_runs(dock, context):
    ended = context.jobs.open("A", "cube", None)
    context.jobs.open("B", "cube", None)
    context.jobs.close(ended, FAILED)
    dock.header_widgets()[0].click()
    (menu,) = dock.findChildren(RowMenu)
    menu.actions()[0].trigger()
    assert rows(dock) == ["B, Working"]


def test_timer_rests_when_nothing_runs_or_the_panel_is_hidden(dock, context):
    assert not dock.is_ticking
    job = context.jobs.open("A", "cube", None)
    assert dock.is_ticking
    dock.hide()
    assert not dock.is_ticking
    dock.show()
    assert dock.is_ticking
    context.jobs.finish(job)
    assert not dock.is_ticking
