"""Predict one frame that the window hands over."""

import time
from typing import TYPE_CHECKING

from segdesk.core.label_map import class_stats
from segdesk.jobs.arrays import put, take
from segdesk.jobs.control import JobContext
from segdesk.jobs.video_events import FrameDone
from segdesk.jobs.video_specs import FrameSpec

if TYPE_CHECKING:
    from segdesk.engine.predictor import Predictor


def predict_frame(
    spec: FrameSpec, context: JobContext, predictor: "Predictor"
) -> FrameDone:
    """Take a frame from shared memory, predict it, and hand its labels back.

    Raises
    ------
    ModelError
        The network fails or memory runs out.
    StorageError
        The labels cannot be handed over.
    JobCancelledError
        The user stopped it.
    """
    began_s = time.perf_counter()
    pixels = take(spec.pixels)
    taken_s = time.perf_counter() - began_s
    context.check()
    raw = predictor.predict(
        pixels,
        confidence=spec.confidence,
        tta=spec.tta,
        windows=spec.windows,
        check=context.check,
    )
    context.check()
    began_s = time.perf_counter()
    stats = class_stats(raw.labels, len(predictor.built.classes))
    counted_s = time.perf_counter() - began_s
    began_s = time.perf_counter()
    labels = put(raw.labels, spec.scratch_dir)
    confidence = raw.confidence
    return FrameDone(
        model_id=spec.model.id,
        number=spec.number,
        time_s=spec.time_s,
        labels=labels,
        confidence=None if confidence is None else put(confidence, spec.scratch_dir),
        shares=tuple(stats.shares.tolist()),
        classes=predictor.built.classes,
        device=str(predictor.device),
        seconds={
            "take": taken_s,
            **raw.seconds,
            "count": counted_s,
            "hand over": time.perf_counter() - began_s,
        },
    )
