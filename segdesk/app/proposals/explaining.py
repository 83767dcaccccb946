"""The journey from a prediction to its reasons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.ports import EnginePort, ExecutorPort
from segdesk.app.proposals.predicting import Predicting
from segdesk.app.signal import Signal
from segdesk.core.language import tr
from segdesk.jobs.events import Failed, Noted, Progress, Report, Succeeded, Terminal
from segdesk.jobs.explain_events import ExplainDone, MapLayer
from segdesk.jobs.explain_specs import LAYER_METHODS, ExplainMethod
from segdesk.jobs.specs import ExplainSpec
from segdesk.library.model_files import is_onnx

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segdesk.app.files.opened_image import OpenedImage
    from segdesk.core.classes import ClassList
    from segdesk.core.errors import SegDeskError
    from segdesk.core.explanation import Explained

METHODS: tuple[tuple[ExplainMethod, str, str], ...] = (
    (
        "hires-cam",
        tr("Gradients (HiResCAM)"),
        tr("What a layer sees, times how much it matters. Fast and faithful."),
    ),
    (
        "grad-cam",
        tr("Gradients, smoother (Grad-CAM)"),
        tr("A layer's channels, weighted by their mean gradient. Fast."),
    ),
    (
        "eigen-cam",
        tr("Without gradients (EigenCAM)"),
        tr("What stands out in a layer; of the class it knows the sign alone. Fast."),
    ),
    (
        "ablation-cam",
        tr("Without gradients (AblationCAM)"),
        tr("What is lost when parts of a layer are silenced. Some seconds."),
    ),
    (
        "saliency",
        tr("Pixels (saliency)"),
        tr("How much each pixel's own value matters. Some seconds."),
    ),
    (
        "occlusion",
        tr("Covering parts (occlusion)"),
        tr("How much less sure the model is without a part. Up to minutes."),
    ),
)
"""Id, name and what it shows, of each way to ask."""

_STEPS = frozenset(
    ("Conv2d", "BatchNorm2d", "ReLU", "GELU", "Linear", "Dropout", "Identity")
)
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class ExplainQuestion:
    """What the user asks; the fields are those of `ExplainSpec`."""

    method: ExplainMethod = "hires-cam"
    class_index: int | None = None
    at: tuple[int, int] | None = None
    layer: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A model's reasons for one image.

    Parameters
    ----------
    notes
        What is to be known about it.
    pictures
        Heat, confidence and entropy in colours, (h, w, 3) RGB, small enough to be
        drawn at once.
    """

    image: "OpenedImage"
    explained: "Explained"
    notes: tuple[Noted, ...]
    pictures: "tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]"


