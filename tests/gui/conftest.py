"""A window's context without engine, disk or threads, for tests of widgets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from segdesk.app.commands import Command, CommandRegistry, Where
from segdesk.app.job_center import JobCenter
from segdesk.app.keymap import Keymap
from segdesk.app.notices import Notice, Notices, Toast
from segdesk.app.recent import RecentPlaces
from segdesk.app.session import FileList, Session
from segdesk.app.settings import Settings
from segdesk.app.shelf_entry import ShelfEntry
from segdesk.app.signal import Signal
from segdesk.core.classes import ClassList
from segdesk.core.errors import SegDeskError
from segdesk.jobs.events import DeviceFacts, EnvironmentReport

# id, title, icon, keys
_COMMANDS = """
file.open_files|Open files|image|Ctrl+O
file.open_folder|Open folder|folder-open|Ctrl+U
file.open_sample|Try the sample|sparkle|
file.close|Close|x|Ctrl+W
file.next|Next image|caret-right|D
file.previous|Previous image|caret-left|A
file.filter|Filter files|funnel-simple|Ctrl+F
file.reveal|Reveal in folder|folder|
app.quit|Quit|sign-out|Ctrl+Q
edit.copy_view|Copy view|copy|Ctrl+Shift+C
view.fit|Fit|corners-out|F
view.actual_size|100%|magnifying-glass|Ctrl+0
view.zoom_in|Zoom in|magnifying-glass-plus|Ctrl++
view.zoom_out|Zoom out|magnifying-glass-minus|Ctrl+-
view.overlay|Overlay|eye|T
view.hide_held|Hide while held|eye-slash|H
view.contour_mode|Contour mode|square-half|C
view.opacity_down|Less opacity|drop-half|,
view.opacity_up|More opacity|drop|.
view.split|Split|columns|Z
view.linked|Linked panes|link-simple-horizontal|Shift+Z
view.compare_one|One pane|square|
view.confidence|Confidence|thermometer-simple|M
view.pixel_grid|Pixel grid|grid-four|
view.navigator|Navigator|map-trifold|F9
view.docks|Hide docks|layout|Ctrl+\\
view.full_screen|Full screen|arrows-out|F11
view.theme_dark|Dark|moon|
view.theme_light|Light|sun|
view.theme_system|Like the system|monitor|
view.solo_class|Solo class|eye|Shift+L
view.sort_by_share|Sort by share|sort-descending|
model.predict|Predict|play|Ctrl+Return
model.load|Load model|cube|
model.unload|Unload model|cube|
model.add|Add model|plus|
model.zoo|Model zoo|cloud-arrow-down|
model.card|Model card|identification-card|
model.remove|Remove model|trash|
model.reject|Reject|x|Ctrl+Backspace
model.restart_engine|Restart the engine|arrow-clockwise|
app.commands|Commands|magnifying-glass|Ctrl+K
app.keys|Keys|keyboard|Ctrl+/
app.jobs|Jobs|activity|Ctrl+J
app.about|About SegDesk|info|
app.welcome|Welcome|house|
help.logs|Open the log|file-text|
"""


class Calls:
    """Records every call to a method that is not defined: `(name, arguments)`."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: self.calls.append((name, arguments))

    def called(self, name: str) -> list[tuple[Any, ...]]:
        """Return the arguments of every call to `name`."""
        return [arguments for called, arguments in self.calls if called == name]


class FakeThumbnails:
    """Holds requests until a test answers them."""

    def __init__(self) -> None:
        self.waiting: dict[Path, list[Callable[[Any], None]]] = {}
        self.cancelled: list[Path] = []
        self.sizes: dict[Path, tuple[int, int]] = {}

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


class FakeOpening(Calls):
    """Shows an image by moving the session's file list."""

    def __init__(self, session: Session, home: Path) -> None:
        super().__init__()
        self.changed: Signal[()] = Signal()
        self.thumbnails = FakeThumbnails()
        self.recent = RecentPlaces(home / "recent.json")
        self.is_busy = False
        self.reading: Path | None = None
        self._session = session

    def show(self, index: int) -> None:
        self.calls.append(("show", (index,)))
        files = self._session.files
        self._session.set_files(FileList(files.root, files.paths, index))


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

    def confirm(self, question: str, detail: str, verb: str) -> bool:
        return bool(self._answer("confirm", question, detail, verb))


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
    shelf: FakeShelf
    window: Calls
    viewer: Calls
    dialogs: FakeDialogs
    clock: "Clock"
    ran: list[str] = field(default_factory=list)
    disabled: dict[str, str] = field(default_factory=dict)
    checked: set[str] = field(default_factory=set)
    posted: list[Notice] = field(default_factory=list)
    toasts: list[Toast] = field(default_factory=list)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def context(segdesk_home: Path) -> Iterator[FakeContext]:
    """Return a context whose commands only note that they ran."""
    session = Session()
    clock = Clock()
    registry = CommandRegistry()
    fake = FakeContext(
        session=session,
        settings=Settings(segdesk_home / "settings.toml"),
        keymap=Keymap(()),
        notices=Notices(),
        jobs=JobCenter(clock),
        commands=registry,
        opening=FakeOpening(session, segdesk_home),
        predicting=FakePredicting(),
        shelf=FakeShelf(),
        window=Calls(),
        viewer=Calls(),
        dialogs=FakeDialogs(),
        clock=clock,
    )
    registry.add(*(_recording(line, fake) for line in _COMMANDS.split("\n") if line))
    registry.bind(fake)  # type: ignore[arg-type]
    fake.keymap = Keymap(registry)
    fake.notices.posted.connect(fake.posted.append)
    fake.notices.toasted.connect(fake.toasts.append)
    yield fake
    QApplication.clipboard().clear()


def _recording(line: str, fake: FakeContext) -> Command:
    command_id, title, icon, key = line.split("|")
    return Command(
        command_id,
        title,
        icon,
        command_id.partition(".")[0].capitalize(),
        lambda _context: fake.ran.append(command_id),
        keys=(key,) if key else (),
        tip=f"{title}, in a test.",
        where=Where.CANVAS if len(key) == 1 else Where.EVERYWHERE,
        disabled_why=lambda _context: fake.disabled.get(command_id),
        checked=lambda _context: command_id in fake.checked,
    )
