"""What the loaded model sees in the image, for scribbles to learn from."""

from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.desk import Desk
from segdesk.app.engine_jobs import JobDoors, JobTitle
from segdesk.app.ports import EnginePort
from segdesk.app.proposals.predicting import Predicting
from segdesk.app.signal import Signal
from segdesk.core.language import tr
from segdesk.jobs.events import Failed, Succeeded, Terminal
from segdesk.jobs.scribble_events import DeepFeaturesDone
from segdesk.jobs.scribble_specs import DeepFeaturesSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from segdesk.app.files.opened_image import OpenedImage
    from segdesk.jobs.array_ref import ArrayRef


class DeepSight:
    """Asks the engine that predicts what the model's backbone sees, once an image.

    Parameters
    ----------
    engine
        Has the model resident.
    scratch_dir
        Folder in which the array waits while the image is on screen.

    Attributes
    ----------
    changed
        Fires when `of` gives another answer for the open image.
    """

    def __init__(
        self,
        desk: Desk,
        engine: EnginePort,
        predicting: Predicting,
        annotating: Annotating,
        scratch_dir: Path,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self._settings = desk.settings
        self._notices = desk.notices
        self._doors = JobDoors(engine, desk.jobs, desk.notices)
        self._predicting = predicting
        self._annotating = annotating
        self._scratch_dir = scratch_dir
        self._key: tuple[Path, str] | None = None
        self._seen: ArrayRef | None = None
        self._stop: Callable[[], None] | None = None
        desk.session.image_changed.connect(lambda _: self._forget())

    def of(self, image: "OpenedImage") -> "ArrayRef | None":
        """Return what the model sees, if that is wanted and known; else ask for it."""
        model = self._predicting.model
        if not self._annotating.choices.options.scribble_deep or model is None:
            return None
        key = image.path, model.source.id
        if key != self._key and self._predicting.is_ready:
            self._ask(image, key)
        return self._seen if key == self._key else None

    def _ask(self, image: "OpenedImage", key: tuple[Path, str]) -> None:
        self._forget()
        model = self._predicting.model
        if model is None:
            return
        self._key = key
        preferences = self._settings.preferences
        spec = DeepFeaturesSpec(
            model=model.source,
            image=image.path,
            scratch_dir=self._scratch_dir,
            view=image.view,
            device=preferences.device,
            precision=preferences.precision,  # type: ignore[arg-type]
        )

        def ended(terminal: Terminal) -> None:
            match terminal:
                case Succeeded(DeepFeaturesDone() as done) if key == self._key:
                    self._seen, self._stop = done.planes, None
                    self.changed.emit()
                case Succeeded(DeepFeaturesDone() as done):
                    done.planes.path.unlink(missing_ok=True)
                case Failed() if key == self._key:
                    self._stop = None
                    self._notices.error(terminal)
                case _:
                    pass

        title = tr("Look at {name} with the model", name=image.path.name)
        self._stop = self._doors.start(spec, JobTitle(title, "cube", True), ended)

    def _forget(self) -> None:
        if self._stop is not None:
            self._stop()
        if self._seen is not None:
            self._seen.path.unlink(missing_ok=True)
        self._key = self._seen = self._stop = None
