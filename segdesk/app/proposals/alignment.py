"""A proposal in the project's own class indices.

A model that was trained elsewhere numbers its classes in its own way. What is drawn,
hidden, counted and compared goes by the project's indices, so a proposal is brought to
them once, before it is shown.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.app.proposals.proposals import PackedProposal, take_over
from segdesk.app.session import ProposalView
from segdesk.core.accept import map_by_name
from segdesk.core.classes import IGNORE_INDEX, MAX_CLASSES, ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.label_map import ClassStats

if TYPE_CHECKING:
    from segdesk.jobs.events import PredictionDone


def aligned(view: ProposalView, own: ClassList | None) -> ProposalView:
    """Return a proposal in the indices of other classes. Slow: call it on a worker.

    Parameters
    ----------
    own
        The project's classes; None: it has none, and the proposal stays as it is.

    Returns
    -------
    view
        Its classes begin with the project's; those of the model whose names the
        project lacks follow, in their own colours.
    """
    prediction = view.prediction
    proposed = prediction.classes
    if own is None:
        return view
    table = map_by_name(proposed, own)
    if len(proposed) == len(own) and (table[: len(own)] == np.arange(len(own))).all():
        return view
    extra = [i for i in range(len(proposed)) if table[i] == IGNORE_INDEX]
    if len(own) + len(extra) > MAX_CLASSES:
        return view
    for place, index in enumerate(extra, len(own)):
        table[index] = place
    classes = ClassList(
        (*own.names, *(proposed.names[i] for i in extra)),
        (*own.palette, *(proposed.palette[i] for i in extra)),
    )
    table[len(proposed) :] = np.arange(len(proposed), 256, dtype=np.uint8)
    labels: NDArray[np.uint8] = load_cv2().LUT(prediction.labels, table)
    return replace(
        view,
        # The scores keep the model's own order, so they no longer fit.
        prediction=replace(prediction, labels=labels, classes=classes, scores=None),
        statistics=_moved(view.statistics, table[: len(proposed)], len(classes)),
    )


def taken_over(
    done: "PredictionDone", own: ClassList | None
) -> tuple[ProposalView, PackedProposal]:
    """Return what the engine found, aligned, and packed as it was. Runs on a worker."""
    view, packed = take_over(done)
    return aligned(view, own), packed


def with_extra(own: ClassList, proposed: ClassList) -> ClassList:
    """Return the classes of a project with those that only its proposal has."""
    count = len(own)
    if len(proposed) <= count:
        return own
    return ClassList(
        (*own.names, *proposed.names[count:]),
        (*own.palette, *proposed.palette[count:]),
    )


def _moved(found: ClassStats, table: NDArray[np.uint8], count: int) -> ClassStats:
    counts = np.zeros(count, np.int64)
    counts[table] = found.counts
    shares = np.zeros(count)
    shares[table] = found.shares
    confidences = None
    if found.confidences is not None:
        confidences = np.full(count, np.nan)
        confidences[table] = found.confidences
    return ClassStats(counts, shares, confidences, found.ignored)
