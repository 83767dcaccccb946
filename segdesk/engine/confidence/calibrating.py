"""Fitting a model's temperature on labelled images that it was not trained on."""

import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.core.temperature import (
    MIN_IMAGES,
    fit_temperature,
    joined,
    too_few,
)
from segdesk.engine.confidence.label_samples import LabelSamples
from segdesk.engine.training.evaluation import label_table
from segdesk.formats.training_set import read_training_set
from segdesk.jobs.confidence_events import CalibrationDone
from segdesk.jobs.confidence_specs import CalibrateSpec
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Progress

if TYPE_CHECKING:
    from segdesk.engine.predictor import Predictor


def run_calibration(
    spec: CalibrateSpec, context: JobContext, predictor: "Predictor"
) -> CalibrationDone:
    """Find the temperature with which a model's confidence is true.

    Raises
    ------
    InputError
        The split is missing or too small, or the classes of model and data do not go
        together.
    JobCancelledError
        The user stopped it.
    """
    began_s = time.monotonic()
    if not predictor.built.tells_confidence:
        raise InputError(
            tr("The confidence was not calibrated."),
            cause=tr("The model names a class for each pixel and not how sure it is."),
            hint=tr("Calibrate the model that it was exported from."),
        )
    data = read_training_set(spec.data_dir, needed=(spec.split,))
    pairs = data.splits[spec.split]
    if len(pairs) < MIN_IMAGES:
        raise too_few(len(pairs), MIN_IMAGES, "images")
    model = predictor.built.classes
    label_table(model, data.classes)  # refuses classes that the model does not know
    samples = LabelSamples(predictor, _known(model, data.classes), context)
    parts = samples.draw(pairs)
    if not parts:
        raise too_few(0, MIN_IMAGES, "images")
    context.report(Progress(0, None, "steps", tr("Fitting the temperature")))
    fitted = fit_temperature(
        joined(parts), len(model), f"{data.root.name}, {spec.split}"
    )
    context.check()
    return CalibrationDone(
        model_id=spec.model.id,
        data_dir=spec.data_dir,
        split=spec.split,
        fitted=fitted,
        failed=samples.failed,
        device=str(predictor.device),
        seconds=round(time.monotonic() - began_s, 2),
    )


def _known(model: ClassList, data: ClassList) -> NDArray[np.uint8]:
    """Return the model's class of each label of the data, 255 for what is none."""
    places = {name.casefold(): index for index, name in enumerate(model.names)}
    known = np.full(256, IGNORE_INDEX, np.uint8)
    for index, name in enumerate(data.names):
        known[index] = places[name.casefold()]
    return known
