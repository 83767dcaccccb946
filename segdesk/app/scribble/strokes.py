"""Scribbles as they travel to the engine."""

from segdesk.core.scribbles import Scribbles
from segdesk.jobs.scribble_specs import Stroke


def strokes_of(scribbles: Scribbles) -> tuple[Stroke, ...]:
    """Return scribbles as the engine takes them."""
    return tuple(
        Stroke(
            scribble.class_index,
            scribble.width,
            tuple(value for point in scribble.points for value in point),
        )
        for scribble in scribbles
        if scribble.points
    )
