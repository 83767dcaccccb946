"""A window's context without engine, disk or threads, for tests of widgets."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from fake_asking import FakeExplaining, FakePrompting
from fake_batches import make_batches
from fake_review import FakeReview
from fake_runs import Clock, FakeTraining, make_runs
from fake_scribbles import FakeScribbling
from fake_tuning import FakeTuning
from fake_videos import make_annotating, make_recording, make_videos
from fake_workers import ImmediateExecutor, ManualTimer
from PySide6.QtWidgets import QApplication

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.deeds import Deeds
from segdesk.app.annotate.label_shares import LabelShares
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.annotate.refining import Refining
from segdesk.app.annotate.shape_list import ShapeList
from segdesk.app.catalog import all_commands
from segdesk.app.classes.editing import ClassEditing
from segdesk.app.classes.history import ClassHistory
from segdesk.app.classes.question import ClassQuestion
from segdesk.app.classes.remapping import ClassRemapping
from segdesk.app.commands import Command, CommandRegistry
from segdesk.app.desk import Desk
from segdesk.app.evaluation.evaluating import Evaluating
from segdesk.app.exchange.importing import Importing
from segdesk.app.files.recent import RecentPlaces
from segdesk.app.job_center import JobCenter
from segdesk.app.keys.keymap import Keymap
from segdesk.app.models.shelf_entry import ShelfEntry
from segdesk.app.notices import Notice, Notices, Toast
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.proposals.accepting import Accepting
from segdesk.app.proposals.facts import ProposalFacts
from segdesk.app.session import FileList, Session
from segdesk.app.settings.settings import Settings
from segdesk.app.signal import Signal
from segdesk.app.tools.box import ToolBox
from segdesk.app.tools.refining import Refinement
from segdesk.core.classes import ClassList
from segdesk.core.errors import SegDeskError
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import DeviceFacts, EnvironmentReport


class Calls:
    """Records every call to a method that is not defined: `(name, arguments)`."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments, **_names: self.calls.append((name, arguments))

    def called(self, name: str) -> list[tuple[Any, ...]]:
        """Return the arguments of every call to `name`."""
        return [arguments for called, arguments in self.calls if called == name]


class FakeThumbnails:
    """Holds requests until a test answers them."""

    def __init__(self) -> None:
        self.waiting: dict[Path, list[Callable[[Any], None]]] = {}
        self.cancelled: list[Path] = []
        self.sizes: dict[Path, tuple[int, int]] = {}
        self.renewed: Signal[Path | None] = Signal()

    def image_size(self, path: Path) -> tuple[int, int] | None:
        return self.sizes.get(path)

    def request(self, path: Path, done: Callable[[Any], None]) -> None:
        self.waiting.setdefault(path, []).append(done)

    def cancel(self, path: Path) -> None:
        self.waiting.pop(path, None)
        self.cancelled.append(path)

    def answer(self, path: Path, pixels: Any) -> None:
        for done in self.waiting.pop(path, []):
            done(pixels)


class FakeWindow(Calls):
    """Is laid out for annotating."""

    layout_id = "annotate"


class FakeOpening(Calls):
    """Shows an image by moving the session's file list."""

    def __init__(self, session: Session, home: Path) -> None:
        super().__init__()
        self.changed: Signal[()] = Signal()
        self.thumbnails = FakeThumbnails()
        self.recent = RecentPlaces(home / "recent.json")
        self.is_busy = False
        self.wanted: int | None = None
        self.reading: Path | None = None
        self.share: float | None = None
        self.failed: dict[Path, str] = {}
        self._session = session

    def why_failed(self, path: Path) -> str:
        return self.failed.get(path, "")

    def show(self, index: int) -> None:
        self.calls.append(("show", (index,)))
        files = self._session.files
        self._session.set_files(FileList(files.root, files.paths, index))


class FakeKept:
    """Says when a proposal came or went."""

    def __init__(self) -> None:
        self.changed: Signal[Path] = Signal()


class FakePreparing(Calls):
    """Prepares nothing."""

    count = 20
    is_busy = False

    def __init__(self) -> None:
        super().__init__()
        self.changed: Signal[()] = Signal()


