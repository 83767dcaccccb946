"""Exporting labels: the project's annotations in the format of another program."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from segdesk.app.autosave import Autosave
from segdesk.app.desk import Desk
from segdesk.app.import_matching import names_without_layout
from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.opening_annotations import OpenAnnotations
from segdesk.app.ports import EnginePort
from segdesk.app.project_shelf import ProjectShelf
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.geometry import Size
from segdesk.core.imaging import read_size
from segdesk.core.item_status import ItemStatus
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
from segdesk.jobs.events import Cancelled, Failed, Noted, Progress, Report

TRAINING_FORMAT = "mmseg"
_ICON = "export"
_NAMED = 3


class Scope(StrEnum):
    """Which images are exported."""

    DONE = "done"
    LABELLED = "labelled"
    IMAGE = "image"


def writable_formats() -> tuple[Format, ...]:
    """Return the formats that annotations can be exported as."""
    return tuple(one for one in FORMATS if one.write is not None)


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What is to be exported.

    Parameters
    ----------
    folder
        Where to; None: to be chosen.
    copies_images
        Whether the images go along.
    """

    format_id: str = TRAINING_FORMAT
    scope: Scope = Scope.DONE
    folder: Path | None = None
    copies_images: bool = True


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
            "Nothing was exported.",
            cause="The project names no classes.",
            hint="Name them in the classes panel.",
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
                f"{image.name} was not exported.",
                cause="It has no annotation any more.",
                hint="Open the folder again to see which images have one.",
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


class Exporting:
    """Writes annotations of the open project, as a job.

    Parameters
    ----------
    engine
        Gives the job a thread of its own.
    """

    def __init__(
        self,
        desk: Desk,
        engine: EnginePort,
        annotations: OpenAnnotations,
        autosave: Autosave,
        shelf: ProjectShelf,
    ) -> None:
        self._jobs = desk.jobs
        self._notices = desk.notices
        self._engine = engine
        self._annotations = annotations
        self._autosave = autosave
        self._shelf = shelf

    @property
    def proposed_folder(self) -> Path | None:
        """Folder in which a folder for an export may be made."""
        project = self._shelf.project
        return project.root.parent if project else None

    @property
    def root_name(self) -> str:
        """Name of the project's folder."""
        project = self._shelf.project
        return project.root.name if project else ""

    def items(self, scope: Scope) -> tuple[str, ...]:
        """Return the images that a scope means."""
        project, current = self._shelf.project, self._annotations.current
        if project is None:
            return ()
        if scope is Scope.IMAGE:
            known = current is not None and (
                current.status is not ItemStatus.UNLABELLED
            )
            return (current.place.item,) if current and known else ()
        wanted = {ItemStatus.DONE}
        if scope is Scope.LABELLED:
            wanted |= {ItemStatus.DRAFT, ItemStatus.REVIEW}
        facts = self._shelf.facts
        return tuple(one for one in self._shelf.items if facts(one).status in wanted)

    def split_words(self, choice: ExportChoice) -> str:
        """Return how the images are divided for training; "": nothing to say."""
        project = self._shelf.project
        if choice.format_id != TRAINING_FORMAT or project is None:
            return ""
        splits = [project.facts(item).split for item in self.items(choice.scope)]
        counts = {name: splits.count(name) for name in ("train", "val", "test")}
        if not any(counts.values()):
            return "The images are not divided yet: one in five becomes validation."
        named = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
        if not counts["train"] or not counts["val"]:
            return f"{named}: training needs images in train and in val."
        return f"{named}."

    def problem(self, choice: ExportChoice) -> str:
        """Return why it cannot be exported; "": it can."""
        project = self._shelf.project
        if project is None:
            return "No folder is open."
        if project.classes is None:
            return "The project names no classes."
        if not self.items(choice.scope):
            return "No image is labelled so far."
        folder = choice.folder
        if folder is None:
            return "Choose a folder."
        if folder == project.root or folder.is_relative_to(project.root):
            return "This folder is part of the project. Choose one outside of it."
        try:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                return "This folder holds files already. Choose an empty or a new one."
        except OSError as error:
            return f"This folder cannot be looked into: {error.strerror}."
        return ""

    def run(
        self, choice: ExportChoice, reveal: Callable[[Path], None] | None = None
    ) -> None:
        """Export as a job; what is not saved yet is written first.

        Parameters
        ----------
        reveal
            Shows the folder when the user asks for it afterwards.
        """
        if self.problem(choice):
            return
        self._autosave.flush_all()
        if not self._autosave.unsaved:
            self._start(choice, reveal)
            return

        def look(_: object) -> None:
            if not self._autosave.unsaved:
                stop()
                self._start(choice, reveal)

        stop = self._autosave.changed.connect(look)

    def _start(
        self, choice: ExportChoice, reveal: Callable[[Path], None] | None
    ) -> None:
        project, folder = self._shelf.project, choice.folder
        if project is None or folder is None:
            return
        items = self.items(choice.scope)
        stops: list[Callable[[], None]] = []

        def cancel() -> None:
            for stop in stops:
                stop()

        title = f"Export as {format_by_id(choice.format_id).name}"
        job = self._jobs.open(title, _ICON, cancel)

        def work(context: JobContext) -> Exported:
            labelled = project_set(project, items, choice.format_id)
            return write_export(labelled, choice, context)

        def report(event: Report) -> None:
            self._jobs.report(job, event)

        def done(result: Exported) -> None:
            if result.is_stopped:
                self._jobs.close(job, Cancelled(f"{result.written:,} images written"))
            else:
                self._jobs.finish(job)
            self._notices.post(_told(result, folder, _verbs(folder, reveal)))

        def ended(terminal: Failed | Cancelled) -> None:
            self._jobs.close(job, terminal)
            if isinstance(terminal, Failed):
                self._notices.error(terminal)

        stops.append(self._engine.start_work(work, report, done, ended))


def _verbs(folder: Path, reveal: Callable[[Path], None] | None) -> tuple[Verb, ...]:
    if reveal is None:
        return ()
    return (Verb("Show folder", lambda: reveal(folder)),)


def _told(result: Exported, folder: Path, verbs: tuple[Verb, ...]) -> Notice:
    causes = [f"{item}: {error.cause}" for item, error in result.failed[:_NAMED]]
    more = len(result.failed) - _NAMED
    if more > 0:
        causes.append(f"{more} more were not exported.")
    detail = "\n".join(f"{item}: {error}" for item, error in result.failed)
    is_whole = not result.failed and not result.is_stopped
    stopped = " before you stopped it" if result.is_stopped else ""
    count = "1 image" if result.written == 1 else f"{result.written:,} images"
    return Notice(
        Level.DONE if is_whole else Level.WARNING,
        f"{count} exported{stopped}.",
        " ".join(causes) or f"They are in {folder}.",
        "The row of the job lists all of them." if result.failed else "",
        detail,
        verbs,
    )
