"""Writing the annotations of an import."""

import shutil
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from segdesk.app.exchange.import_classes import ClassPlan
from segdesk.app.exchange.import_history import BUDGET_BYTES, ImportStep, step_of
from segdesk.app.exchange.import_matching import Matched
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.document import Provenance
from segdesk.core.errors import InputError, SegDeskError, StorageError
from segdesk.core.geometry import Size
from segdesk.core.history import Source, SourceKind
from segdesk.core.imaging import read_size
from segdesk.core.item_status import ItemFacts, ItemStatus, MadeBy
from segdesk.core.label_map import class_stats
from segdesk.core.language import tr
from segdesk.core.project import Project
from segdesk.formats.labelled import Loaded
from segdesk.formats.native import (
    AnnotationState,
    Expected,
    read_annotation,
    sidecar_path,
    write_annotation,
)
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Noted, Progress


@dataclass(frozen=True, slots=True, eq=False)
class ImportPlan:
    """An import that was decided on.

    Parameters
    ----------
    origin
        Name of the folder or file, kept as the provenance.
    pairs
        Annotations with the images that they belong to.
    classes
        How labels change.
    replaces
        Whether annotations that exist are replaced; a copy of each is kept beside it.
    untold
        Number of annotations that belong to no image, or to none for sure.
    """

    origin: str
    pairs: tuple[Matched, ...]
    classes: ClassPlan
    replaces: bool = False
    untold: int = 0


@dataclass(slots=True)
class Imported:
    """What came of an import.

    Parameters
    ----------
    facts
        What is known now of the images that were written.
    skipped
        Images that kept their own annotation.
    kept
        Copies of annotations that were replaced.
    steps
        What undo takes back, of as many images as there is room for.
    steps_bytes
        Memory that they take.
    failed
        (item, error) of the images that were not written.
    is_stopped
        Whether the user ended it before the end.
    """

    facts: dict[str, ItemFacts] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    steps: list[ImportStep] = field(default_factory=list)
    steps_bytes: int = 0
    failed: list[tuple[str, SegDeskError]] = field(default_factory=list)
    is_stopped: bool = False


def write_import(plan: ImportPlan, project: Project, context: JobContext) -> Imported:
    """Write the annotations of an import one by one. Slow: call it in a job.

    One that fails is told and does not end it; a stop leaves what is written.

    Parameters
    ----------
    project
        With the classes of the plan.
    """
    result, total = Imported(), len(plan.pairs)
    for number, matched in enumerate(plan.pairs):
        if context.stop.is_set():
            result.is_stopped = True
            return result
        context.report(Progress(number, total, "images", matched.item))
        try:
            _write_one(plan, project, matched, result)
        except SegDeskError as error:
            result.failed.append((matched.item, error))
            context.report(Noted("warning", error.message, error.cause, error.hint))
    context.report(Progress(total, total, "images"))
    return result


def _write_one(
    plan: ImportPlan, project: Project, matched: Matched, result: Imported
) -> None:
    item = matched.item
    mask = project.annotation_path(item)
    exists = mask.exists() or sidecar_path(mask).exists()
    if exists and not plan.replaces:
        result.skipped.append(item)
        return
    image = project.image_path(item)
    size = Size(*read_size(image))
    loaded = matched.source.read()
    if loaded.size != size:
        raise _wrong_size(item, loaded.size, size)
    found = read_annotation(mask, size)
    state = _state(plan, loaded, image.name, found.state)
    kept = tuple(one for one in (mask, sidecar_path(mask)) if one.exists())
    result.kept += _copied(kept)
    mark = write_annotation(mask, state, plan.classes.classes, Expected(found.mark))
    if result.steps_bytes < BUDGET_BYTES:
        source = Source(SourceKind.IMPORT, plan.origin)
        step = step_of(source, found.state, project.unlabelled, state)
        before = found.mark.digest if found.mark else ""
        result.steps.append(ImportStep(mask, step, before, mark.digest))
        result.steps_bytes += step.size_bytes
    stats = class_stats(state.labels, len(plan.classes.classes))
    result.facts[item] = replace(
        project.facts(item),
        status=state.status,
        classes=tuple(int(one) for one in stats.counts.nonzero()[0]),
        made_by=MadeBy.IMPORT,
        models=(),
        size=(size.width, size.height),
    )


def _state(
    plan: ImportPlan, loaded: Loaded, image: str, before: AnnotationState | None
) -> AnnotationState:
    table, skipped = plan.classes.table, plan.classes.skipped
    labels = table[loaded.labels]
    shapes = tuple(
        replace(one, class_index=int(table[one.class_index]))
        for one in loaded.shapes
        if one.class_index not in skipped
    )
    source = Source(SourceKind.IMPORT, plan.origin)
    labelled = int((labels != IGNORE_INDEX).sum())
    return AnnotationState(
        image,
        labels,
        shapes,
        Provenance().plus(source, labelled),
        ItemStatus.DRAFT,
        before.revision + 1 if before else 1,
    )


def _copied(paths: tuple[Path, ...]) -> list[Path]:
    """Copy files under names that no program takes for annotations.

    Raises
    ------
    StorageError
        When the disk does not take them; nothing was replaced.
    """
    stamp, copies = time.strftime("%Y%m%d-%H%M%S"), []
    for path in paths:
        number, copy = 1, path.with_name(f"{path.name}.replaced-{stamp}")
        while copy.exists():
            number += 1
            copy = path.with_name(f"{path.name}.replaced-{stamp}-{number}")
        try:
            shutil.copy2(path, copy)
        except OSError as error:
            raise StorageError(
                tr("{name} was not replaced.", name=path.name),
                cause=tr(
                    "No copy of it could be kept: {reason}.", reason=error.strerror
                ),
                hint=tr(
                    "Check the room on the disk, and that {folder} is yours.",
                    folder=path.parent,
                ),
                detail=str(error),
            ) from error
        copies.append(copy)
    return copies


def _wrong_size(item: str, found: Size, wanted: Size) -> SegDeskError:
    return InputError(
        tr("The annotation of {item} was not imported.", item=item),
        cause=tr(
            "It is {width:,} × {height:,} px, its image {width2:,} × {height2:,} px.",
            width=found.width,
            height=found.height,
            width2=wanted.width,
            height2=wanted.height,
        ),
        hint=tr("Export it again at the image's size."),
    )
