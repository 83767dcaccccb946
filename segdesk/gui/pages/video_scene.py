"""What the canvas of a video shows of a frame."""

from dataclasses import replace
from typing import TYPE_CHECKING

from segdesk.app.view_state import Compare, Layer
from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.language import tr
from segdesk.gui.viewer.frame import Labels, Scene

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.video.film import Shot

_UNNAMED = ClassList.from_names((tr("Class 0"),))


def video_scene(context: "AppContext", shot: "Shot", hidden: frozenset[int]) -> Scene:
    """Return a frame with what the model says of it, or what is painted on it.

    Parameters
    ----------
    hidden
        Classes that the page leaves out.
    """
    said, first = shot.prediction, context.video_annotating.first
    classes = said.classes if said is not None else _UNNAMED
    view = replace(
        context.session.view,
        compare=Compare.ONE,
        main=Layer.PROPOSAL,
        hidden=hidden,
        solo=None,
        min_confidence=0.0,
    )
    labels, leaf = None, first.drawn if first is not None else None
    if leaf is not None:
        labels = Labels(leaf.labels, leaf.unlabelled)
        own = context.session.classes or classes
        said = said if own == classes else None
        classes, view = own, replace(view, hidden=frozenset((IGNORE_INDEX,)))
    return Scene(shot.image, said, classes, view, labels=labels, dashed=False)
