"""Writing the annotations of a project in other formats."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from segdesk.app.exchange.exporting import TRAINING_FORMAT, ExportChoice
from segdesk.app.exchange.import_matching import names_without_layout
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.geometry import Size
from segdesk.core.imaging import read_size
from segdesk.core.language import tr
from segdesk.core.project import Project
from segdesk.core.splits import SeededSplit, plan_split
from segdesk.formats.labelled import (
    LabelledImage,
    LabelledSet,
    Loaded,
    WriteOptions,
    Written,
)
from segdesk.formats.native import read_annotation
from segdesk.formats.registry import FORMATS, Format, format_by_id
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Noted, Progress


def writable_formats() -> tuple[Format, ...]:
    """Return the formats that annotations can be exported as."""
    return tuple(one for one in FORMATS if one.write is not None)


@dataclass(slots=True)
class Exported:
    """What came of an export.

    Parameters
    ----------
    written
        Number of items.
    failed
        (item, error) of those that were not written.
    is_stopped
        Whether the user ended it before the end.
    """

    written: int = 0
    failed: list[tuple[str, SegDeskError]] = field(default_factory=list)
    is_stopped: bool = False


def project_set(project: Project, items: Sequence[str], format_id: str) -> LabelledSet:
    """Return annotations of a project as a set that any format can write.

    For training, a project that was never divided is divided by chance for this
    export: a data set without a validation part cannot be trained on.

    Raises
    ------
    InputError
        When the project names no classes.
    """
    if project.classes is None:
        raise InputError(
            tr("Nothing was exported."),
            cause=tr("The project names no classes."),
            hint=tr("Name them in the classes panel."),
        )
    split = {item: project.facts(item).split for item in items}
    if format_id == TRAINING_FORMAT and len(items) > 1 and not any(split.values()):
        split.update(plan_split(items, SeededSplit()).split_of)
        if len(set(split.values())) == 1:  # chance left one part empty
            split[items[-1]] = "val"
            split[items[0]] = "train"
    names = names_without_layout(items)
    found = tuple(
        replace(_labelled(project, item), name=name, split=split[item])
        for item, name in zip(items, names, strict=True)
    )
    return LabelledSet(project.root, project.classes, found)


def _labelled(project: Project, item: str) -> LabelledImage:
    image = project.image_path(item)

    def load() -> Loaded:
        size = Size(*read_size(image))
        found = read_annotation(project.annotation_path(item), size)
        if found.state is None:
            raise found.problem or InputError(
                tr("{name} was not exported.", name=image.name),
                cause=tr("It has no annotation any more."),
                hint=tr("Open the folder again to see which images have one."),
            )
        return Loaded(found.state.labels, found.state.shapes)

    return LabelledImage(item, load, image)


def write_export(
    labelled: LabelledSet, choice: ExportChoice, context: JobContext
) -> Exported:
    """Write a set. Slow: call it in a job.

    Raises
    ------
    SegDeskError
        When the set as a whole cannot be written; single items are told instead.
    """
    result, total = Exported(), len(labelled.items)
    writer = format_by_id(choice.format_id).write
    if writer is None or choice.folder is None:
        return result
    rows = writer(labelled, choice.folder, WriteOptions(choice.copies_images))
    context.report(Progress(0, total, "images"))
    for number, row in enumerate(rows, 1):
        _count(row, result, context)
        context.report(Progress(number, total, "images", row.name))
        if context.stop.is_set() and number < total:
            result.is_stopped = True
            break
    return result


def _count(row: Written, result: Exported, context: JobContext) -> None:
    error = row.error
    if error is None:
        result.written += 1
        return
    result.failed.append((row.name, error))
    context.report(Noted("warning", error.message, error.cause, error.hint))
