"""Running one job of the engine in this process, with Ctrl+C as its cancel."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from segdesk.cli.output import prints_to_stderr, say
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import JobResult, Report, Terminal
from segdesk.jobs.runner import InProcessRunner
from segdesk.jobs.specs import JobSpec


def run_in_process(spec: JobSpec, report: Callable[[Report], None]) -> Terminal:
    """Run a job in this process to its end.

    The first Ctrl+C asks the job to stop and keep what is done; the second one ends it
    at once.

    Parameters
    ----------
    spec
        What to do.
    report
        Takes the job's reports; see `segdesk.cli.output.show_report`.

    Returns
    -------
    terminal
        How it ended.
    """
    stop = StopFlag()
    with _cancel_on_ctrl_c(stop), prints_to_stderr():
        return InProcessRunner(_checked_first).run(spec, report, stop)


def _checked_first(spec: JobSpec, context: JobContext) -> JobResult:
    from segdesk.cli.precheck import check_call

    check_call(spec)
    # torch and mmseg take seconds to import, so a wrong call does not get here.
    from segdesk.engine.dispatch import Engine

    return Engine().handle(spec, context)


@contextmanager
def _cancel_on_ctrl_c(stop: StopFlag) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        say("Stopping; what is done stays. Ctrl+C again ends at once.")
        stop.set()

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
