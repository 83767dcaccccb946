"""The journey from a model to a proposal on screen."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.engine_jobs import JobDoors, JobTitle
from segdesk.app.ports import EnginePort, ExecutorPort
from segdesk.app.proposals.alignment import aligned, taken_over
from segdesk.app.proposals.kept_proposals import KeptProposals
from segdesk.app.proposals.losses import EngineLosses, is_loss
from segdesk.app.proposals.prediction_order import predict_spec
from segdesk.app.proposals.proposals import PackedProposal, unpack
from segdesk.app.session import ProposalView
from segdesk.app.signal import Signal
from segdesk.app.training.run_choices import device_words
from segdesk.core.language import tr
from segdesk.jobs.events import (
    Cancelled,
    DeviceFacts,
    EnvironmentReport,
    Failed,
    ModelLoaded,
    PredictionDone,
    Succeeded,
    Terminal,
)
from segdesk.jobs.specs import (
    EnvironmentSpec,
    JobSpec,
    LoadSpec,
    ModelSource,
    PredictSpec,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from segdesk.app.files.opened_image import OpenedImage


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A model the user wants resident."""

    source: ModelSource
    name: str


class Predicting:
    """Keeps one model resident and shows what it says of the open image.

    A result whose request is not the latest is dropped. A prediction of this sitting
    is shown again without running the model.

    Parameters
    ----------
    engine
        Runs load and predict jobs, one after the other.
    executor
        Takes over arrays and counts classes off the window's thread.
    scratch_dir
        Folder through which the engine hands arrays over.

    Attributes
    ----------
    model, kept
        The one that is loaded or loading; what was predicted in this sitting.
    """

    def __init__(
        self,
        desk: Desk,
        engine: EnginePort,
        executor: ExecutorPort,
        scratch_dir: Path,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.environment: EnvironmentReport | None = None
        self._session = desk.session
        self._settings = desk.settings
        self._notices = desk.notices
        self._jobs = desk.jobs
        self._engine = engine
        self._executor = executor
        self.scratch_dir = scratch_dir
        self.kept = KeptProposals(executor)
        self.ahead: Path | None = None  # what `Preparing` predicts now
        self.model: ChosenModel | None = None
        self._loaded: ModelLoaded | None = None
        self._loads = 0  # raised by each load and unload; a late answer is dropped
        self._generation = 0  # the same for each picture and prediction
        self._loading: Callable[[], None] | None = None
        self._running: Callable[[], None] | None = None
        self._predict_when_loaded = False
        self._losses = EngineLosses(
            desk.notices, self.restart, lambda: self.set_device("cpu")
        )
        desk.session.image_changed.connect(self._on_image_changed)
        desk.session.image_view_changed.connect(lambda _: self.kept.clear())

    # ------------------------------------------------------------ what is so

    @property
    def model_id(self) -> str | None:
        """Id of the model that is loaded or loading."""
        return self.model.source.id if self.model else None

    @property
    def model_name(self) -> str:
        """Name of the model that is loaded or loading, or ""."""
        return self.model.name if self.model else ""

    @property
    def is_loading(self) -> bool:
        """Whether a model is on its way."""
        return self._loading is not None

    @property
    def is_ready(self) -> bool:
        """Whether a model is resident."""
        return self._loaded is not None

    @property
    def is_predicting(self) -> bool:
        """Whether an image is being predicted."""
        return self._running is not None

    @property
    def device_text(self) -> str:
        """Where models run, in the words of the status bar: "CPU", "GPU 0"."""
        device = self._loaded.device if self._loaded else ""
        if not device and self.environment and self.environment.devices:
            wanted = self._settings.preferences.device
            known = [facts.id for facts in self.environment.devices]
            device = wanted if wanted in known else known[0]
        return device_words(device) if device else "–"

    @property
    def devices(self) -> tuple[DeviceFacts, ...]:
        """The devices of this machine, the best first; empty before they are known."""
        return self.environment.devices if self.environment else ()

    def has_proposal(self, path: Path) -> bool:
        """Tell whether an image was predicted in this sitting."""
        return self.kept.has(path)

    # ------------------------------------------------------------ what to do

    def check_machine(self) -> None:
        """Start the engine and ask what this machine has."""
        self._engine.start(EnvironmentSpec(), lambda _: None, self._on_environment)

    def load(self, model: ChosenModel, *, then_predict: bool = True) -> None:
        """Load a model; it takes the place of the one before.

        Parameters
        ----------
        then_predict
            Predict the open image as soon as the model is there.
        """
        self.unload()  # and a model that ends the program is not taken up again
        self.model = model
        preferences = self._settings.preferences
        spec = LoadSpec(
            model=model.source,
            device=preferences.device,
            precision=preferences.precision,  # type: ignore[arg-type]
        )
        self._predict_when_loaded = then_predict
        load = self._loads
        self._loading = self._start(
            spec,
            tr("Load {name}", name=model.name),
            "cube",
            lambda terminal: self._on_loaded(load, terminal),
        )
        self.changed.emit()

    def unload(self) -> None:
        """Let go of the model; its proposals leave the screen."""
        self._cancel_all()
        self._loads += 1
        self._generation += 1
        self.model = None
        self._loaded = None
        self._settings.update(last_model="")
        self._session.set_proposal(None)
        self._session.set_model_classes(None)
        self.changed.emit()

    def predict(self) -> None:
        """Predict the open image anew; until that is done the last proposal stays."""
        image = self._session.image
        if image is None or self.model is None:
            return
        key = image.path, self.model.source.id
        self._session.settled.pop(key, None)
        self._session.rejected.discard(key)
        self._show_proposal_of(image, anew=True)

    def cancel(self) -> None:
        """Stop the prediction that runs."""
        if self._running:
            self._running()

    def set_device(self, device: str) -> None:
        """Run on another device; a loaded model moves there."""
        self._losses.over()
        self._settings.update(device=device)
        self._reload()

    def set_precision(self, precision: str) -> None:
        """Compute in another precision; a loaded model is converted."""
        self._settings.update(precision=precision)
        self._reload()

    def set_flip_and_scale(self, *, on: bool) -> None:
        """Predict each image several times, changed, from now on; or once."""
        self._predict_otherwise(flip_and_scale=on)

    def set_large_in_windows(self, *, on: bool) -> None:
        """Predict large images in windows from now on; or as the config says."""
        self._predict_otherwise(large_in_windows=on)

    def _predict_otherwise(self, **change: object) -> None:
        self._settings.update(**change)
        if self.model:
            self.kept.drop_model(self.model.source.id)
            self.predict()

    def restart(self) -> None:
        """Start the engine again after it died, and take up where it was."""
        self._losses.over()
        if self.model:
            self.load(self.model)
        else:
            self.check_machine()

    def _reload(self) -> None:
        if self.model:
            self.kept.drop_model(self.model.source.id)
            self.load(self.model)
        self.changed.emit()

    def _start(
        self,
        spec: JobSpec,
        title: str,
        icon: str,
        ended: "Callable[[Terminal], None]",
    ) -> "Callable[[], None]":
        doors = JobDoors(self._engine, self._jobs, self._notices)
        fleeting = isinstance(spec, PredictSpec)
        return doors.start(spec, JobTitle(title, icon, fleeting=fleeting), ended)

    def _cancel_all(self) -> None:
        for cancel in (self._loading, self._running):
            if cancel:
                cancel()
        self._loading = self._running = None

    def _on_environment(self, terminal: Terminal) -> None:
        match terminal:
            case Succeeded(EnvironmentReport() as report):
                self.environment = report
                self.changed.emit()
            case Failed():
                self._on_failed(terminal)
            case _:
                pass

    def _on_loaded(self, load: int, terminal: Terminal) -> None:
        if load != self._loads:
            return
        self._loading = None
        match terminal:
            case Succeeded(ModelLoaded() as loaded):
                self._loaded = loaded
                self._session.set_model_classes(loaded.classes)
                self._settings.update(last_model=loaded.model_id)
                image = self._session.image
                if image is not None and self._predict_when_loaded:
                    self._show_proposal_of(image)
            case Failed():
                self.model = self.model if is_loss(terminal) else None
                self._on_failed(terminal)
            case _:
                self.model = None
        self.changed.emit()

    def _on_image_changed(self, image: "OpenedImage | None") -> None:
        if self._running:
            self._running()
            self._running = None
        self._generation += 1
        if image is not None:
            self.take_up(image.path)

    def take_up(self, path: Path) -> None:
        """Show the proposal of an image that is open, or make one as it is opened."""
        image = self._session.image
        if image is None or image.path != path or path == self.ahead:
            return
        wanted = self._settings.preferences.predict_on_open or self._is_kept(path)
        model_id = self.model_id
        if model_id is not None and (path, model_id) in self._session.rejected:
            return
        if self._loaded is not None and wanted:
            self._show_proposal_of(image)

    def _is_kept(self, path: Path) -> bool:
        return self.model is not None and (path, self.model.source.id) in self.kept

    def _show_proposal_of(self, image: "OpenedImage", *, anew: bool = False) -> None:
        if self.model is None:
            return
        if self._running:
            self._running()
        self._generation += 1
        generation = self._generation
        packed = self.kept.get(image.path, self.model.source.id)
        own = self._session.classes
        if packed is not None and not anew:
            self._executor.submit(
                lambda: aligned(unpack(packed), own),
                lambda view: self._show(generation, view),
                self._notices.error,
            )
            return
        spec = predict_spec(
            self.model.source,
            image.path,
            self.scratch_dir,
            self._settings.preferences,
            image.view,
            keep_rows=True,
        )
        self._running = self._start(
            spec,
            tr("Predict {name}", name=image.path.name),
            "play",
            lambda terminal: self._on_predicted(generation, image, terminal),
        )
        self.changed.emit()

    def _on_predicted(
        self, generation: int, image: "OpenedImage", terminal: Terminal
    ) -> None:
        latest = generation == self._generation
        if latest:
            self._running = None
        match terminal:
            case Succeeded(PredictionDone() as done):
                own = self._session.classes
                self._executor.submit(
                    lambda: taken_over(done, own),
                    lambda taken: self._on_taken(generation, image, taken, done.rows),
                    self._notices.error,
                )
            case Failed() if latest:
                self._on_failed(terminal)
            case Cancelled() | Failed():
                pass
        self.changed.emit()

    def _on_taken(
        self,
        generation: int,
        image: "OpenedImage",
        taken: tuple[ProposalView, PackedProposal],
        rows: int | None,
    ) -> None:
        view, packed = taken
        if rows is None:
            self.kept.put(image.path, packed)
        elif generation == self._generation:
            share = rows / max(image.height, 1)
            self._notices.remark(
                tr("Stopped: the upper {share:.0%} are predicted.", share=share)
            )
        self._show(generation, view)
        self.changed.emit()

    def _show(self, generation: int, view: ProposalView) -> None:
        image = self._session.image
        if generation != self._generation or image is None:
            return
        if self._session.is_decided(image.path, view.prediction.model_id):
            return
        if view.prediction.labels.shape == image.pixels.shape[:2]:
            self._session.set_proposal(view)

    def _on_failed(self, failed: Failed) -> None:
        if not is_loss(failed):
            self._notices.error(failed)
            return
        self._loaded = None
        self._losses.tell(failed)
