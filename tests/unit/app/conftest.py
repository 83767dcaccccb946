"""Ports without a window: work and jobs run when the test says so."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.desk import Desk
from segdesk.app.files.opened_image import open_image
from segdesk.app.job_center import JobCenter
from segdesk.app.notices import Notices
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.proposals.accepting import Accepting
from segdesk.app.session import Session
from segdesk.app.settings.settings import Settings
from segdesk.app.tools.base import ToolResult, Work
from segdesk.app.tools.pointer import Button, PointerEvent
from segdesk.core.classes import ClassList
from segdesk.core.edits import EditRecorder, plan_labels
from segdesk.core.errors import SegDeskError
from segdesk.core.geometry import Rect, Size
from segdesk.core.history import Step
from segdesk.core.project import Project
from segdesk.formats.native import read_annotation
from segdesk.formats.project_file import write_project
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Cancelled, Failed, Report, Terminal
from segdesk.jobs.runner import attempt
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
    works: list[Any] = field(default_factory=list)

    def start(self, spec, report, ended) -> Callable[[], None]:
        job = StartedJob(spec, report, ended)
        self.jobs.append(job)

        def cancel() -> None:
            job.stopped = True

        return cancel

    def start_work(self, work, report, done, ended) -> Callable[[], None]:
        stop = StopFlag()
        self.works.append((work, JobContext(report, stop), done, ended))
        return stop.set

    def run_work(self) -> None:
        work, context, done, ended = self.works.pop(0)
        outcome = attempt(lambda: work(context))
        answer = ended if isinstance(outcome, Failed | Cancelled) else done
        answer(outcome)

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


CLASSES = ClassList.from_names(("background", "road", "tree"))
SIZE = Size(60, 40)


def folder_of_images(root: Path, classes: ClassList | None) -> None:
    root.mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        Image.new("RGB", SIZE, "grey").save(root / name)
    if classes:
        write_project(Project(root, classes))


class Stamp:
    """A tool that stamps squares as the pen goes; a second kind of it thinks first."""

    id = "brush"
    is_open = False

    def __init__(self, *, thinks: bool = False) -> None:
        self._thinks = thinks
        self._recorder: EditRecorder | None = None

    def press(self, event, context) -> ToolResult:
        if self._thinks:
            return ToolResult(work=Work("Thinking", 1, lambda: context.selected_class))
        self._recorder = EditRecorder(context.document.labels)
        return self.move(event, context)

    def move(self, event, context) -> ToolResult:
        rect = Rect(int(event.x), int(event.y), 3, 3)
        self._recorder.touch(rect)
        context.document.labels[rect.slices] = context.selected_class
        return ToolResult(dirty=(rect,))

    def release(self, event, context) -> ToolResult:
        if self._recorder is None:
            return ToolResult()
        edit, self._recorder = self._recorder.finish(), None
        if edit is None:
            return ToolResult()
        step = Step("Stamp", "stamp", context.selected_class, (edit,))
        return ToolResult().with_change(context.document.record(step))

    def hover(self, event, context) -> ToolResult:
        return ToolResult(picked=2, status="Tree")

    def key(self, key, modifiers, context) -> ToolResult:
        return ToolResult(consumed=False)

    def abort(self, context) -> ToolResult:
        if self._recorder is None:
            return ToolResult()
        dirty, self._recorder = self._recorder.rollback(), None
        return ToolResult(dirty=(dirty,))

    def leave(self, context) -> ToolResult:
        return self.release(None, context)

    def deliver(self, token, value, context) -> ToolResult:
        wanted = np.full((2, 2), value, np.uint8)
        edit = plan_labels(context.document.labels, wanted, Rect(0, 0, 2, 2))
        step = Step("Thought", "brain", value, (edit,))
        return ToolResult().with_change(context.document.apply(step))

    def fail(self, token, why, context) -> ToolResult:
        return ToolResult(status=why)


class Room:
    """The journey with a folder of three images."""

    def __init__(self, root: Path, desk, executor, timer, tools=None) -> None:
        self.root, self.desk, self.executor, self.timer = root, desk, executor, timer
        self.autosave = Autosave(executor, timer, desk.notices)
        self.shelf = ProjectShelf(executor, desk.notices)
        self.annotations = OpenAnnotations(desk, executor, self.autosave, self.shelf)
        tools = tools or {"brush": Stamp(), "wand": Stamp(thinks=True)}
        self.annotating = Annotating(
            desk, executor, self.annotations, self.autosave, self.shelf, tools
        )
        self.accepting = Accepting(
            desk, executor, self.annotations, self.annotating, self.shelf
        )

    def show(self, name: str) -> None:
        self.desk.session.set_image(open_image(self.root / name))
        self.executor.run_all()

    def stroke(self, x: int, y: int, value: int = 1) -> None:
        self.annotating.choose(class_index=value)
        self.annotating.press(PointerEvent(x, y, Button.LEFT))
        self.annotating.move(PointerEvent(x + 4, y, Button.LEFT))
        self.annotating.release(PointerEvent(x + 4, y, Button.LEFT))

    @property
    def labels(self) -> np.ndarray:
        return self.annotating.document.labels

    @property
    def messages(self) -> list[str]:
        return [notice.message for notice in self.desk.notices.history]

    def saved(self, name: str) -> np.ndarray:
        project = Project(self.root)
        return read_annotation(project.annotation_path(name), SIZE).state.labels

    def quiet(self) -> None:
        self.timer.pass_by(3)
        self.executor.run_all()

    def close(self) -> None:
        self.annotations.leave()
        self.executor.run_all()
        for one in self.autosave.unsaved:
            one.journal.close()
        self.shelf.close()


@pytest.fixture
def make_folder() -> Callable[[Path, ClassList | None], None]:
    return folder_of_images


@pytest.fixture
def make_room(desk, executor, timer) -> Callable[..., Room]:
    return lambda root, tools=None: Room(root, desk, executor, timer, tools)


@pytest.fixture
def room(tmp_path, desk, executor, timer):
    folder_of_images(tmp_path / "project", CLASSES)
    room = Room(tmp_path / "project", desk, executor, timer)
    yield room
    room.close()


@pytest.fixture
def bare_room(tmp_path, desk, executor, timer):
    """Give a folder of images that names no classes."""
    folder_of_images(tmp_path / "bare", None)
    room = Room(tmp_path / "bare", desk, executor, timer)
    yield room
    room.close()
