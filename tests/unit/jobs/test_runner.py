"""One terminal event comes out of every handler; arrays travel in files."""

import numpy as np
import pytest

from segdesk.core.errors import (
    CheckpointError,
    JobCancelledError,
    StorageError,
)
from segdesk.jobs.arrays import make_scratch_dir, put, take
from segdesk.jobs.control import StopFlag
from segdesk.jobs.events import (
    Cancelled,
    EnvironmentReport,
    Failed,
    LogLine,
    Succeeded,
)
from segdesk.jobs.runner import InProcessRunner
from segdesk.jobs.specs import EnvironmentSpec

RESULT = EnvironmentReport(versions={}, devices=(), cpu_threads=1, compiled_ops=False)


def run(handler, *, stopped: bool = False):
    reports = []
    stop = StopFlag()
    if stopped:
        stop.set()
    return InProcessRunner(handler).run(
        EnvironmentSpec(), reports.append, stop
    ), reports


def test_run_succeeds_with_reports_when_the_handler_returns():
    def handler(spec, context):
        context.report(LogLine(type(spec).__name__))
        context.check()
        return RESULT

    assert run(handler) == (Succeeded(RESULT), [LogLine("EnvironmentSpec")])


def test_run_is_cancelled_when_the_handler_looks_at_a_set_stop():
    def handler(_spec, context):
        context.check()
        return RESULT

    assert run(handler, stopped=True)[0] == Cancelled()


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (
            CheckpointError("a.pth was not opened.", cause="Why."),
            "CheckpointError",
            "a.",
        ),
        (MemoryError(), "MemoryError", "memory"),
        (KeyError("x"), "KeyError", "unexpected"),
    ],
)
def test_run_fails_with_words_when_the_handler_raises(error, kind, words):
    def handler(_spec, _context):
        raise error

    terminal, _ = run(handler)
    assert isinstance(terminal, Failed)
    assert terminal.kind == kind
    assert words in terminal.message
    assert "Traceback" in terminal.detail or type(error).__name__ in terminal.detail


def test_run_says_what_stays_when_the_handler_was_cancelled():
    def handler(_spec, _context):
        raise JobCancelledError("checkpoint at iteration 400")

    assert run(handler)[0] == Cancelled("checkpoint at iteration 400")


def test_take_returns_the_array_and_deletes_its_file():
    folder = make_scratch_dir()
    array = np.arange(12, dtype=np.uint8).reshape(3, 4).T
    ref = put(array, folder)
    assert (take(ref) == array).all()
    folder.rmdir()


def test_put_says_that_nothing_was_handed_over_when_the_folder_is_gone(tmp_path):
    with pytest.raises(StorageError, match="not handed over"):
        put(np.zeros(3, np.uint8), tmp_path / "gone")
