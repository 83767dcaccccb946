"""Running one job of the engine in this process, with Ctrl+C as its cancel."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import typer

from segdesk.cli.output import (
    ExitCode,
    prints_to_stderr,
    say,
    show_error,
    show_report,
)
from segdesk.cli.progress_bar import progress_bar
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import (
    Failed,
    JobResult,
    Progress,
    Report,
    Succeeded,
    Terminal,
)
from segdesk.jobs.runner import InProcessRunner
from segdesk.jobs.specs import JobSpec

Result = TypeVar("Result")


def result_of(  # noqa: PLR0913 - what a command says of its job
    spec: JobSpec,
    kind: type[Result],
    *,
    title: str,
    stopped: str,
    as_json: bool,
    show: Callable[[Report], None] = show_report,
    cured: Callable[[Failed], Failed] = lambda failed: failed,
) -> Result:
    """Run a job under a progress bar; end the program where it does not succeed.

    Parameters
    ----------
    kind
        What the job results in.
    title
        Stands before the bar.
    stopped
        What is left after Ctrl+C, as a sentence.
    show
        Says the reports that are no progress.
    cured
        Adds to a failure what helps at the command line.

    Raises
    ------
    typer.Exit
        With `ExitCode.WRONG` after an error, which is told, or `ExitCode.STOPPED`.
    """
    with progress_bar(title) as advance:

        def take(event: Report) -> None:
            if isinstance(event, Progress):
                advance(event)
            else:
                show(event)

        terminal = run_in_process(spec, take)
    if isinstance(terminal, Failed):
        show_error(cured(terminal), as_json=as_json)
        raise typer.Exit(ExitCode.WRONG)
    if not isinstance(terminal, Succeeded):
        say(stopped)
        raise typer.Exit(ExitCode.STOPPED)
    assert isinstance(terminal.result, kind)  # noqa: S101 - the engine's answer
    return terminal.result


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
