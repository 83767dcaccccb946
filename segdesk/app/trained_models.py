"""What a training made comes into the library of models."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.model_shelf import ModelShelf
from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.ports import EnginePort
from segdesk.jobs.events import Cancelled, Failed, TrainDone
from segdesk.jobs.specs import TrainSpec

if TYPE_CHECKING:
    from segdesk.jobs.control import JobContext
    from segdesk.library.model_library import Added, ModelLibrary


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
            name=spec.name or spec.work_dir.name,
            classes=done.classes,
            dataset=spec.data_dir.name,
            metrics={name: one for name, one in done.metrics.items() if one},
            origin=f"Trained here: {done.work_dir}",
        )

        def work(context: "JobContext") -> "Added":
            return self._library.add(request, self._engine.runner, context)

        def on_done(added: "Added") -> None:
            self._shelf.refresh()
            self._tell(done, added)
            taken(added.entry.id)

        self._engine.start_work(work, lambda _: None, on_done, self._on_not_taken)

    def _tell(self, done: TrainDone, added: "Added") -> None:
        score = done.metrics.get("mIoU")
        words = "" if score is None else f"mIoU {score:.1f} % on validation. "
        model_id = added.entry.id
        self._desk.notices.post(
            Notice(
                Level.DONE,
                f"{added.entry.name} is trained.",
                f"{words}Its best weights are among the models.",
                verbs=(Verb("Predict with it", lambda: self._shelf.load(model_id)),),
            )
        )

    def _on_not_taken(self, end: Failed | Cancelled) -> None:
        if isinstance(end, Failed):
            self._desk.notices.error(end)