class FakePredicting(Calls):
    """Says what a test put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: Signal[()] = Signal()
        self.model_id: str | None = None
        self.model_name = ""
        self.device_text = "CPU"
        self.is_loading = False
        self.is_ready = False
        self.is_predicting = False
        self.environment: EnvironmentReport | None = EnvironmentReport(
            versions={"torch": "2.13.0"},
            devices=(DeviceFacts("cpu", "CPU"),),
            cpu_threads=2,
            compiled_ops=False,
        )
        self.proposed: set[Path] = set()
        self.kept = FakeKept()

    @property
    def devices(self) -> tuple[DeviceFacts, ...]:
        return self.environment.devices if self.environment else ()

    def has_proposal(self, path: Path) -> bool:
        return path in self.proposed


class FakeShelf(Calls):
    """Holds the entries that a test put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: Signal[()] = Signal()
        self.entries: tuple[ShelfEntry, ...] = ()
        self.zoo_entries: tuple[Any, ...] = ()
        self.zoo_error: SegDeskError | None = None
        self.library: dict[str, Any] = {}

    def set_entries(self, *entries: ShelfEntry) -> None:
        self.entries = entries
        self.changed.emit()

    def entry(self, model_id: str) -> Any:
        return self.library.get(model_id)

    def zoo(
        self,
        done: Callable[[tuple[Any, ...]], None],
        failed: Callable[[SegDeskError], None],
    ) -> None:
        self.calls.append(("zoo", ()))
        if self.zoo_error is None:
            done(self.zoo_entries)
        else:
            failed(self.zoo_error)


