"""Which classes are in which annotation: found out once, kept in the project."""

from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.ports import EnginePort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.core.item_status import ItemFacts, ItemStatus
from segdesk.core.language import tr
from segdesk.core.project import Project
from segdesk.formats.project_store import classes_on_disk
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, Failed, Progress, Report

if TYPE_CHECKING:
    from collections.abc import Callable

_ICON = "magnifying-glass"


class ClassIndexing:
    """Looks into annotations that other programs made, so that filters find them.

    What SegDesk writes is known as it is written; this is for data sets that are used
    in place. It starts by itself when such a project is opened.

    Parameters
    ----------
    engine
        Gives the job a thread of its own.
    """

    def __init__(self, desk: Desk, engine: EnginePort, shelf: ProjectShelf) -> None:
        self._jobs = desk.jobs
        self._notices = desk.notices
        self._engine = engine
        self._shelf = shelf
        self._root: Path | None = None
        shelf.opened.connect(self._on_project)

    def missing(self) -> tuple[str, ...]:
        """Return the annotated images of which no classes are known."""
        project = self._shelf.project
        return _missing(project, self._shelf.items) if project else ()

    def _on_project(self, project: Project | None) -> None:
        if project is None or project.root == self._root:
            return
        items = self._shelf.items

        def found(missing: tuple[str, ...]) -> None:
            now = self._shelf.project
            if missing and now is not None and now.root == project.root:
                self._look(project, missing)

        self._engine.start_work(
            lambda _: _missing(project, items), lambda _: None, found, self._tell
        )

    def _look(self, project: Project, items: tuple[str, ...]) -> None:
        """Look into annotations, as a job."""
        if project.root == self._root:
            return
        self._root = root = project.root
        stops: list[Callable[[], None]] = []

        def cancel() -> None:
            for stop in stops:
                stop()

        job = self._jobs.open(tr("Look for classes"), _ICON, cancel)

        def work(context: JobContext) -> dict[str, ItemFacts]:
            def looked_at(done: int, total: int) -> None:
                context.check()
                context.report(Progress(done, total, "annotations"))

            return classes_on_disk(project, items, looked_at)

        def report(event: Report) -> None:
            self._jobs.report(job, event)

        def done(found: dict[str, ItemFacts]) -> None:
            self._jobs.finish(job)
            self._root = None
            self._keep(root, found)

        def ended(terminal: Failed | Cancelled) -> None:
            self._jobs.close(job, terminal)
            self._tell(terminal)

        stops.append(self._engine.start_work(work, report, done, ended))

    def _tell(self, terminal: Failed | Cancelled) -> None:
        if isinstance(terminal, Failed):
            self._notices.error(terminal)

    def _keep(self, root: Path, found: dict[str, ItemFacts]) -> None:
        project = self._shelf.project
        if project is None or project.root != root:
            return
        fresh = {
            item: facts
            for item, facts in found.items()
            if not project.facts(item).classes  # else it was written meanwhile
        }
        self._shelf.set_all_facts(fresh)


def _missing(project: Project, items: tuple[str, ...]) -> tuple[str, ...]:
    known = project.items
    return tuple(
        item
        for item in items
        if (facts := known.get(item)) is not None
        and facts.status is not ItemStatus.UNLABELLED
        and not facts.classes
    )
