"""What a training made comes into the library of models."""

from collections.abc import Callable
from itertools import chain, count
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.models.shelf import ModelShelf
from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.ports import EnginePort
from segdesk.core.language import joined, tr
from segdesk.jobs.events import Cancelled, Failed, TrainDone
from segdesk.jobs.specs import TrainSpec

if TYPE_CHECKING:
    from segdesk.jobs.control import JobContext
    from segdesk.library.model_library import Added, ModelLibrary

_SCORES = {"fgIoU": tr("Foreground IoU"), "mDice": "mDice"}


class TrainedModels:
    """Takes the best of a run into the library, and says how good it is.

    It is not loaded by itself: the user may be at work with another one.

    Parameters
    ----------
    library
        The folders of models; written on a worker.
    engine
        Inspects the checkpoint.
    """

    def __init__(
        self,
        desk: Desk,
        library: "ModelLibrary",
        engine: EnginePort,
        shelf: ModelShelf,
    ) -> None:
        self._desk = desk
        self._library = library
        self._engine = engine
        self._shelf = shelf

    def take(
        self, spec: TrainSpec, done: TrainDone, taken: Callable[[str], object]
    ) -> None:
        """Take the best of a run in; `taken` gets the id of the model."""
        from segdesk.library.model_library import AddRequest

        request = AddRequest(
            path=done.checkpoint,
            name=self._name(spec),
            classes=done.classes,
            dataset=spec.data_dir.name,
            metrics={name: one for name, one in done.metrics.items() if one},
            origin=tr("Trained here: {work_dir}", work_dir=done.work_dir),
        )

        def work(context: "JobContext") -> "Added":
            return self._library.add(request, self._engine.runner, context)

        def on_done(added: "Added") -> None:
            self._shelf.refresh()
            self._tell(spec, done, added)
            taken(added.entry.id)

        self._engine.start_work(work, lambda _: None, on_done, self._on_not_taken)

    def _name(self, spec: TrainSpec) -> str:
        """Name a model after its run; one that went on makes "Coast 2"."""
        name = spec.name or spec.work_dir.name
        known = {entry.name for entry in self._shelf.entries}
        more = (tr("{name} {number}", name=name, number=number) for number in count(2))
        return next(one for one in chain((name,), more) if one not in known)

    def _tell(self, spec: TrainSpec, done: TrainDone, added: "Added") -> None:
        words = _score_words(spec.keep_best, done)
        model_id = added.entry.id
        self._desk.notices.post(
            Notice(
                Level.DONE,
                tr("{name} is trained.", name=added.entry.name),
                tr("{words}Its best weights are among the models.", words=words),
                verbs=(
                    Verb(tr("Predict with it"), lambda: self._shelf.load(model_id)),
                ),
            )
        )

    def _on_not_taken(self, end: Failed | Cancelled) -> None:
        if isinstance(end, Failed):
            self._desk.notices.error(end)


def _score_words(keep_best: str, done: TrainDone) -> str:
    """Return "Foreground IoU 61.0 %, mIoU 74.2 % on validation. "."""
    scores = {"mIoU": done.metrics.get("mIoU")}
    if keep_best in _SCORES:
        scores = {_SCORES[keep_best]: done.metrics.get(keep_best)} | scores
    words = joined(
        ", ",
        (
            tr("{name} {score:.1f} %", name=name, score=score)
            for name, score in scores.items()
            if score is not None
        ),
    )
    return tr("{words} on validation. ", words=words) if words else ""
