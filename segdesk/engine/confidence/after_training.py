"""The confidence of a model that was just trained, made true on its val images."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.core.errors import JobCancelledError, SegDeskError
from segdesk.core.language import tr
from segdesk.core.temperature import MIN_IMAGES, FittedTemperature
from segdesk.engine.confidence.calibrating import run_calibration
from segdesk.jobs.confidence_specs import CalibrateSpec
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import LogLine, Progress, Report
from segdesk.jobs.model_source import ModelSource
from segdesk.jobs.specs import TrainSpec
from segdesk.library.calibrations import keep_beside

if TYPE_CHECKING:
    from segdesk.formats.training_set import TrainingSet


def calibrate_trained(
    spec: TrainSpec, data: "TrainingSet", checkpoint: Path, context: JobContext
) -> FittedTemperature | None:
    """Calibrate the best weights of a training and keep the result at their side.

    A training is not lost by what comes after it: where there are too few images, or
    the calibration fails or is stopped, the log says so and None is returned.
    """
    if len(data.splits["val"]) < MIN_IMAGES:
        context.report(LogLine(_too_few(len(data.splits["val"]))))
        return None
    from segdesk.engine.predictor import Predictor

    quiet = JobContext(_only_progress(context), context.stop)
    source = ModelSource(
        id=checkpoint.name, checkpoint=checkpoint, classes=data.classes
    )
    try:
        predictor = Predictor(source, device=spec.device, note=lambda _note: None)
        asked = CalibrateSpec(model=source, data_dir=spec.data_dir, device=spec.device)
        fitted = run_calibration(asked, quiet, predictor).fitted
        keep_beside(checkpoint, fitted)
    except SegDeskError as error:
        context.report(LogLine(" ".join((error.message, error.cause))))
        return None
    except JobCancelledError:
        context.report(LogLine("The confidence was not calibrated: it was stopped."))
        return None
    return fitted


def _only_progress(context: JobContext) -> Callable[[Report], None]:
    def tell(report: Report) -> None:
        if isinstance(report, Progress):
            words = tr("Looking how sure the model may be")
            context.report(Progress(report.done, report.total, report.unit, words))

    return tell


def _too_few(images: int) -> str:
    return (
        f"The confidence was not calibrated: there are {images} validation images, "
        f"and {MIN_IMAGES} are needed."
    )
