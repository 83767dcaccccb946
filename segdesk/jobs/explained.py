"""The engine's explanation, taken over into this process."""

from segdesk.core.explanation import Explained, Heat
from segdesk.jobs.arrays import take
from segdesk.jobs.explain_events import ExplainDone


def taken_explanation(done: ExplainDone) -> Explained:
    """Read the arrays of an explanation and delete their files."""
    levels = take(done.heat).view("<u2")[..., 0]
    return Explained(
        model_id=done.model_id,
        method=done.method,
        layer=done.layer,
        class_index=done.class_index,
        classes=done.classes,
        at=done.at,
        heat=Heat(levels, done.peak),
        confidence=take(done.confidence),
        entropy=take(done.entropy),
        chances=done.chances,
        device=done.device,
        seconds=done.seconds,
    )