class Explaining:
    """Asks the loaded model about the open image.

    One question runs at a time; another one takes its place.

    Parameters
    ----------
    engine
        Has the model.
    executor
        Draws pictures and writes files off the window's thread.
    predicting
        Knows which model is loaded.

    Attributes
    ----------
    changed
        Fires when anything here does.
    question
        What was asked last.
    answer
        What came of it; None: nothing yet, or the image is another one.
    layers
        The layers of the model that can be looked at; known after the first answer.
    progress
        Passes done, and all (0: not known), while it is asked; None: it is not.
    failure
        Why there is no answer.
    """

    def __init__(
        self,
        desk: Desk,
        engine: EnginePort,
        executor: ExecutorPort,
        predicting: Predicting,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.question = ExplainQuestion()
        self.answer: Answer | None = None
        self.layers: tuple[MapLayer, ...] = ()
        self.progress: tuple[int, int] | None = None
        self.failure: Failed | SegDeskError | None = None
        self._desk = desk
        self._engine = engine
        self._executor = executor
        self._predicting = predicting
        self._model_id: str | None = None
        self._generation = 0
        self._stop: Callable[[], None] | None = None
        desk.session.image_changed.connect(lambda _image: self._forget())
        predicting.changed.connect(self._on_predicting_changed)

    # ------------------------------------------------------------ what is so

    @property
    def image(self) -> "OpenedImage | None":
        """The image that is asked about."""
        return self._desk.session.image

    @property
    def classes(self) -> "ClassList | None":
        """The classes of the loaded model."""
        return self._desk.session.model_classes

    @property
    def model_name(self) -> str:
        """Name of the loaded model, or ""."""
        return self._predicting.model_name

    @property
    def is_running(self) -> bool:
        """Whether the model is being asked."""
        return self.progress is not None

    def why_not(self) -> str | None:
        """Return why nothing can be asked now."""
        if self._desk.session.image is None:
            return tr("Open an image first")
        if not self._predicting.is_ready:
            return tr("Load a model first")
        return None

    def methods(self) -> tuple[ExplainMethod, ...]:
        """Return the ways in which the loaded model can be asked."""
        model = self._predicting.model
        if model is not None and is_onnx(model.source.checkpoint):
            return ("occlusion",)
        return tuple(method for method, _, _ in METHODS)

    # ------------------------------------------------------------ what to do

    def ask(self, question: ExplainQuestion) -> None:
        """Ask the model; what is asked already is stopped."""
        model, image = self._predicting.model, self._desk.session.image
        if model is None or image is None or self.why_not() is not None:
            return
        self.cancel()
        if question.method not in self.methods():
            question = replace(question, method=self.methods()[0])
        if question.method not in LAYER_METHODS:
            question = replace(question, layer="")
        self.question = question
        self._generation += 1
        generation, notes = self._generation, list[Noted]()
        spec = ExplainSpec(
            model=model.source,
            image=image.path,
            scratch_dir=self._predicting.scratch_dir,
            method=question.method,
            class_index=question.class_index,
            at=question.at,
            layer=question.layer,
            device=self._desk.settings.preferences.device,
            view=image.view,
        )
        self.progress, self.failure = (0, 0), None
        self._start(spec, generation, image, notes)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop asking; the last answer stays."""
        self._generation += 1
        if self._stop is not None:
            self._stop()
            self._stop = None
        if self.progress is not None:
            self.progress = None
            self.changed.emit()

    def save(self, folder: Path, done: Callable[[tuple[Path, ...]], object]) -> None:
        """Write the answer's picture, values and JSON into a folder, on a worker."""
        answer = self.answer
        if answer is None:
            return

        def write() -> tuple[Path, ...]:
            from segdesk.formats.explanation_files import write_explanation

            image = answer.image
            return write_explanation(folder, image.path, image.pixels, answer.explained)

        self._executor.submit(write, done, self._desk.notices.error)

    # ------------------------------------------------------------ the job

    def _start(
        self,
        spec: ExplainSpec,
        generation: int,
        image: "OpenedImage",
        notes: list[Noted],
    ) -> None:
        jobs = self._desk.jobs
        stops: list[Callable[[], None]] = []

        def cancel() -> None:
            for stop in stops:
                stop()

        row = jobs.open(
            tr("Explain {name}", name=image.path.name),
            "lightbulb",
            cancel,
            fleeting=True,
        )

        def report(event: Report) -> None:
            jobs.report(row, event)
            if isinstance(event, Noted):
                notes.append(event)
            elif isinstance(event, Progress) and generation == self._generation:
                self.progress = (event.done, event.total or 0)
                self.changed.emit()

        def ended(terminal: Terminal) -> None:
            jobs.close(row, terminal)
            self._on_ended(generation, image, notes, terminal)

        stops.append(self._engine.start(spec, report, ended))
        self._stop = lambda: jobs.cancel(row)

    def _on_ended(
        self,
        generation: int,
        image: "OpenedImage",
        notes: list[Noted],
        terminal: Terminal,
    ) -> None:
        latest = generation == self._generation
        match terminal:
            case Succeeded(ExplainDone() as done):
                self._executor.submit(
                    lambda: _answered(done, image, tuple(notes)),
                    lambda answer: self._show(generation, done, answer),
                    self._desk.notices.error,
                )
                return
            case Failed() if latest:
                self.failure = terminal
            case _:
                pass
        if latest:
            self.progress, self._stop = None, None
            self.changed.emit()

    def _show(self, generation: int, done: ExplainDone, answer: Answer) -> None:
        if generation != self._generation:
            return
        self.progress, self._stop = None, None
        self.layers = done.layers or self.layers
        self.answer = answer
        self.changed.emit()

    def _forget(self) -> None:
        """Let go of what was said of another image or by another model."""
        self.cancel()
        self.question = replace(self.question, class_index=None, at=None)
        self.answer, self.failure = None, None
        self.changed.emit()

    def _on_predicting_changed(self) -> None:
        if self._predicting.model_id != self._model_id:
            self._model_id = self._predicting.model_id
            self.layers = ()
            self.question = ExplainQuestion(self.question.method)
            self._forget()


def _answered(
    done: ExplainDone, image: "OpenedImage", notes: tuple[Noted, ...]
) -> Answer:
    """Take the arrays over and draw the pictures. Slow: for a worker."""
    from segdesk.core.explanation import doubt_picture, heat_picture, reduced
    from segdesk.jobs.explained import taken_explanation

    explained = taken_explanation(done)
    pixels = reduced(image.pixels)
    heat = reduced(explained.heat.bytes8())
    return Answer(
        image=image,
        explained=explained,
        notes=notes,
        pictures=(
            heat_picture(pixels, heat),
            doubt_picture(pixels, 255 - reduced(explained.confidence)),
            doubt_picture(pixels, reduced(explained.entropy)),
        ),
    )


def shown_layers(layers: Sequence[MapLayer], chosen: str = "") -> tuple[MapLayer, ...]:
    """Return the layers that are worth a choice: blocks, not each step inside them.

    Parameters
    ----------
    chosen
        Is among them in any case.
    """
    found: list[MapLayer] = []
    for layer in layers:
        # A block ends with its last part: that says the same.
        while found and found[-1].name.startswith(f"{layer.name}."):
            if found[-1].size != layer.size or found[-1].name == chosen:
                break
            found.pop()
        is_step = layer.kind in _STEPS or layer.name.count(".") > _DEEPEST
        if layer.name == chosen or not is_step:
            found.append(layer)
    return tuple(found)
