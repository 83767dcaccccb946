"""The journey from a model of the library to the fastest way to run it here."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.engine_jobs import JobDoors, JobTitle
from segdesk.app.notices import Level, Notice
from segdesk.app.ports import EnginePort, ExecutorPort
from segdesk.app.proposals.predicting import Predicting
from segdesk.app.signal import Signal
from segdesk.core.language import plural, tr
from segdesk.jobs.events import Failed, Succeeded, Terminal
from segdesk.jobs.specs import TuneSpec
from segdesk.jobs.tune_events import Tuned, TuneDone
from segdesk.library.model_files import is_onnx
from segdesk.library.model_state import source_of
from segdesk.library.tuned_modes import TunedModes, digest_of_entry

if TYPE_CHECKING:
    from segdesk.library.model_card import ModelEntry

_IMAGES = 4
_AUTO = "auto"


class ModelTuning:
    """Measures models on this machine, and knows what was measured.

    Parameters
    ----------
    engine
        Measures; predictions wait meanwhile, so that they do not disturb.
    executor
        Reads what is remembered.
    predicting
        A loaded model is loaded again in its new way.

    Attributes
    ----------
    changed
        Fires with the id of a model whose measuring begins or ends.
    """

    def __init__(
        self,
        desk: Desk,
        engine: EnginePort,
        executor: ExecutorPort,
        predicting: Predicting,
    ) -> None:
        self.changed: Signal[str] = Signal()
        self._desk = desk
        self._doors = JobDoors(engine, desk.jobs, desk.notices)
        self._executor = executor
        self._predicting = predicting
        self._running: set[str] = set()

    def is_running(self, model_id: str) -> bool:
        """Tell whether a model is being measured."""
        return model_id in self._running

    def why_not(self, entry: "ModelEntry") -> str | None:
        """Return why a model cannot be measured now."""
        if self.is_running(entry.id):
            return tr("It is being measured")
        if entry.state != "ready":
            return tr("It cannot be loaded yet")
        if entry.checkpoint is not None and is_onnx(entry.checkpoint):
            return tr("How an ONNX model runs was decided when it was exported")
        return None

    def look_up(
        self, entry: "ModelEntry", done: Callable[[tuple[Tuned, ...]], object]
    ) -> None:
        """Hand over what is remembered of a model, one record for each device."""

        def read() -> tuple[Tuned, ...]:
            with suppress(OSError):  # a model that just went
                return TunedModes().of_model(digest_of_entry(entry))
            return ()

        self._executor.submit(read, done, self._desk.notices.error)

    def start(self, entry: "ModelEntry") -> None:
        """Measure a model on the device in force, on some of the open images."""
        if self.why_not(entry) is not None:
            return
        paths = self._desk.session.files.paths
        spec = TuneSpec(
            model=source_of(entry),
            device=self._desk.settings.preferences.device,
            images=tuple(paths[:: max(1, len(paths) // _IMAGES)][:_IMAGES]),
        )
        self._running.add(entry.id)
        title = JobTitle(tr("Tune {name}", name=entry.name), "gauge")
        self._doors.start(spec, title, lambda end: self._on_ended(entry, end))
        self.changed.emit(entry.id)

    def _on_ended(self, entry: "ModelEntry", terminal: Terminal) -> None:
        self._running.discard(entry.id)
        if isinstance(terminal, Failed):
            self._desk.notices.error(terminal)
        elif isinstance(terminal, Succeeded) and isinstance(terminal.result, TuneDone):
            self._tell(entry.name, terminal.result.tuned)
        self._load_again(entry.id)
        self.changed.emit(entry.id)

    def _tell(self, name: str, tuned: Tuned) -> None:
        images = plural(tuned.images, "1 image", "{n} images")
        hint = ""
        if self._desk.settings.preferences.precision != _AUTO:
            hint = tr("Set the precision to auto for it to count.")
        self._desk.notices.post(
            Notice(
                Level.DONE,
                tr("{name} is tuned for this machine.", name=name),
                tr(
                    "{words}. Measured on {images}, {device_name}.",
                    words=tuned.words,
                    images=images,
                    device_name=tuned.device_name,
                ),
                hint,
            )
        )

    def _load_again(self, model_id: str) -> None:
        """Take the loaded model up in its new way; measuring it let it go."""
        model = self._predicting.model
        if model is not None and model.source.id == model_id:
            self._predicting.kept.drop_model(model_id)
            self._predicting.load(model)
