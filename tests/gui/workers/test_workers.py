import os
import sys
import threading

import pytest
from PySide6.QtCore import QThread

from segdesk.core.errors import JobCancelledError, SegDeskError
from segdesk.gui.workers.executor import Executor
from segdesk.gui.workers.job_worker import JobWorker
from segdesk.jobs.events import Progress


@pytest.fixture
def executor(qapp):
    made = Executor("test", 1)
    yield made
    made.close()


def test_executor_answers_on_the_window_thread_when_work_is_done(qtbot, executor):
    seen = []

    def work() -> str:
        return threading.current_thread().name

    executor.submit(
        work,
        lambda name: seen.append((name, QThread.currentThread())),
        seen.append,
    )
    qtbot.waitUntil(lambda: bool(seen))
    name, thread = seen[0]
    assert name.startswith("test")
    assert thread is executor.thread()


def test_executor_tells_any_error_as_one_of_the_house(qtbot, executor):
    seen = []

    def work() -> None:
        raise KeyError("x")

    executor.submit(work, seen.append, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], SegDeskError)
    assert "KeyError" in seen[0].cause


@pytest.mark.skipif(sys.platform != "linux", reason="no thread has its own niceness")
def test_executor_lets_others_first_when_nobody_waits_for_its_work(qtbot, qapp):
    executor, seen = Executor("test", 1, yields=True), []

    def work() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    executor.submit(work, seen.append, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    executor.close()
    mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert mine < seen[0] or mine >= 10


def test_executor_answers_nothing_when_it_is_closed(qtbot, qapp):
    executor = Executor("test", 1)
    gate = threading.Event()
    seen = []
    executor.submit(gate.wait, seen.append, seen.append)
    executor.submit(lambda: 1, seen.append, seen.append)
    gate.set()
    executor.close()
    qapp.processEvents()
    assert seen == []


def run(qtbot, work):
    worker = JobWorker(work)
    log = []
    worker.reported.connect(lambda event: log.append(("reported", event)))
    worker.succeeded.connect(lambda result: log.append(("succeeded", result)))
    worker.failed.connect(lambda event: log.append(("failed", event.kind)))
    worker.cancelled.connect(lambda event: log.append(("cancelled", event.kept)))
    return worker, log


@pytest.mark.parametrize(
    ("outcome", "ends"),
    [
        (None, ("succeeded", 7)),
        (SegDeskError("no"), ("failed", "SegDeskError")),
        (ZeroDivisionError(), ("failed", "ZeroDivisionError")),
        (JobCancelledError("a checkpoint"), ("cancelled", "a checkpoint")),
    ],
)
def test_job_worker_ends_with_exactly_one_signal(qtbot, outcome, ends):
    def work(context):
        context.report(Progress(1, 2, "images"))
        if outcome is not None:
            raise outcome
        return 7

    worker, log = run(qtbot, work)
    with qtbot.waitSignal(worker.finished):
        worker.start()
    qtbot.waitUntil(lambda: len(log) == 2)
    assert log == [("reported", Progress(1, 2, "images")), ends]
    worker.wait()


def test_job_worker_stops_the_job_when_it_is_asked_to(qtbot):
    def work(context):
        while True:
            context.stop.wait(0.01)
            context.check()

    worker, log = run(qtbot, work)
    worker.start()
    worker.stop()
    qtbot.waitUntil(lambda: log == [("cancelled", "")])
    worker.wait()
