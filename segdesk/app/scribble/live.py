"""From scribbles to a proposal, again while one draws."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.desk import Desk
from segdesk.app.ports import BenchPort, ExecutorPort, TimerPort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.scribble.book import ScribbleBook
from segdesk.app.scribble.strokes import strokes_of
from segdesk.app.session import ProposalView
from segdesk.app.signal import Signal
from segdesk.core.classes import ClassList
from segdesk.core.errors import SegDeskError
from segdesk.core.item_status import ItemStatus
from segdesk.core.language import tr
from segdesk.core.scribbles import classes_in
from segdesk.jobs.events import Failed, Succeeded, Terminal
from segdesk.jobs.scribble_events import ScribbleDone
from segdesk.jobs.scribble_specs import ScribbleSpec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segdesk.app.files.opened_image import OpenedImage
    from segdesk.app.scribble.deep import DeepSight
    from segdesk.core.scribbles import Scribbles

_Question = tuple["Scribbles", bool, int]

MODEL_ID = "scribbles"
_IDLE_S = 120.0  # then the engine that does the work gives its memory back
_LEAST_CLASSES = 2
_SETTLED_S = 0.7


@dataclass(frozen=True, slots=True)
class LiveDoors:
    """Where the work is done.

    Parameters
    ----------
    engine
        Does it; ends after a while without any.
    executor
        Takes the arrays over and counts the classes.
    scratch_dir
        Folder through which the engine hands arrays over.
    """

    engine: BenchPort
    executor: ExecutorPort
    timers: TimerPort
    scratch_dir: "Path"


class LiveScribbles:
    """Shows what a classifier makes of the scribbles as the proposal of the image.

    One request is under way at a time; what is drawn meanwhile is asked after it, so
    a proposal is never older than one round. A round that began while the pen was down
    ends when the pen is lifted: the whole stroke is asked at once then.

    The engine is one of its own, beside the one that predicts; it prepares an image
    when the tool is taken.

    Attributes
    ----------
    changed
        Fires when `hint`, `is_busy` or `seconds` are others.
    settled
        Fires when nothing was drawn for a moment, and the result is what it is.
    otherwise
        Called with an image whose result goes: it may have another proposal.
    seconds
        How long the last round took, from question to answer; None: there was none.
    """

    def __init__(
        self,
        desk: Desk,
        doors: "LiveDoors",
        book: ScribbleBook,
        annotating: Annotating,
        shelf: ProjectShelf,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.settled: Signal[()] = Signal()
        self.seconds: dict[str, float] | None = None
        self.otherwise: Callable[[Path], None] = lambda _path: None
        self._deep: DeepSight | None = None
        self._session = desk.session
        self._notices = desk.notices
        self._doors = doors
        self._book = book
        self._annotating = annotating
        self._shelf = shelf
        self._round = 0  # raised with each question and image; a late answer is dropped
        self._is_passing = False  # it was asked while the pen was down
        self._stop: Callable[[], None] | None = None
        self._asked: _Question | None = None
        self._prepared: OpenedImage | None = None
        self._reduced = 1.0
        self._is_told = False
        self._is_resting: Callable[[], None] | None = None
        self._settles: Callable[[], None] | None = None
        self._was_active = self._is_wanted = False
        self._told: tuple[object, ...] = ()
        desk.session.image_changed.connect(self._on_image)
        book.changed.connect(self._ask)
        book.inked.connect(lambda _: self._on_inked())
        annotating.chosen.connect(lambda _: self._on_chosen())

    # ------------------------------------------------------------ what is so

    @property
    def is_live(self) -> bool:
        """Whether the result follows the pen."""
        return self._annotating.choices.options.scribble_live

    @property
    def is_busy(self) -> bool:
        """Whether a result is being worked out."""
        return self._stop is not None

    @property
    def is_settled(self) -> bool:
        """Whether nothing was drawn for a moment."""
        return self._settles is None

    @property
    def hint(self) -> str:
        """What helps on: which strokes are missing, or how large images are seen."""
        if why := self.hint_of_classes:
            return why
        if self._reduced > 1:
            share = round(100 / self._reduced)
            return tr("Large image: seen at {share} % of its size", share=share)
        return ""

    @property
    def hint_of_classes(self) -> str | None:
        """Which strokes are missing; None: there are enough for a result."""
        if not self._book.scribbles:
            return tr("Scribble on two classes or more")
        if len(classes_in(self._book.scribbles)) < _LEAST_CLASSES:
            return tr("Scribble on a second class too")
        return None

    # ------------------------------------------------------------ what to do

    def update(self) -> None:
        """Work the result out now, also when it does not follow the pen."""
        self._asked = None
        self._ask(wanted=True)

    def look_through(self, deep: "DeepSight") -> None:
        """Learn also from what the loaded model sees, while that is wanted."""
        self._deep = deep
        deep.changed.connect(self.update)

    def close(self) -> None:
        """Drop what is under way."""
        if self._is_resting:
            self._is_resting()
        self._cancel()

    def _on_chosen(self) -> None:
        is_active = self._book.is_shown
        before, self._was_active = self._was_active, is_active
        if is_active and not before:
            self._book.inked.emit(None)
            self._prepare()
        elif before and not is_active:
            self._book.inked.emit(None)
        if is_active:
            self._ask()

    def _on_inked(self) -> None:
        if self._settles is not None:
            self._settles()
        self._settles = self._doors.timers.after(_SETTLED_S, self._on_settled)
        self._ask()

    def _on_settled(self) -> None:
        if self.is_busy or self._book.is_open:
            self._settles = self._doors.timers.after(_SETTLED_S, self._on_settled)
            return
        self._settles = None
        self.settled.emit()

    def _on_image(self, _image: "OpenedImage | None") -> None:
        self._cancel()
        self._asked = self._prepared = None
        self._reduced, self._is_told = 1.0, False
        self._is_wanted = False
        self.seconds = None

    def _prepare(self) -> None:
        """Have the image looked at before the first stroke is drawn."""
        image = self._session.image
        if image is not None and image is not self._prepared and not self.is_busy:
            self._start(image, ())

    def _ask(self, *, wanted: bool = False) -> None:
        """Work out the scribbles as they are now, unless they are asked for already."""
        self._tell()
        image, scribbles = self._session.image, self._book.scribbles
        if image is None or not self._book.is_shown:
            return
        if len(classes_in(scribbles)) < _LEAST_CLASSES:
            self._withdraw()
            self._prepare()
            return
        is_other = self._asked != self._question(scribbles)
        if self._is_passing and is_other and not self._book.is_open:
            self._cancel()
        if self.is_busy or not (wanted or self.is_live):
            self._is_wanted |= wanted  # after what is under way
            return
        place = self._book.place
        is_new = is_other and not self._is_old()
        if (wanted or is_new) and place is not None and place.image == image.path:
            self._start(image, scribbles)

    def _is_old(self) -> bool:
        """Tell whether strokes of another day have done their work."""
        annotation = self._annotating.current
        return (
            self._book.is_as_read
            and annotation is not None
            and annotation.status is not ItemStatus.UNLABELLED
        )

    def _question(self, scribbles: "Scribbles") -> "_Question":
        options = self._annotating.choices.options
        return scribbles, options.scribble_deep, options.scribble_smooth

    def _start(self, image: "OpenedImage", scribbles: "Scribbles") -> None:
        self._stay_awake()
        self._asked = self._question(scribbles)
        self._round += 1
        self._is_passing = self._book.is_open and bool(scribbles)
        number, classes = self._round, self._classes
        options = self._annotating.choices.options
        spec = ScribbleSpec(
            image=image.path,
            strokes=strokes_of(scribbles),
            view=image.view,
            smooth_px=options.scribble_smooth,
            scratch_dir=self._doors.scratch_dir,
            deep=self._deep.of(image) if self._deep and scribbles else None,
        )

        def ended(terminal: Terminal) -> None:
            if number == self._round:
                self._on_ended(image, classes, terminal)
            else:
                _drop(terminal)

        self._stop = self._doors.engine.start(spec, lambda _: None, ended)
        self._tell()

    def _on_ended(
        self, image: "OpenedImage", classes: ClassList | None, terminal: Terminal
    ) -> None:
        match terminal:
            case Succeeded(ScribbleDone() as done):
                self._prepared, self._reduced = image, done.reduced
                if done.labels is None or classes is None:
                    self._withdraw()
                    self._go_on()
                    return
                number = self._round
                self._doors.executor.submit(
                    lambda: _taken(done, classes),
                    lambda view: self._show(number, done, view),
                    self._on_error,
                )
            case Failed():
                self._on_error(terminal)
            case _:
                self._go_on()

    def _show(self, number: int, done: ScribbleDone, view: ProposalView) -> None:
        image = self._session.image
        if number != self._round or image is None:
            return
        self.seconds, self._is_told = done.seconds, False
        key = image.path, MODEL_ID
        self._session.settled.pop(key, None)
        self._session.rejected.discard(key)
        if len(classes_in(self._book.scribbles)) >= _LEAST_CLASSES:
            self._session.set_proposal(view)
        self._go_on()

    def _go_on(self) -> None:
        self._stop, self._is_passing = None, False
        wanted, self._is_wanted = self._is_wanted, False
        self._ask(wanted=wanted)

    def _on_error(self, error: Failed | SegDeskError) -> None:
        """Tell it once; the next stroke tries again."""
        self._stop, self._is_passing = None, False
        if not self._is_told:
            self._notices.error(error)
        self._is_told = True
        self._tell()

    def _tell(self) -> None:
        """Say that something is another, unless all is as it was."""
        told = self.hint, self.is_busy, self.seconds
        if told != self._told:
            is_other, self._told = told[:1] != self._told[:1], told
            if is_other and self._book.is_shown:
                self._annotating.status_said.emit(self.hint)
            self.changed.emit()

    def _withdraw(self) -> None:
        """Take the result from the screen: there are too few strokes for one."""
        proposal = self._session.proposal
        image = self._session.image
        if proposal is not None and proposal.prediction.model_id == MODEL_ID:
            self._session.set_proposal(None)
            if image is not None:
                self.otherwise(image.path)

    def _cancel(self) -> None:
        self._round += 1
        self._is_passing = False
        if self._stop is not None:
            self._stop()
            self._stop = None

    def _stay_awake(self) -> None:
        if self._is_resting:
            self._is_resting()
        self._is_resting = self._doors.timers.after(_IDLE_S, self._rest)

    def _rest(self) -> None:
        self._is_resting = None
        if self.is_busy:
            self._stay_awake()
        else:
            self._prepared = None
            self._doors.engine.rest()

    @property
    def _classes(self) -> ClassList | None:
        project = self._shelf.project
        return (project.classes if project else None) or self._session.classes


def _drop(terminal: Terminal) -> None:
    """Delete the arrays of an answer that nobody waits for any more."""
    if isinstance(terminal, Succeeded) and isinstance(terminal.result, ScribbleDone):
        for ref in (terminal.result.labels, terminal.result.confidence):
            if ref is not None:
                ref.path.unlink(missing_ok=True)


def _taken(done: ScribbleDone, classes: ClassList) -> ProposalView:
    """Read the engine's arrays and count the classes. Runs on a worker."""
    from segdesk.core.label_map import class_stats
    from segdesk.core.prediction import Prediction
    from segdesk.jobs.arrays import take

    assert done.labels is not None  # noqa: S101 - it is asked before
    labels = take(done.labels)
    confidence = take(done.confidence) if done.confidence else None
    prediction = Prediction(labels, confidence, classes, MODEL_ID, "cpu", done.seconds)
    return ProposalView(prediction, class_stats(labels, len(classes), confidence))
