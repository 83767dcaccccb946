"""The engine: one handler for every spec, with the last model kept resident."""

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segdesk.core.imaging import read_image
from segdesk.core.language import tr
from segdesk.core.paths import mapped_images_dir
from segdesk.jobs.arrays import put, put_scores
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import (
    JobResult,
    ModelLoaded,
    Noted,
    PredictionDone,
    Progress,
)
from segdesk.jobs.specs import (
    BatchSpec,
    CalibrateSpec,
    CheckSpec,
    ConfigSpec,
    DeepFeaturesSpec,
    Device,
    DoubtSpec,
    EnvironmentSpec,
    EvaluateSpec,
    ExplainSpec,
    ExportSpec,
    FrameSpec,
    InspectSpec,
    JobSpec,
    LoadSpec,
    ModelSource,
    Precision,
    PredictSpec,
    ProbeSpec,
    PromptEncodeSpec,
    PromptMaskSpec,
    PromptOpenSpec,
    PseudoLabelSpec,
    SamplesSpec,
    ScribbleApplySpec,
    ScribbleSpec,
    TrainSpec,
    TuneSpec,
    VideoSpec,
)
from segdesk.jobs.tune_specs import RunMode

if TYPE_CHECKING:
    from segdesk.engine.explain.explaining import KeptExplainer
    from segdesk.engine.predictor import Predictor
    from segdesk.engine.promptable.prompting import Prompting
    from segdesk.engine.scribble.scribbling import Scribbler


_Light = (
    CheckSpec
    | ScribbleSpec
    | ScribbleApplySpec
    | PromptOpenSpec
    | PromptEncodeSpec
    | PromptMaskSpec
)


@dataclass(frozen=True, slots=True)
class _Key:
    """A model as it lies on disk now, and how it is to run."""

    model: ModelSource
    device: str
    stamps: tuple[tuple[int, int], ...]
    mode: RunMode


