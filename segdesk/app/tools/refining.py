"""Deeds on a whole class: fill holes, grow, shrink, smooth, specks, largest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.app.number_question import NumberQuestion
from segdesk.app.tools.base import ToolContext
from segdesk.core.edits import RasterEdit
from segdesk.core.fill import fill_patch, holes_of_class
from segdesk.core.history import ShapeEdit, Step
from segdesk.core.language import tr
from segdesk.core.rasterize import shape_mask
from segdesk.core.refine import Refiner
from segdesk.core.shapes import Shape
from segdesk.core.tiles import size_of

_Deed = Callable[[Refiner, int, int], RasterEdit | None]


@dataclass(frozen=True, slots=True)
class Refinement(NumberQuestion):
    """One such deed, as menu and palette list it; 0 may mean: without a limit."""


REFINEMENTS: tuple[Refinement, ...] = (
    Refinement(
        "fill_holes",
        tr("Fill holes"),
        "disc",
        tr("Give holes in the selected class that class. 0 fills holes of any size."),
        tr("Holes up to"),
        default=0,
        least=0,
        most=1_000_000,
    ),
    Refinement(
        "grow",
        tr("Grow"),
        "arrows-out-cardinal",
        tr("Make the selected class wider on all sides."),
        tr("Radius"),
        default=2,
        most=200,
    ),
    Refinement(
        "shrink",
        tr("Shrink"),
        "arrows-in-cardinal",
        tr("Make the selected class narrower; its neighbours take over."),
        tr("Radius"),
        default=2,
        most=200,
    ),
    Refinement(
        "smooth",
        tr("Smooth"),
        "waves",
        tr("Round off the border of the selected class."),
        tr("Radius"),
        default=3,
        most=50,
    ),
    Refinement(
        "remove_specks",
        tr("Remove specks"),
        "dots-nine",
        tr("Give small pieces of the selected class to their neighbours."),
        tr("Smaller than"),
        default=64,
        most=1_000_000,
    ),
    Refinement(
        "keep_largest",
        tr("Keep largest"),
        "number-circle-one",
        tr("Keep the largest piece of the selected class; neighbours take the rest."),
    ),
)

_DEEDS: Mapping[str, _Deed] = {
    "grow": lambda refiner, index, amount: refiner.grow(index, amount),
    "shrink": lambda refiner, index, amount: refiner.shrink(index, amount),
    "smooth": lambda refiner, index, amount: refiner.smooth(index, amount),
    "remove_specks": lambda refiner, index, amount: refiner.remove_specks(
        index, amount
    ),
    "keep_largest": lambda refiner, index, _: refiner.keep_largest(index),
}


def plan_refinement(
    refinement: Refinement, amount: int, context: ToolContext
) -> Callable[[], Step | None]:
    """Return what plans a deed on the selected class; call it on a worker.

    It reads the label map and writes nothing: apply the step only if the document's
    revision is still the one at which this was called.

    Parameters
    ----------
    amount
        The number that the refinement asks for; of no meaning when it asks for none.

    Returns
    -------
    plan
        Its step is None when no pixel would change.
    """
    document, index = context.document, context.selected_class
    labels, shapes = document.labels, document.shapes
    allowed = context.rule.allows(index, context.locked, document.unlabelled)
    refiner = Refiner(labels, document.unlabelled, context.rule, context.locked)

    def run() -> Step | None:
        if refinement.id == "fill_holes":
            patch = holes_of_class(labels, index, amount)
            edit = fill_patch(labels, patch, index, allowed)
        else:
            edit = _DEEDS[refinement.id](refiner, index, amount)
        if edit is None:
            return None
        gone = _emptied(shapes, labels, edit, index)
        return Step(refinement.title, refinement.icon, index, (edit, *gone))

    return run


def _emptied(
    shapes: tuple[Shape, ...], labels: NDArray[np.uint8], edit: RasterEdit, index: int
) -> tuple[ShapeEdit, ...]:
    """Return what takes away the shapes of a class that have no pixel of it any more.

    The last comes first, so that places in the list stay what they are.
    """
    mine = [at for at, shape in enumerate(shapes) if shape.class_index == index]
    if not mine:
        return ()
    after = labels.copy()
    edit.apply(after)
    gone = []
    for at in reversed(mine):
        rect, mask = shape_mask(shapes[at], size_of(labels))
        inside = mask.astype(np.bool_)
        had, has = labels[rect.slices][inside], after[rect.slices][inside]
        if (had == index).any() and not (has == index).any():
            gone.append(ShapeEdit(at, shapes[at], None))
    return tuple(gone)
