"""The journey from a promptable model on disk to the thing under a click."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.desk import Desk
from segdesk.app.ports import BenchPort, ExecutorPort, TimerPort
from segdesk.app.signal import Signal
from segdesk.app.tools.prompt import Prompt, PromptTool
from segdesk.core.errors import SegDeskError
from segdesk.core.flood import NOTHING, Patch
from segdesk.core.geometry import Rect
from segdesk.core.language import tr
from segdesk.jobs.arrays import take
from segdesk.jobs.control import StopFlag
from segdesk.jobs.events import Failed, Succeeded, Terminal
from segdesk.jobs.prompt_events import PromptEncoded, PromptMaskDone, PromptOpened
from segdesk.jobs.runner import error_from
from segdesk.jobs.specs import PromptEncodeSpec, PromptMaskSpec, PromptOpenSpec

if TYPE_CHECKING:
    from segdesk.app.files.opened_image import OpenedImage
    from segdesk.app.tools.base import Tool, ToolContext, ToolResult
    from segdesk.library.promptable_models import PromptableModel, PromptableModels

TOOL = "prompt"
_IDLE_S = 300.0  # then the engine gives its memory back
_NEIGHBOURS = (1, -1, 2)


@dataclass(frozen=True, slots=True)
class PromptDoors:
    """Where the work is done.

    Parameters
    ----------
    engine
        Runs the model.
    executor
        Looks for models on disk.
    scratch_dir
        Folder through which the engine hands masks over.
    """

    engine: BenchPort
    executor: ExecutorPort
    timers: TimerPort
    scratch_dir: Path


class Prompting:
    """Keeps a promptable model at hand while its tool is in use.

    The open image is encoded as soon as the tool is taken or the image comes, the next
    ones after it. The engine is one of its own, beside the one that predicts, and ends
    after a while without any.

    Attributes
    ----------
    changed
        Fires when `models`, `model`, `opened`, `problem` or `is_busy` are others.
    model_wanted
        Fires when the user wants to prompt and there is no model.
    models
        What is found on disk.
    model
        The one in use.
    opened
        What the engine says of it, once it is resident.
    problem
        Why it cannot be used.
    """

    def __init__(
        self,
        desk: Desk,
        doors: PromptDoors,
        annotating: Annotating,
        shelf: "PromptableModels",
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.model_wanted: Signal[()] = Signal()
        self.models: tuple[PromptableModel, ...] = ()
        self.model: PromptableModel | None = None
        self.opened: PromptOpened | None = None
        self.problem: Failed | SegDeskError | None = None
        self.shelf = shelf
        self._session = desk.session
        self._settings = desk.settings
        self._notices = desk.notices
        self._doors = doors
        self._annotating = annotating
        self._generation = 0
        self._encoding: Path | None = None
        self._stop: Callable[[], None] | None = None
        self._encoded: set[tuple[Path, object]] = set()
        self._is_known = self._is_active = False
        self._resting: Callable[[], None] | None = None
        annotating.chosen.connect(lambda _: self._on_chosen())
        desk.session.image_changed.connect(self._on_image)

    # ------------------------------------------------------------ what is so

    @property
    def is_busy(self) -> bool:
        """Whether the model is being opened or looks at an image."""
        return self._stop is not None

    @property
    def hint(self) -> str:
        """What helps on, in a few words for the bar over the canvas."""
        if self.model is None:
            return tr("No promptable model yet") if self._is_known else ""
        if self.problem is not None:
            return tr("{name} cannot be used", name=self.model.name)
        image = self._session.image
        if image is not None and self._encoding == image.path:
            return tr("{name} looks at the image", name=self.model.name)
        return self.model.name

    def why_not(self) -> str | None:
        """Return why nothing can be asked at all."""
        if self.model is None:
            return tr("No promptable model is there. Choose one first.")
        if self.problem is not None:
            return str(self.problem)
        return None

    def is_ready(self) -> bool:
        """Tell whether the open image is encoded."""
        image = self._session.image
        return image is not None and self._key(image) in self._encoded

    # ------------------------------------------------------------ what to do

    def wanted(self) -> None:
        """Take note that the user wants to prompt: bring model and image up."""
        if self.model is None and self._is_known:
            self.model_wanted.emit()
        elif self.problem is None:
            self._go_on()

    def look_again(self, then: Callable[[], object] = lambda: None) -> None:
        """Look for models on disk."""
        shelf = self.shelf

        def found(
            answer: "tuple[tuple[PromptableModel, ...], PromptableModel | None]",
        ) -> None:
            self.models, chosen = answer
            self._is_known = True
            self._use(chosen)
            then()

        self._doors.executor.submit(
            lambda: (shelf.all(), shelf.chosen()), found, self._notices.error
        )

    def choose(self, name: str) -> None:
        """Use another model from now on."""
        self._keep(lambda: self.shelf.choose(name))

    def add(self, first: Path, second: Path, *, trusted: bool = False) -> None:
        """Use a pair of files that lies elsewhere."""
        self._keep(lambda: self.shelf.add(first, second, trusted=trusted))

    def finder(
        self, points: tuple[Prompt, ...], box: Rect | None
    ) -> Callable[[], Patch]:
        """Return what asks the model about the open image, on a worker."""
        model, image = self.model, self._session.image
        assert model is not None  # noqa: S101 - `why_not` was asked
        assert image is not None  # noqa: S101 - a tool has one
        self._pause()
        corners = None if box is None else (box.x, box.y, box.right, box.bottom)
        spec = PromptMaskSpec(
            files=model.files,
            image=image.path,
            scratch_dir=self._doors.scratch_dir,
            points=points,
            box=corners,
            device=self._settings.preferences.device,
            view=image.view,
        )
        runner = self._doors.engine.runner

        def find() -> Patch:
            return _patch(runner.run(spec, lambda _report: None, StopFlag()))

        self._rest_later()
        return find

    def close(self) -> None:
        """Drop what is under way."""
        self._pause()
        if self._resting is not None:
            self._resting()

    # ------------------------------------------------------------ following

    def _on_chosen(self) -> None:
        active = self._annotating.choices.tool == TOOL
        if active is self._is_active:
            return
        self._is_active = active
        if not active:
            self._pause()
        elif self._is_known:
            self._go_on()
        else:
            self.look_again(self._go_on)
        if active:
            self._tool_source()

    def _tool_source(self) -> None:
        tool = self._annotating.tool
        if isinstance(tool, PromptTool):
            tool.source = self

    def _on_image(self, _image: "OpenedImage | None") -> None:
        self._pause()
        if self._is_active:
            self._go_on()
        self.changed.emit()

    def _use(self, model: "PromptableModel | None") -> None:
        if model != self.model:
            self._pause()
            self.model, self.opened, self.problem = model, None, None
            self._encoded.clear()
            if self._is_active:
                self._go_on()
        self.changed.emit()

    def _keep(self, change: Callable[[], object]) -> None:
        self.problem = None
        self.opened = None
        self._doors.executor.submit(
            change, lambda _: self.look_again(self._go_on), self._on_problem
        )

    # ------------------------------------------------------------ encoding

    def _key(self, image: "OpenedImage") -> tuple[Path, object]:
        return image.path, image.view

    def _pause(self) -> None:
        """Stop what runs ahead: a click comes first."""
        self._generation += 1
        if self._stop is not None:
            self._stop()
        self._stop, self._encoding = None, None

    def _go_on(self) -> None:
        """Open the model, then encode the open image, then those beside it."""
        model = self.model
        if model is None or self.problem is not None or self._stop is not None:
            return
        device = self._settings.preferences.device
        if self.opened is None:
            self._start(PromptOpenSpec(files=model.files, device=device), None)
            return
        path, view = self._next()
        if path is None or not self._is_active:
            self._rest_later()
            return
        self._encoding = path
        spec = PromptEncodeSpec(
            files=model.files,
            image=path,
            device=device,
            view=view,  # type: ignore[arg-type]
        )
        self._start(spec, (path, view))

    def _next(self) -> tuple[Path | None, object]:
        """Return the image to encode next, and how it is looked at."""
        image = self._session.image
        if image is None:
            return None, None
        files = self._session.files
        wanted = [image.path]
        if files.current is not None:
            for step in _NEIGHBOURS:
                place = files.current + step
                if 0 <= place < len(files.paths):
                    wanted.append(files.paths[place])
        for path in wanted:
            if (path, image.view) not in self._encoded:
                return path, image.view
        return None, None

    def _start(
        self,
        spec: PromptOpenSpec | PromptEncodeSpec,
        key: tuple[Path, object] | None,
    ) -> None:
        self._wake()
        generation = self._generation

        def ended(terminal: Terminal) -> None:
            if generation == self._generation:
                self._on_ended(key, terminal)

        self._stop = self._doors.engine.start(spec, lambda _report: None, ended)
        self.changed.emit()

    def _on_ended(self, key: tuple[Path, object] | None, terminal: Terminal) -> None:
        self._stop, self._encoding = None, None
        match terminal:
            case Succeeded(PromptOpened() as opened):
                self.opened = opened
            case Succeeded(PromptEncoded()) if key is not None:
                self._encoded.add(key)
                self._tell_tool(key)
            case Failed() if key is None:
                self._on_problem(error_from(terminal))
                return
            case Failed():
                assert key is not None  # noqa: S101 - the other case is above
                self._encoded.add(key)  # not again; it is told where it is open
                image = self._session.image
                if image is not None and key == self._key(image):
                    self._notices.error(terminal)
            case _:
                self.changed.emit()
                return
        self._go_on()
        self.changed.emit()

    def _tell_tool(self, key: tuple[Path, object]) -> None:
        """Let the tool ask what waited for the image to be encoded."""
        image = self._session.image
        if image is None or key != self._key(image) or not self._is_active:
            return

        def search(tool: "Tool", context: "ToolContext") -> "ToolResult":
            assert isinstance(tool, PromptTool)  # noqa: S101 - it is the active one
            return tool.search(context)

        tool = self._annotating.tool
        if isinstance(tool, PromptTool) and tool.is_open:
            self._annotating.ask(search, writes=False)

    def _on_problem(self, error: SegDeskError) -> None:
        self.problem = error
        self._notices.error(error)
        self.changed.emit()

    # ------------------------------------------------------------ resting

    def _wake(self) -> None:
        if self._resting is not None:
            self._resting()
            self._resting = None

    def _rest_later(self) -> None:
        """Let the engine end after a while in which nobody asks."""
        self._wake()
        self._resting = self._doors.timers.after(_IDLE_S, self._rest)

    def _rest(self) -> None:
        self._resting = None
        if self._stop is None:
            self._encoded.clear()
            self.opened = None
            self._doors.engine.rest()


def _patch(terminal: Terminal) -> Patch:
    """Return the mask that a job found.

    Raises
    ------
    SegDeskError
        It failed.
    """
    match terminal:
        case Succeeded(PromptMaskDone() as done):
            if done.mask is None:
                return NOTHING
            return Patch(Rect(*done.rect), take(done.mask))
        case Failed():
            raise error_from(terminal)
        case _:
            return NOTHING
