"""An import as a step of each image's history: it can be taken back like a stroke."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segdesk.app.annotate.kept_histories import KeptHistories
from segdesk.core.edits import plan_labels
from segdesk.core.geometry import Rect
from segdesk.core.history import History, ShapeEdit, Source, Step
from segdesk.core.language import tr
from segdesk.core.tiles import size_of
from segdesk.formats.native import AnnotationState

BUDGET_BYTES = 32_000_000  # half of what all histories have
_ICON = "download-simple"


@dataclass(frozen=True, slots=True)
class ImportStep:
    """What an import did to one annotation.

    Parameters
    ----------
    path
        The PNG.
    step
        As the history shows it.
    before, after
        Digests of the PNG before and since; "": there was none.
    """

    path: Path
    step: Step
    before: str
    after: str

    def keep(self, histories: KeptHistories) -> None:
        """Add it to what was done to the annotation before."""
        history = histories.take(self.path, self.before) or History()
        history.push(self.step)
        histories.put(self.path, history, self.after)


def step_of(
    source: Source,
    before: AnnotationState | None,
    unlabelled: int,
    after: AnnotationState,
) -> Step:
    """Return the step between two annotations of an image.

    Parameters
    ----------
    before
        None: there was none.
    unlabelled
        Label of pixels that nobody has labelled.
    """
    labels = before.labels if before else np.full_like(after.labels, unlabelled)
    raster = plan_labels(labels, after.labels, Rect(0, 0, *size_of(labels)))
    gone = reversed(list(enumerate(before.shapes if before else ())))
    shapes = [ShapeEdit(at, shape, None) for at, shape in gone]
    shapes += [ShapeEdit(at, None, shape) for at, shape in enumerate(after.shapes)]
    edits = (*(() if raster is None else (raster,)), *shapes)
    return Step(tr("Import {name}", name=source.name), _ICON, None, edits, source)