class Engine:
    """Runs jobs; `handle` is the `Handler` of a runner or of a child process.

    The model of the last job stays in memory, so that the next prediction with it
    starts at once.
    """

    def __init__(self) -> None:
        self._key: _Key | None = None
        self._predictor: Predictor | None = None
        self._explainer: KeptExplainer | None = None
        self._scribbler: Scribbler | None = None
        self._prompting: Prompting | None = None
        self._is_spent = False

    def is_spent(self) -> bool:
        """Tell whether this process cannot run another job: CUDA broke in it."""
        return self._is_spent

    def handle(self, spec: JobSpec, context: JobContext) -> JobResult:
        """Run one job.

        Raises
        ------
        SegDeskError
            The job cannot be done; the error says why and what helps.
        JobCancelledError
            The user stopped it.
        """
        if isinstance(spec, _Light):  # needs no torch, so nobody waits for it
            return self._run(spec, context)
        if "torch" not in sys.modules:
            context.report(Progress(0, None, "steps", tr("Starting the engine")))
        from segdesk.engine.failures import RAISED, breaks_process, explained

        try:
            return self._run(spec, context)
        except RAISED as error:
            self._is_spent = breaks_process(error)
            known = explained(error)
            if known is None:
                raise
            raise known from error

    def _run(self, spec: JobSpec, context: JobContext) -> JobResult:
        match spec:
            case LoadSpec():
                return self._load(spec, context)
            case PredictSpec():
                return self._predict(spec, context)
            case ExplainSpec():
                from segdesk.engine.explain.explaining import KeptExplainer

                self._explainer = self._explainer or KeptExplainer()
                return self._explainer.run(spec, context)
            case BatchSpec() | EvaluateSpec() | FrameSpec() | VideoSpec():
                return self._run_model(spec, context)
            case CalibrateSpec() | DoubtSpec() | PseudoLabelSpec() | DeepFeaturesSpec():
                return self._weigh(spec, context)
            case TrainSpec() | TuneSpec():
                self._let_go()
                return _alone(spec, context)
            case ProbeSpec() | ConfigSpec() | SamplesSpec():
                return self._plan(spec, context)
            case InspectSpec() | EnvironmentSpec() | ExportSpec():
                return _tell(spec, context)
            case _:
                return self._light(spec, context)

    def _run_model(
        self,
        spec: BatchSpec | EvaluateSpec | FrameSpec | VideoSpec,
        context: JobContext,
    ) -> JobResult:
        """Do what needs a model and is more than one prediction."""
        predictor = self._resident(spec.model, spec.device, spec.precision, context)
        match spec:
            case BatchSpec():
                from segdesk.engine.batch.batch import run_batch

                return run_batch(spec, context, predictor)
            case EvaluateSpec():
                from segdesk.engine.training.evaluation import run_evaluation

                return run_evaluation(spec, context, predictor)
            case VideoSpec():
                from segdesk.engine.video.video import run_video

                return run_video(spec, context, predictor)
            case FrameSpec():
                from segdesk.engine.frame import predict_frame

                return predict_frame(spec, context, predictor)

    def _weigh(
        self,
        spec: CalibrateSpec | DoubtSpec | PseudoLabelSpec | DeepFeaturesSpec,
        context: JobContext,
    ) -> JobResult:
        """Do what is about how sure a model is, or what it sees."""
        predictor = self._resident(spec.model, spec.device, spec.precision, context)
        match spec:
            case CalibrateSpec():
                from segdesk.engine.confidence.calibrating import run_calibration

                return run_calibration(spec, context, predictor)
            case DoubtSpec():
                from segdesk.engine.confidence.doubt import measure_doubt

                return measure_doubt(spec, context, predictor)
            case PseudoLabelSpec():
                from segdesk.engine.confidence.pseudo_labels import label_images

                return label_images(spec, context, predictor)
            case DeepFeaturesSpec():
                from segdesk.engine.scribble.deep import look_deep

                return look_deep(spec, context, predictor)

    def _light(self, spec: _Light, context: JobContext) -> JobResult:
        """Do what needs no torch."""
        if isinstance(spec, CheckSpec):
            from segdesk.engine.training.data_check import run_check

            return run_check(spec, context)
        if isinstance(spec, PromptOpenSpec | PromptEncodeSpec | PromptMaskSpec):
            from segdesk.engine.promptable.prompting import Prompting

            self._prompting = self._prompting or Prompting()
            return self._prompting.run(spec, context)
        from segdesk.engine.scribble.scribbling import Scribbler

        self._scribbler = self._scribbler or Scribbler()
        if isinstance(spec, ScribbleSpec):
            return self._scribbler.run(spec, context)
        return self._scribbler.apply(spec, context)

    def _plan(
        self, spec: ProbeSpec | ConfigSpec | SamplesSpec, context: JobContext
    ) -> JobResult:
        """Do what the user asks before a training."""
        match spec:
            case ProbeSpec():
                from segdesk.engine.training.probe import run_probe

                self._let_go()
                return run_probe(spec, context)
            case ConfigSpec():
                from segdesk.engine.training.plan import build_text

                return build_text(spec, context)
            case SamplesSpec():
                from segdesk.engine.training.samples import make_samples

                return make_samples(spec, context)

    def _load(self, spec: LoadSpec, context: JobContext) -> ModelLoaded:
        started_s = time.monotonic()
        predictor = self._resident(spec.model, spec.device, spec.precision, context)
        return ModelLoaded(
            model_id=spec.model.id,
            architecture=predictor.built.architecture,
            classes=predictor.built.classes,
            device=str(predictor.device),
            precision=predictor.built.precision,
            seconds=time.monotonic() - started_s,
        )

    def _predict(self, spec: PredictSpec, context: JobContext) -> PredictionDone:
        predictor = self._resident(spec.model, spec.device, spec.precision, context)
        context.check()
        context.report(
            Progress(0, None, "steps", tr("Reading {name}", name=spec.image.name))
        )
        started_s = time.monotonic()
        image = read_image(spec.image, spec.view, mapped_in=mapped_images_dir())
        pixels = [image.pixels]
        del image  # the predictor holds them no longer than it needs them
        decode_s = time.monotonic() - started_s
        context.check()
        context.report(
            Progress(0, None, "steps", tr("Predicting {name}", name=spec.image.name))
        )

        def tell(done: int, count: int) -> None:
            context.report(
                Progress(
                    done,
                    count,
                    "windows",
                    tr("Predicting {name}", name=spec.image.name),
                )
            )

        found = predictor.predict(
            pixels.pop,
            confidence=spec.confidence,
            scores=spec.scores,
            tta=spec.tta,
            windows=spec.windows,
            keep_rows=spec.keep_rows,
            tell=tell,
            check=context.check,
        )
        if found.rows is None:
            context.check()
        confidence = found.confidence
        return PredictionDone(
            model_id=spec.model.id,
            image=spec.image,
            labels=put(found.labels, spec.scratch_dir),
            confidence=None
            if confidence is None
            else put(confidence, spec.scratch_dir),
            classes=predictor.built.classes,
            device=str(predictor.device),
            seconds={"decode": decode_s, **found.seconds},
            rows=found.rows,
            scores=put_scores(found.scores, spec.scratch_dir) if found.scores else None,
        )

    def _resident(
        self,
        model: ModelSource,
        device: Device,
        precision: Precision,
        context: JobContext,
    ) -> "Predictor":
        from segdesk.engine.devices import resolve_device
        from segdesk.engine.run_modes import mode_for

        found = resolve_device(device, _unsaid)
        mode = mode_for(model, found, precision, _unsaid)
        key = _Key(model, str(found), _stamps(model), mode)
        if self._predictor is not None and key == self._key:
            self._predictor.tell(context.report)
            return self._predictor
        self._let_go()
        from segdesk.engine.predictor import Predictor

        context.report(Progress(0, None, "steps", tr("Loading the weights")))
        predictor = Predictor(
            model, device=device, precision=precision, note=context.report
        )
        self._key, self._predictor = key, predictor
        return predictor

    def _let_go(self) -> None:
        """Give the memory of the resident model back before something else needs it."""
        if self._predictor is None and self._explainer is None:
            return
        self._key = self._predictor = self._explainer = None
        import gc

        import torch

        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _tell(
    spec: InspectSpec | EnvironmentSpec | ExportSpec, context: JobContext
) -> JobResult:
    """Do what leaves the resident model alone."""
    match spec:
        case InspectSpec():
            from segdesk.engine.inspection import inspect

            return inspect(spec, context)
        case ExportSpec():
            from segdesk.engine.export.export import run_export

            return run_export(spec, context)
        case EnvironmentSpec():
            from segdesk.engine.environment import report_environment

            return report_environment(spec, context)


def _alone(spec: TrainSpec | TuneSpec, context: JobContext) -> JobResult:
    """Do what wants all memory: train, in this process or several; tune a model."""
    if isinstance(spec, TuneSpec):
        from segdesk.engine.tuning import run_tuning

        return run_tuning(spec, context)
    from segdesk.engine.training.launching import starts_processes

    if starts_processes(spec):
        from segdesk.engine.config.builder import check_numbers
        from segdesk.engine.training.process_group import train_together

        check_numbers(spec)
        return train_together(spec, context)
    from segdesk.engine.training.training import run_training

    return run_training(spec, context)


def _unsaid(_note: Noted) -> None:
    """Say nothing while comparing; the load says it."""


def _stamps(model: ModelSource) -> tuple[tuple[int, int], ...]:
    """Return time and size of a model's files: a new training replaces them."""
    stamps = []
    for path in (model.checkpoint, model.config):
        try:
            found = path.stat() if path else None
        except OSError:
            found = None
        stamps.append((found.st_mtime_ns, found.st_size) if found else (0, 0))
    return tuple(stamps)
