"""The journey to a confidence that means what it says."""

from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.engine_jobs import JobDoors, JobTitle
from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.ports import EnginePort, ExecutorPort
from segdesk.app.signal import Signal
from segdesk.core.language import tr
from segdesk.jobs.confidence_events import CalibrationDone
from segdesk.jobs.events import Failed, Succeeded, Terminal
from segdesk.jobs.specs import CalibrateSpec

if TYPE_CHECKING:
    from segdesk.app.evaluation.evaluating import Evaluating
    from segdesk.app.models.shelf import ModelShelf
    from segdesk.app.project.shelf import ProjectShelf
    from segdesk.app.proposals.predicting import Predicting
    from segdesk.core.temperature import FittedTemperature
    from segdesk.jobs.model_source import ModelSource
    from segdesk.library.model_card import ModelEntry
    from segdesk.library.model_library import ModelLibrary

_LEARNT = "train"


class Calibrating:
    """Calibrates the model of the evaluation page on its split, and keeps the result.

    Parameters
    ----------
    executor
        Reads and writes the library.
    evaluating
        Which model, which split.

    Attributes
    ----------
    changed
        Fires when a calibration begins or ends.
    """

    def __init__(
        self,
        desk: Desk,
        engine: EnginePort,
        executor: ExecutorPort,
        library: "ModelLibrary",
        evaluating: "Evaluating",
    ) -> None:
        self.changed: Signal[()] = Signal()
        self._desk = desk
        self._doors = JobDoors(engine, desk.jobs, desk.notices)
        self._executor = executor
        self._library = library
        self._evaluating = evaluating
        self._is_running = False
        self._shelf: ModelShelf | None = None
        self._projects: ProjectShelf | None = None
        self._predicting: Predicting | None = None

    def attach(
        self, shelf: "ModelShelf", projects: "ProjectShelf", predicting: "Predicting"
    ) -> None:
        """Tell which models and labels there are, and which model is loaded."""
        self._shelf, self._projects, self._predicting = shelf, projects, predicting
        shelf.changed.connect(self.changed.emit)

    def known(self, model_id: str) -> "FittedTemperature | None":
        """Return the calibration of a model; None: nobody made one."""
        entry = self._shelf.entry(model_id) if self._shelf else None
        return entry.card.calibration if entry and entry.card else None

    def why_not(self) -> str | None:
        """Return why nothing can be calibrated now."""
        if self._is_running:
            return tr("A calibration runs")
        if self._evaluating.split == _LEARNT:
            return tr("Choose images that it was not trained on: val or test")
        return self._evaluating.why_not()

    def calibrate(self) -> None:
        """Calibrate the chosen model on the chosen split."""
        project = self._projects.project if self._projects else None
        if project is None or self.why_not() is not None:
            return
        self._is_running = True
        self.changed.emit()
        model_id, split = self._evaluating.model_id, self._evaluating.split
        root = project.root

        def chosen() -> "tuple[ModelSource, ModelEntry]":
            return self._library.get(model_id), self._library.entry(model_id)

        def start(found: "tuple[ModelSource, ModelEntry]") -> None:
            source, entry = found
            preferences = self._desk.settings.preferences
            spec = CalibrateSpec(
                model=source,
                data_dir=root,
                split=split,
                device=preferences.device,
                precision=preferences.precision,  # type: ignore[arg-type]
            )
            title = tr("Calibrate {name}", name=entry.name)
            self._doors.start(
                spec, JobTitle(title, "gauge"), lambda end: self._on_ended(entry, end)
            )

        self._executor.submit(chosen, start, self._on_failed)

    def _on_failed(self, error: "Failed | Exception") -> None:
        self._is_running = False
        self._desk.notices.error(error)  # type: ignore[arg-type]
        self.changed.emit()

    def _on_ended(self, entry: "ModelEntry", terminal: Terminal) -> None:
        match terminal:
            case Succeeded(CalibrationDone() as done):
                self._keep(entry, done)
            case Failed():
                self._on_failed(terminal)
            case _:
                self._is_running = False
                self.changed.emit()

    def _keep(self, entry: "ModelEntry", done: CalibrationDone) -> None:
        from segdesk.library.calibrations import keep_for

        self._executor.submit(
            lambda: keep_for(entry, self._library.root, done.fitted),
            lambda _: self._on_kept(entry, done),
            self._on_failed,
        )

    def _on_kept(self, entry: "ModelEntry", done: CalibrationDone) -> None:
        self._is_running = False
        if self._shelf is not None:
            self._shelf.refresh()
        predicting = self._predicting
        if predicting is not None and predicting.model_id == entry.id:
            predicting.kept.drop_model(entry.id)
            if self._shelf is not None:
                self._shelf.load(entry.id)
        self._tell(entry.name, done.fitted)
        self.changed.emit()

    def _tell(self, name: str, fitted: "FittedTemperature") -> None:
        if not fitted.temperature:
            self._desk.notices.post(
                Notice(
                    Level.INFO,
                    tr("{name} stays as it is.", name=name),
                    tr(
                        "No temperature makes its confidence better: it is off by "
                        "{error:.1f} %.",
                        error=fitted.before.error,
                    ),
                )
            )
            return
        self._desk.notices.post(
            Notice(
                Level.DONE,
                tr("{name} is calibrated.", name=name),
                tr(
                    "Its confidence was off by {before:.1f} %, now by {after:.1f} %, "
                    "measured on images that the temperature was not fitted on. "
                    "Labels stay as they are.",
                    before=fitted.before.error,
                    after=fitted.after.error,
                ),
                verbs=(Verb(tr("Evaluate again"), self._evaluating.evaluate),),
            )
        )
