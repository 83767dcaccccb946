"""Ports without a window: work and jobs run when the test says so."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from segdesk.app.desk import Desk
from segdesk.app.job_center import JobCenter
from segdesk.app.notices import Notices
from segdesk.app.session import Session
from segdesk.app.settings import Settings
from segdesk.core.errors import SegDeskError
from segdesk.jobs.events import Cancelled, Report, Terminal
from segdesk.jobs.specs import JobSpec


class ManualExecutor:
    """Keeps work until `run_all`; the tests decide the order."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], Any], Any, Any]] = []

    def submit(self, work, done, failed) -> None:
        self.waiting.append((work, done, failed))

    def run_all(self) -> None:
        while self.waiting:
            self.run_one(0)

    def run_one(self, index: int) -> None:
        work, done, failed = self.waiting.pop(index)
        try:
            result = work()
        except SegDeskError as error:
            failed(error)
        else:
            done(result)


class ManualTimer:
    """A clock that stands still until `pass_by`."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls: list[tuple[float, Callable[[], object]]] = []

    def after(self, seconds: float, call: Callable[[], object]) -> Callable[[], None]:
        entry = (self.now + seconds, call)
        self.calls.append(entry)

        def drop() -> None:
            if entry in self.calls:
                self.calls.remove(entry)

        return drop

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        for entry in [one for one in self.calls if one[0] <= self.now]:
            if entry in self.calls:
                self.calls.remove(entry)
                entry[1]()


@dataclass
class StartedJob:
    spec: JobSpec
    report: Callable[[Report], None]
    ended: Callable[[Terminal], None]
    stopped: bool = False


@dataclass
class ManualEngine:
    """Keeps jobs until the test ends them."""

    jobs: list[StartedJob] = field(default_factory=list)

    def start(self, spec, report, ended) -> Callable[[], None]:
        job = StartedJob(spec, report, ended)
        self.jobs.append(job)

        def cancel() -> None:
            job.stopped = True

        return cancel

    def start_work(self, work, report, ended) -> Callable[[], None]:
        raise AssertionError("not used here")

    def is_running(self) -> bool:
        return True

    def end(self, index: int, terminal: Terminal) -> None:
        self.jobs[index].ended(terminal)

    def end_stopped(self) -> None:
        for job in self.jobs:
            if job.stopped:
                job.ended(Cancelled())


@pytest.fixture
def executor() -> ManualExecutor:
    return ManualExecutor()


@pytest.fixture
def timer() -> ManualTimer:
    return ManualTimer()


@pytest.fixture
def engine() -> ManualEngine:
    return ManualEngine()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Session(), Settings(tmp_path / "settings.toml"), Notices(), JobCenter())
