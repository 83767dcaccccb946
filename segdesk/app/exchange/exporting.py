"""Exporting labels: the project's annotations in the format of another program.

What writes formats is imported when it is needed: the window starts without.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.desk import Desk
from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.ports import EnginePort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.core.item_status import ItemStatus
from segdesk.core.language import joined, plural, tr
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, Failed, Report

if TYPE_CHECKING:
    from segdesk.app.exchange.export_writing import Exported

TRAINING_FORMAT = "mmseg"
_ICON = "export"
_NAMED = 3


class Scope(StrEnum):
    """Which images are exported."""

    DONE = "done"
    LABELLED = "labelled"
    IMAGE = "image"


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
            return tr("The images are not divided yet: one in five becomes validation.")
        named = joined(
            ", ",
            (
                tr("{name} {count}", name=name, count=count)
                for name, count in counts.items()
                if count
            ),
        )
        if not counts["train"] or not counts["val"]:
            return tr(
                "{named}: training needs images in train and in val.", named=named
            )
        return tr("{words}.", words=named)

    def problem(self, choice: ExportChoice) -> str:
        """Return why it cannot be exported; "": it can."""
        project = self._shelf.project
        if project is None:
            return tr("No folder is open.")
        if project.classes is None:
            return tr("The project names no classes.")
        if not self.items(choice.scope):
            return tr("No image is labelled so far.")
        folder = choice.folder
        if folder is None:
            return tr("Choose a folder.")
        if folder == project.root or folder.is_relative_to(project.root):
            return tr("This folder is part of the project. Choose one outside of it.")
        try:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                return tr(
                    "This folder holds files already. Choose an empty or a new one."
                )
        except OSError as error:
            return tr(
                "This folder cannot be looked into: {reason}.",
                reason=error.strerror,
            )
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
        self._autosave.once_saved(lambda: self._start(choice, reveal))

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

        job = self._jobs.open(
            tr("Export {name}", name=project.root.name), _ICON, cancel
        )

        def work(context: JobContext) -> "Exported":
            from segdesk.app.exchange.export_writing import project_set, write_export

            labelled = project_set(project, items, choice.format_id)
            return write_export(labelled, choice, context)

        def report(event: Report) -> None:
            self._jobs.report(job, event)

        def done(result: "Exported") -> None:
            if result.is_stopped:
                self._jobs.close(
                    job,
                    Cancelled(tr("{written:,} images written", written=result.written)),
                )
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
    return (Verb(tr("Show folder"), lambda: reveal(folder)),)


def _told(result: "Exported", folder: Path, verbs: tuple[Verb, ...]) -> Notice:
    causes = [
        tr("{item}: {cause}", item=item, cause=error.cause)
        for item, error in result.failed[:_NAMED]
    ]
    more = len(result.failed) - _NAMED
    if more > 0:
        causes.append(tr("{more} more were not exported.", more=more))
    detail = joined(
        "\n",
        (
            tr("{item}: {error}", item=item, error=error)
            for item, error in result.failed
        ),
    )
    is_whole = not result.failed and not result.is_stopped
    stopped = tr(" before you stopped it") if result.is_stopped else ""
    count = plural(result.written, "1 image", "{n:,} images")
    return Notice(
        Level.DONE if is_whole else Level.WARNING,
        tr("{count} exported{stopped}.", count=count, stopped=stopped),
        joined(" ", causes) or tr("They are in {folder}.", folder=folder),
        tr("The row of the job lists all of them.") if result.failed else "",
        detail,
        verbs,
    )
