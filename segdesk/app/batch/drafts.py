"""Masks of a batch as draft annotations of a project. Slow: a job calls it."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segdesk.app.exchange.import_history import BUDGET_BYTES, ImportStep, step_of
from segdesk.core.accept import map_by_name
from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.document import Provenance
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.geometry import Size
from segdesk.core.history import Source, SourceKind
from segdesk.core.imaging import read_size
from segdesk.core.item_status import ItemFacts, ItemStatus, MadeBy
from segdesk.core.label_map import class_stats
from segdesk.core.language import tr
from segdesk.core.tiles import size_of
from segdesk.formats.native import (
    AnnotationState,
    Expected,
    sidecar_path,
    write_annotation,
)
from segdesk.formats.png_mask import read_mask
from segdesk.jobs.events import Noted, Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segdesk.core.project import Project
    from segdesk.jobs.control import JobContext


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """Masks that become drafts.

    Parameters
    ----------
    items
        (item of the project, mask of the batch).
    classes
        Of the masks.
    """

    items: tuple[tuple[str, Path], ...]
    model_id: str
    classes: ClassList


@dataclass(slots=True)
class Drafted:
    """What came of it.

    Parameters
    ----------
    facts
        What is known now of the images that were written.
    skipped
        Images that have an annotation already.
    left_out
        Classes of the masks that the project does not have.
    steps
        What undo takes back, of as many images as there is room for.
    failed
        (item, error) of the images that were not written.
    is_stopped
        Whether the user ended it before the end.
    """

    facts: dict[str, ItemFacts] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    left_out: tuple[str, ...] = ()
    steps: list[ImportStep] = field(default_factory=list)
    steps_bytes: int = 0
    failed: list[tuple[str, SegDeskError]] = field(default_factory=list)
    is_stopped: bool = False


def write_drafts(plan: DraftPlan, project: "Project", context: "JobContext") -> Drafted:
    """Write masks as drafts of images that have no annotation.

    One that fails is told and does not end it; a stop leaves what is written.

    Parameters
    ----------
    project
        With its classes.
    """
    classes = project.classes or plan.classes
    table = map_by_name(plan.classes, classes)
    names = enumerate(plan.classes.names)
    missing = tuple(name for index, name in names if table[index] == IGNORE_INDEX)
    result, total = Drafted(left_out=missing), len(plan.items)
    table[table == IGNORE_INDEX] = project.unlabelled
    table[IGNORE_INDEX] = IGNORE_INDEX
    for number, (item, mask) in enumerate(plan.items):
        if context.stop.is_set():
            result.is_stopped = True
            return result
        context.report(Progress(number, total, "images", item))
        try:
            _write_one(plan, project, item, _mapped(mask, table), result)
        except SegDeskError as error:
            result.failed.append((item, error))
            context.report(Noted("warning", error.message, error.cause, error.hint))
    context.report(Progress(total, total, "images"))
    return result


def _mapped(mask: Path, table: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    labels: NDArray[np.uint8] = np.asarray(load_cv2().LUT(read_mask(mask), table))
    return labels


def _write_one(
    plan: DraftPlan,
    project: "Project",
    item: str,
    labels: "NDArray[np.uint8]",
    result: Drafted,
) -> None:
    path, image = project.annotation_path(item), project.image_path(item)
    if path.exists() or sidecar_path(path).exists():
        result.skipped.append(item)
        return
    size, found = Size(*read_size(image)), size_of(labels)
    if found != size:
        raise _wrong_size(item, found, size)
    classes = project.classes or plan.classes
    source = Source(SourceKind.MODEL, plan.model_id)
    made = int((labels != project.unlabelled).sum())
    provenance = Provenance().plus(source, made)
    state = AnnotationState(
        image.name, labels, (), provenance, ItemStatus.DRAFT, revision=1
    )
    mark = write_annotation(path, state, classes, Expected())
    if result.steps_bytes < BUDGET_BYTES:
        step = replace(
            step_of(source, None, project.unlabelled, state),
            title=tr("Draft by {model_id}", model_id=plan.model_id),
            icon="cube",
        )
        result.steps.append(ImportStep(path, step, "", mark.digest))
        result.steps_bytes += step.size_bytes
    counts = class_stats(labels, len(classes)).counts
    result.facts[item] = replace(
        project.facts(item),
        status=ItemStatus.DRAFT,
        classes=tuple(int(one) for one in counts.nonzero()[0]),
        made_by=MadeBy.MODEL,
        models=(plan.model_id,),
        size=(size.width, size.height),
    )


def _wrong_size(item: str, found: Size, wanted: Size) -> SegDeskError:
    return InputError(
        tr("No draft of {item} was made.", item=item),
        cause=tr(
            "Its mask is {width:,} × {height:,} px, the image "
            "{width2:,} × {height2:,} px.",
            width=found.width,
            height=found.height,
            width2=wanted.width,
            height2=wanted.height,
        ),
        hint=tr("Predict it again."),
    )
