"""What the labels of the queue were worth: the model before and after, measured."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.evaluation.stored_evaluations import StoredEvaluations
from segdesk.app.ports import ExecutorPort, TrainerPort
from segdesk.app.review.queue import ReviewQueue
from segdesk.app.signal import Signal
from segdesk.core.errors import SegDeskError
from segdesk.core.language import tr
from segdesk.jobs.events import Failed, Progress, Report, Succeeded, Terminal
from segdesk.jobs.specs import EvaluateSpec, ModelSource
from segdesk.jobs.training_events import EvaluationDone

if TYPE_CHECKING:
    from segdesk.app.training.training import Training
    from segdesk.library.model_library import ModelLibrary

_SPLIT = "val"
_ICON = "trend-up"


@dataclass(frozen=True, slots=True)
class Gain:
    """Two models on the same images.

    Parameters
    ----------
    name
        Of the model that was trained.
    before, after
        What both reach on the validation images as they are now.
    """

    name: str
    before: EvaluationDone
    after: EvaluationDone

    @property
    def miou(self) -> tuple[float | None, float | None]:
        """Mean IoU before and after, in percent."""
        return self.before.metrics.get("mIoU"), self.after.metrics.get("mIoU")

    @property
    def classes(self) -> tuple[tuple[str, float | None, float | None], ...]:
        """IoU of each class before and after, in percent."""
        rows = zip(
            self.after.classes.names,
            self.before.per_class["IoU"],
            self.after.per_class["IoU"],
            strict=True,
        )
        return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A training that goes on from the model of the queue."""

    root: Path
    model_id: str
    checkpoint: Path


class ReviewGain:
    """Measures the model of the queue and the one that was trained from it.

    Both are measured anew on the validation images as they are now, so that what was
    labelled meanwhile counts for both.

    Parameters
    ----------
    runner
        Starts an engine process for each of the two.
    evaluations
        Folder of all evaluations; those of the gain lie among them.

    Attributes
    ----------
    changed
        Fires when it is measured, or another project is open.
    found
        The gain that was measured last; None: none was.
    is_busy
        Whether it is being measured.
    """

    def __init__(
        self,
        desk: Desk,
        runner: TrainerPort,
        executor: ExecutorPort,
        queue: ReviewQueue,
        evaluations: Path,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.found: Gain | None = None
        self.is_busy = False
        self._desk = desk
        self._runner = runner
        self._executor = executor
        self._queue = queue
        self._evaluations = evaluations
        self._library: ModelLibrary | None = None
        self._training: Training | None = None
        self._wish: _Wish | None = None
        self._known: frozenset[int] = frozenset()
        self._root: Path | None = None
        queue.changed.connect(self._on_queue_changed)

    def attach(self, library: "ModelLibrary", training: "Training") -> None:
        """Tell where models are, and who trains them."""
        self._library, self._training = library, training
        training.changed.connect(self._on_training_changed)
        training.registered.connect(self._on_registered)

    def expect(self, checkpoint: Path) -> None:
        """Measure the gain of the next training that starts from a model's weights."""
        kept = self._queue.kept
        if kept is not None and self._training is not None:
            self._wish = _Wish(kept.root, kept.model_id, checkpoint)
            self._known = frozenset(run.key for run in self._training.runs)

    # ------------------------------------------------------------ inside

    def _is_meant(self, key: int) -> bool:
        wish, training = self._wish, self._training
        run = training.run(key) if training else None
        return (
            wish is not None
            and run is not None
            and run.spec.load_from == wish.checkpoint
            and run.spec.data_dir == wish.root
        )

    def _on_training_changed(self) -> None:
        if self._wish is None or self._training is None:
            return
        keys = frozenset(run.key for run in self._training.runs)
        new, self._known = keys - self._known, keys
        if any(self._is_meant(key) for key in new):
            self._queue.note_training()

    def _on_registered(self, key: int, model_id: str) -> None:
        wish, library = self._wish, self._library
        if wish is None or library is None or not self._is_meant(key):
            return
        self._wish = None
        stored = StoredEvaluations(self._evaluations, library)

        def chosen() -> tuple[ModelSource, ModelSource, str]:
            name = library.entry(model_id).name
            return library.get(wish.model_id), library.get(model_id), name

        def begin(found: tuple[ModelSource, ModelSource, str]) -> None:
            before, after, name = found
            self._measure(
                wish,
                stored,
                before,
                lambda old: self._measure(
                    wish, stored, after, lambda new: self._take(Gain(name, old, new))
                ),
            )

        self.is_busy = True
        self._executor.submit(chosen, begin, self._on_failed)
        self.changed.emit()

    def _measure(
        self,
        wish: _Wish,
        stored: StoredEvaluations,
        model: ModelSource,
        then: Callable[[EvaluationDone], None],
    ) -> None:
        preferences = self._desk.settings.preferences
        jobs = self._desk.jobs
        spec = EvaluateSpec(
            model=model,
            data_dir=wish.root,
            out_dir=stored.folder_of(wish.root, _SPLIT, model.id),
            split=_SPLIT,
            device=preferences.device,
            precision=preferences.precision,  # type: ignore[arg-type]
        )
        stops: list[Callable[[], None]] = []

        def cancel() -> None:
            for stop in stops:
                stop()

        row = jobs.open(tr("Measure {id} for the gain", id=model.id), _ICON, cancel)

        def report(event: Report) -> None:
            if isinstance(event, Progress):
                jobs.report(row, event)

        def ended(terminal: Terminal) -> None:
            jobs.close(row, terminal)
            match terminal:
                case Succeeded(EvaluationDone() as done):
                    then(done)
                case Failed():
                    self._on_failed(terminal)
                case _:
                    self._end()

        stops.append(self._runner.train(spec, report, ended).stop)

    def _take(self, gain: Gain) -> None:
        self.found = gain
        self._end()
        before, after = gain.miou
        if before is not None and after is not None:
            words = tr(
                "mIoU on validation: {before:.1f} % before, {after:.1f} % after",
                before=before,
                after=after,
            )
            self._desk.notices.toast(words)

    def _on_failed(self, error: SegDeskError | Failed) -> None:
        self._desk.notices.error(error)
        self._end()

    def _end(self) -> None:
        self.is_busy = False
        self.changed.emit()

    def _on_queue_changed(self) -> None:
        kept = self._queue.kept
        root = kept.root if kept else None
        if root != self._root:
            self._root, self.found = root, None
            self.changed.emit()
