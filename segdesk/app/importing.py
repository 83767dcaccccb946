"""Importing labels: annotations of other programs become those of the project."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from segdesk.app.autosave import Autosave
from segdesk.app.desk import Desk
from segdesk.app.import_classes import ClassPlan
from segdesk.app.import_draft import ImportDraft
from segdesk.app.import_matching import Matched
from segdesk.app.notices import Level, Notice
from segdesk.app.opening_annotations import OpenAnnotations
from segdesk.app.ports import EnginePort
from segdesk.app.project_shelf import ProjectShelf
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.document import Provenance
from segdesk.core.errors import InputError, SegDeskError, StorageError
from segdesk.core.geometry import Size
from segdesk.core.history import Source, SourceKind
from segdesk.core.imaging import read_size
from segdesk.core.item_status import ItemFacts, ItemStatus, MadeBy
from segdesk.core.label_map import class_stats
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
from segdesk.jobs.events import Cancelled, Failed, Noted, Progress, Report

_ICON = "download-simple"
_NAMED = 3


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
    failed
        (item, error) of the images that were not written.
    is_stopped
        Whether the user ended it before the end.
    """

    facts: dict[str, ItemFacts] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
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
    write_annotation(mask, state, plan.classes.classes, Expected(found.mark))
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
                f"{path.name} was not replaced.",
                cause=f"No copy of it could be kept: {error.strerror}.",
                hint=f"Check the room on the disk, and that {path.parent} is yours.",
                detail=str(error),
            ) from error
        copies.append(copy)
    return copies


class Importing:
    """Looks at labels for a draft, and writes them once the user has decided.

    While it writes, no annotation is open.

    Parameters
    ----------
    engine
        Gives looking and writing threads of their own.
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
        self._session = desk.session
        self._engine = engine
        self._annotations = annotations
        self._autosave = autosave
        self._shelf = shelf
        self.is_busy = False

    def draft(self) -> ImportDraft | None:
        """Begin an import into the open project; None: nothing can be written there."""
        project = self._shelf.project
        if project is None or self.is_busy or not self._annotations.may_write():
            return None
        own = project.classes or None
        return ImportDraft(self._engine, project, self._shelf.items, own)

    def run(self, draft: ImportDraft) -> None:
        """Do what a draft says, as a job."""
        project, looked = self._shelf.project, draft.look
        if self.is_busy or project is None or looked is None or draft.problem:
            return
        plan = ImportPlan(
            draft.path.name if draft.path else "",
            looked.matches.pairs,
            draft.plan(),
            draft.replaces,
            len(looked.matches.without_image) + len(looked.matches.unclear),
        )
        self.is_busy = True
        self._annotations.pause()
        self._autosave.flush_all()
        self._after_saving(lambda: self._name_classes(plan))

    def _after_saving(self, go: Callable[[], None]) -> None:
        if not self._autosave.unsaved:
            go()
            return

        def look(_: object) -> None:
            if not self._autosave.unsaved:
                stop()
                go()

        stop = self._autosave.changed.connect(look)

    def _name_classes(self, plan: ImportPlan) -> None:
        """Give the project its new classes first: no label is ever without a class."""
        project, store = self._shelf.project, self._shelf.store
        if project is None or store is None:
            self._end()
            return
        self._shelf.set_classes(plan.classes.classes, project.locked)
        self._session.set_classes(plan.classes.classes)
        if not store.is_project:
            self._shelf.make()
        self._start(plan)

    def _start(self, plan: ImportPlan) -> None:
        project = self._shelf.project
        if project is None:
            self._end()
            return
        stops: list[Callable[[], None]] = []

        def cancel() -> None:
            for stop in stops:
                stop()

        job = self._jobs.open(f"Import {plan.origin}", _ICON, cancel)

        def report(event: Report) -> None:
            self._jobs.report(job, event)

        def done(result: Imported) -> None:
            count = _counted(len(result.facts), "annotation")
            if result.is_stopped:
                self._jobs.close(job, Cancelled(f"{count} imported"))
            else:
                self._jobs.finish(job)
            self._keep(project.root, result)
            self._end()
            self._notices.post(_told(plan, result))

        def ended(terminal: Failed | Cancelled) -> None:
            self._jobs.close(job, terminal)
            if isinstance(terminal, Failed):
                self._notices.error(terminal)
            self._end()

        def work(context: JobContext) -> Imported:
            return write_import(plan, project, context)

        stops.append(self._engine.start_work(work, report, done, ended))

    def _keep(self, root: Path, result: Imported) -> None:
        project = self._shelf.project
        if project is None or project.root != root:
            return
        self._shelf.set_project(project.with_all_facts(result.facts))
        for item in result.facts:
            self._shelf.item_changed.emit(item)

    def _end(self) -> None:
        self.is_busy = False
        self._annotations.resume()


def _told(plan: ImportPlan, result: Imported) -> Notice:
    written = _counted(len(result.facts), "annotation")
    causes = []
    if result.skipped:
        causes.append(f"{len(result.skipped)} images kept their own annotation.")
    if plan.untold:
        causes.append(f"{plan.untold} annotations have no image in the project.")
    if result.kept:
        causes.append(
            "Those that were replaced lie beside the new ones, their names end in "
            ".replaced and the date."
        )
    for item, error in result.failed[:_NAMED]:
        causes.append(f"{item}: {error.cause}")
    more = len(result.failed) - _NAMED
    if more > 0:
        causes.append(f"{more} more were not imported.")
    detail = "\n".join(f"{item}: {error}" for item, error in result.failed)
    hint = "The row of the job lists all of them." if result.failed else ""
    is_whole = not result.failed and not result.is_stopped
    stopped = " before you stopped it" if result.is_stopped else ""
    return Notice(
        Level.DONE if is_whole else Level.WARNING,
        f"{written} imported from {plan.origin}{stopped}.",
        " ".join(causes),
        hint,
        detail,
    )


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _wrong_size(item: str, found: Size, wanted: Size) -> SegDeskError:
    return InputError(
        f"The annotation of {item} was not imported.",
        cause=f"It is {found.width:,} × {found.height:,} px, its image "
        f"{wanted.width:,} × {wanted.height:,} px.",
        hint="Export it again at the image's size.",
    )