class FakeDialogs(Calls):
    """Answers every question with what a test put into it; None: the user left."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, Any] = {}

    def _answer(self, name: str, *arguments: object) -> Any:
        self.calls.append((name, arguments))
        return self.answers.get(name)

    def choose_images(self) -> tuple[Path, ...] | None:
        return self._answer("choose_images")

    def choose_folder(self, title: str) -> Path | None:
        return self._answer("choose_folder", title)

    def choose_checkpoint(self) -> Path | None:
        return self._answer("choose_checkpoint")

    def choose_config(self, checkpoint: Path) -> Path | None:
        return self._answer("choose_config", checkpoint)

    def ask_classes(self, model_name: str, num_classes: int) -> ClassList | None:
        return self._answer("ask_classes", model_name, num_classes)

    def ask_trust(self, config: Path, why: str) -> bool:
        return bool(self._answer("ask_trust", config, why))

    def ask_number(self, refinement: Refinement, _: object = None) -> int | None:
        return self._answer("ask_number", refinement)

    def ask_class(self, question: ClassQuestion) -> int | None:
        return self._answer("ask_class", question)

    def confirm(self, question: str, detail: str, verb: str, *icon: str) -> bool:
        return bool(self._answer("confirm", question, detail, verb, *icon))


@dataclass
class FakeContext:
    """Has the attributes of `AppContext`; `ran` lists the commands that ran."""

    session: Session
    settings: Settings
    keymap: Keymap
    notices: Notices
    jobs: JobCenter
    commands: CommandRegistry
    opening: FakeOpening
    predicting: FakePredicting
    preparing: FakePreparing
    shelf: FakeShelf
    projects: ProjectShelf
    annotations: OpenAnnotations
    annotating: Annotating
    shapes: ShapeList
    accepting: Accepting
    autosave: Autosave
    class_editing: ClassEditing
    class_remapping: ClassRemapping
    deeds: Deeds
    importing: Importing
    refining: Refining
    evaluating: Evaluating
    label_shares: LabelShares
    proposal_facts: ProposalFacts
    timer: "ManualTimer"
    window: Calls
    viewer: Calls
    dialogs: FakeDialogs
    clock: Clock
    training: Any = field(default_factory=FakeTraining)
    runs: Any = field(default_factory=make_runs)
    batches: Any = None
    videos: Any = None
    model_export: Any = field(default_factory=Calls)
    model_tuning: Any = field(default_factory=FakeTuning)
    explaining: Any = field(default_factory=FakeExplaining)
    prompting: Any = field(default_factory=FakePrompting)
    video_annotating: Any = None
    video_recording: Any = None
    video_export: Any = field(default_factory=Calls)
    scribbling: Any = field(default_factory=FakeScribbling)
    review: Any = field(default_factory=FakeReview)
    tour: Any = field(default_factory=Calls)
    batch_drafting: Any = field(default_factory=Calls)
    batch_showing: Any = field(default_factory=Calls)
    batch_forms: Any = field(default_factory=Calls)
    ran: list[str] = field(default_factory=list)
    disabled: dict[str, str] = field(default_factory=dict)
    checked: set[str] = field(default_factory=set)
    posted: list[Notice] = field(default_factory=list)
    toasts: list[Toast] = field(default_factory=list)


class ImmediateEngine(Calls):
    """Does long work at once."""

    def start_work(
        self,
        work: Callable[[Any], Any],
        report: Callable[[Any], None],
        done: Callable[[Any], object],
        ended: Callable[[Any], object],
    ) -> Callable[[], None]:
        del ended
        done(work(JobContext(report, threading.Event())))
        return lambda: None


@pytest.fixture
def context(segdesk_home: Path) -> Iterator[FakeContext]:
    """Return a context whose commands only note that they ran."""
    session = Session()
    clock = Clock()
    registry = CommandRegistry()
    settings = Settings(segdesk_home / "settings.toml")
    desk = Desk(session, settings, Notices(), JobCenter(clock))
    parts = _annotation(desk)
    fake = FakeContext(
        session=session,
        settings=settings,
        keymap=Keymap(()),
        notices=desk.notices,
        jobs=desk.jobs,
        commands=registry,
        **parts,
        opening=FakeOpening(session, segdesk_home),
        predicting=FakePredicting(),
        preparing=FakePreparing(),
        shelf=FakeShelf(),
        window=FakeWindow(),
        viewer=Calls(),
        dialogs=FakeDialogs(),
        clock=clock,
    )
    timer, executor = parts["timer"], ImmediateExecutor()
    fake.batches = make_batches(desk, executor, timer, segdesk_home)
    videos = fake.videos = make_videos(desk, executor, timer, fake.predicting)
    fake.video_recording = make_recording(desk, videos, executor, segdesk_home)
    frames = make_annotating(desk, videos, executor, fake.batch_showing, segdesk_home)
    frames.attach(fake.annotating, fake.projects)
    fake.video_annotating = frames
    registry.add(*(_recording(command, fake) for command in all_commands()))
    registry.bind(fake)  # type: ignore[arg-type]
    fake.keymap = Keymap(registry)
    fake.notices.posted.connect(fake.posted.append)
    fake.notices.toasted.connect(fake.toasts.append)
    yield fake
    fake.annotations.leave()
    fake.projects.close()
    QApplication.clipboard().clear()


def _annotation(desk: Desk) -> dict[str, Any]:
    """Return the real journeys of annotation, working at once."""
    executor, timer, engine = ImmediateExecutor(), ManualTimer(), ImmediateEngine()
    projects = ProjectShelf(executor, desk.notices)
    autosave = Autosave(executor, timer, desk.notices)
    annotations = OpenAnnotations(desk, executor, autosave, projects)
    tools, history = ToolBox(), ClassHistory(projects)
    annotating = Annotating(desk, executor, annotations, autosave, projects, tools)
    editing = ClassEditing(desk, projects, annotations, annotating, history)
    remapping = ClassRemapping(desk, engine, annotations, autosave, projects, history)
    deeds = Deeds(annotations, annotating, editing, remapping, history, desk.notices)
    return {
        "projects": projects,
        "annotations": annotations,
        "annotating": annotating,
        "shapes": ShapeList(annotating, tools),
        "accepting": Accepting(desk, executor, annotations, annotating, projects),
        "autosave": autosave,
        "class_editing": editing,
        "importing": Importing(desk, engine, annotations, autosave, projects),
        "class_remapping": remapping,
        "deeds": deeds,
        "refining": Refining(desk, executor, annotations, annotating),
        "evaluating": Evaluating(desk, engine, executor, Calls(), Path("nowhere")),
        "label_shares": LabelShares(annotations, annotating, executor, timer),
        "proposal_facts": ProposalFacts(desk.session, executor),
        "timer": timer,
    }


def _recording(command: Command, fake: FakeContext) -> Command:
    """Return a command of the program that only notes that it ran."""
    return replace(
        command,
        run=lambda _context: fake.ran.append(command.id),
        disabled_why=lambda _context: fake.disabled.get(command.id),
        checked=lambda _context: command.id in fake.checked,
    )
