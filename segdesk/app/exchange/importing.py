"""Importing labels: annotations of other programs become those of the project.

What reads and writes formats is imported when it is needed: the window starts without.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.desk import Desk
from segdesk.app.notices import Level, Notice
from segdesk.app.ports import EnginePort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.core.language import joined, plural, tr
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, Failed, Report

if TYPE_CHECKING:
    from segdesk.app.exchange.import_draft import ImportDraft
    from segdesk.app.exchange.import_writing import Imported, ImportPlan
    from segdesk.app.exchange.mask_finding import MaskFinding

_ICON = "download-simple"
_NAMED = 3


class Importing:
    """Looks at labels for a draft, and writes them once the user has decided.

    While it writes, no annotation is open.

    Parameters
    ----------
    engine
        Gives looking and writing threads of their own.

    Attributes
    ----------
    offer
        The notice that offers an import; it goes when one is done.
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
        self.offer: Notice | None = None
        self._is_warm = False

    def draft(self) -> "ImportDraft | None":
        """Begin an import into the open project; None: nothing can be written there."""
        project = self._shelf.project
        if project is None or self.is_busy or not self._annotations.may_write():
            return None
        from segdesk.app.exchange.import_draft import ImportDraft

        return ImportDraft(self._engine, project, self._shelf.items, project.classes)

    def masks_in_place(self) -> "MaskFinding":
        """Begin a project of a folder of images and one of masks, used in place."""
        from segdesk.app.exchange.mask_finding import MaskFinding

        return MaskFinding(self._engine)

    def are_labels(self, folder: Path, found: Callable[[bool], None]) -> None:
        """Find out whether a folder holds labels of the open project's images."""
        project, items = self._shelf.project, self._shelf.items
        if project is None:
            found(False)
            return

        def work(_: JobContext) -> bool:
            from segdesk.app.annotate.label_files import are_labels

            return are_labels(folder, project, items)

        self._find_out(work, found)

    def has_images(self, folder: Path, found: Callable[[bool], None]) -> None:
        """Find out whether images lie in a folder."""

        def work(_: JobContext) -> bool:
            from segdesk.app.annotate.label_files import has_images

            return has_images(folder)

        self._find_out(work, found)

    def _find_out(
        self, work: Callable[[JobContext], bool], found: Callable[[bool], None]
    ) -> None:
        self._engine.start_work(
            work,
            lambda _: None,
            found,
            lambda _: found(False),
        )

    def warm_up(self) -> None:
        """Import what reads formats on a worker: it would hold the window 0.15 s."""
        if self._shelf.project is None or self._is_warm:
            return
        self._is_warm = True

        def work(_: JobContext) -> None:
            for name in ("import_draft", "import_writing"):
                import_module(f"segdesk.app.exchange.{name}")

        self._engine.start_work(work, lambda _: None, lambda _: None, lambda _: None)

    def run(self, draft: "ImportDraft") -> None:
        """Do what a draft says, as a job."""
        project, looked = self._shelf.project, draft.look
        if self.is_busy or project is None or looked is None or draft.problem:
            return
        from segdesk.app.exchange.import_writing import ImportPlan

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
        self._autosave.once_saved(lambda: self._name_classes(plan))

    def _name_classes(self, plan: "ImportPlan") -> None:
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

    def _start(self, plan: "ImportPlan") -> None:
        project = self._shelf.project
        if project is None:
            self._end()
            return
        stops: list[Callable[[], None]] = []

        def cancel() -> None:
            for stop in stops:
                stop()

        job = self._jobs.open(tr("Import {origin}", origin=plan.origin), _ICON, cancel)

        def report(event: Report) -> None:
            self._jobs.report(job, event)

        def done(result: "Imported") -> None:
            count = plural(len(result.facts), "{n} annotation", "{n:,} annotations")
            if result.is_stopped:
                self._jobs.close(job, Cancelled(tr("{count} imported", count=count)))
            else:
                self._jobs.finish(job)
            self._keep(project.root, result)
            self._end()
            self._withdraw_offer()
            self._notices.post(_told(plan, result))

        def ended(terminal: Failed | Cancelled) -> None:
            self._jobs.close(job, terminal)
            if isinstance(terminal, Failed):
                self._notices.error(terminal)
            self._end()

        def work(context: JobContext) -> "Imported":
            from segdesk.app.exchange.import_writing import write_import

            return write_import(plan, project, context)

        stops.append(self._engine.start_work(work, report, done, ended))

    def _withdraw_offer(self) -> None:
        if self.offer is not None:
            self._notices.withdraw(self.offer)
            self.offer = None

    def _keep(self, root: Path, result: "Imported") -> None:
        project = self._shelf.project
        if project is None or project.root != root:
            return
        for step in result.steps:
            step.keep(self._annotations.histories)
        self._shelf.set_all_facts(result.facts)

    def _end(self) -> None:
        self.is_busy = False
        self._annotations.resume()


def _told(plan: "ImportPlan", result: "Imported") -> Notice:
    written = plural(len(result.facts), "{n} annotation", "{n:,} annotations")
    causes = []
    if result.skipped:
        causes.append(
            tr(
                "{skipped} images kept their own annotation.",
                skipped=len(result.skipped),
            )
        )
    if plan.untold:
        causes.append(
            tr("{untold} annotations have no image in the project.", untold=plan.untold)
        )
    if result.kept:
        causes.append(
            tr(
                "Those that were replaced lie beside the new ones, their names end in "
                ".replaced and the date."
            )
        )
    for item, error in result.failed[:_NAMED]:
        causes.append(tr("{item}: {cause}", item=item, cause=error.cause))
    more = len(result.failed) - _NAMED
    if more > 0:
        causes.append(tr("{more} more were not imported.", more=more))
    detail = joined(
        "\n",
        (
            tr("{item}: {error}", item=item, error=error)
            for item, error in result.failed
        ),
    )
    hint = tr("The row of the job lists all of them.") if result.failed else ""
    is_whole = not result.failed and not result.is_stopped
    stopped = tr(" before you stopped it") if result.is_stopped else ""
    return Notice(
        Level.DONE if is_whole else Level.WARNING,
        tr(
            "{written} imported from {origin}{stopped}.",
            written=written,
            origin=plan.origin,
            stopped=stopped,
        ),
        joined(" ", causes),
        hint,
        detail,
    )
