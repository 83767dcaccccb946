"""Entropy and margin of one image, for a look."""

import time
from typing import TYPE_CHECKING

from segdesk.core.imaging import read_image
from segdesk.core.language import tr
from segdesk.core.paths import mapped_images_dir
from segdesk.jobs.arrays import put
from segdesk.jobs.confidence_events import DoubtDone
from segdesk.jobs.confidence_specs import DoubtSpec
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Progress

if TYPE_CHECKING:
    from segdesk.engine.predictor import Predictor


def measure_doubt(
    spec: DoubtSpec, context: JobContext, predictor: "Predictor"
) -> DoubtDone:
    """Return how unsure a model is of each pixel of an image.

    Raises
    ------
    ImageReadError
        The image cannot be read.
    ModelError
        The network fails or memory runs out.
    StorageError
        The arrays cannot be handed over.
    JobCancelledError
        The user stopped it.
    """
    began_s = time.monotonic()
    context.report(
        Progress(0, None, "steps", tr("Looking at {name}", name=spec.image.name))
    )
    image = read_image(spec.image, spec.view, mapped_in=mapped_images_dir())
    found = predictor.doubts(
        image.pixels, tta=spec.tta, windows=spec.windows, check=context.check
    )
    context.check()
    return DoubtDone(
        model_id=spec.model.id,
        image=spec.image,
        entropy=put(found.entropy, spec.scratch_dir),
        margin=put(found.margin, spec.scratch_dir),
        seconds=time.monotonic() - began_s,
    )
