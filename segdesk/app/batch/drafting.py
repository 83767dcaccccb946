"""The journey from a batch to drafts: its masks become annotations of the project."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.batch.run import BatchRun
from segdesk.app.desk import Desk
from segdesk.app.notices import Level, Notice
from segdesk.app.ports import EnginePort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.core.item_status import ItemStatus
from segdesk.core.language import joined, plural, tr
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, Failed, Report

if TYPE_CHECKING:
    from segdesk.app.batch.drafts import Drafted, DraftPlan
    from segdesk.app.files.opening import Opening
    from segdesk.core.project import Project

_ICON = "paint-brush"
_NAMED = 3


class BatchDrafting:
    """Makes drafts of the masks of a batch; images with an annotation keep it.

    While it writes, no annotation is open. Each draft is one step of its image, which
    undo takes back.

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
        self._session = desk.session
        self._engine = engine
        self._annotations = annotations
        self._autosave = autosave
        self._shelf = shelf
        self.opening: Opening | None = None
        self.is_busy = False
        self._waiting: Callable[[], None] | None = None
        self._then: Callable[[], None] = lambda: None
        shelf.opened.connect(self._on_project)

    def why_not(self, run: BatchRun | None) -> str | None:
        """Return why no drafts can be made of a batch, or None when they can."""
        if run is None:
            return tr("There is no batch")
        if self.is_busy:
            return tr("Drafts are being made")
        if "mask" not in run.kinds:
            return tr("It writes no masks")
        return None

    def make(self, run: BatchRun, indices: Sequence[int]) -> None:
        """Make drafts of some images of a batch.

        Where none of them is of the open project, the folder of the batch is opened.
        """
        if self.why_not(run) is not None or run.classes is None:
            return
        done = [index for index in indices if run.rows.row(index).has_result]
        if not done:
            self._notices.remark(tr("None of these images is predicted yet"))
            return
        if self._are_known(run, done):
            self._make(run, done)
        elif self.opening is not None:
            self._waiting = lambda: self._make(run, done)
            self.opening.open_paths((run.root,))

    def _are_known(self, run: BatchRun, indices: Sequence[int]) -> bool:
        project = self._shelf.project
        return project is not None and any(
            project.item_of(run.rows.sources[index]) for index in indices
        )

    def _on_project(self, project: "Project | None") -> None:
        if project is not None and self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            waiting()

    def _make(self, run: BatchRun, indices: Sequence[int]) -> None:
        project = self._shelf.project
        if project is None or run.classes is None:
            return
        if not self._annotations.may_write():
            return
        found = (
            (project.item_of(run.rows.sources[index]), run.rows.names[index])
            for index in indices
        )
        wanted = [
            (item, _mask(run.out_dir, name))
            for item, name in found
            if item is not None and project.facts(item).status is ItemStatus.UNLABELLED
        ]
        if not wanted:
            self._notices.remark(
                tr("Every one of these images has an annotation already")
            )
            return
        from segdesk.app.batch.drafts import DraftPlan

        self.write(DraftPlan(tuple(wanted), run.model_id, run.classes))

    def write(self, plan: "DraftPlan", then: Callable[[], None] = lambda: None) -> None:
        """Make drafts of masks as a job; `then`: it has ended, well or not.

        Ask first whether annotations may be written.
        """
        self.is_busy = True
        self._then = then
        self._annotations.pause()
        self._autosave.flush_all()
        self._autosave.once_saved(lambda: self._name_classes(plan))

    def _name_classes(self, plan: "DraftPlan") -> None:
        """Give a project without classes those of the model, then write."""
        project, store = self._shelf.project, self._shelf.store
        if project is None or store is None:
            self._end()
            return
        if project.classes is None:
            self._shelf.set_classes(plan.classes, project.locked)
            self._session.set_classes(plan.classes)
        if not store.is_project:
            self._shelf.make()
        self._start(plan)

    def _start(self, plan: "DraftPlan") -> None:
        project = self._shelf.project
        if project is None:
            self._end()
            return
        stops: list[Callable[[], None]] = []

        def cancel() -> None:
            for stop in stops:
                stop()

        job = self._jobs.open(tr("Make drafts"), _ICON, cancel)

        def report(event: Report) -> None:
            self._jobs.report(job, event)

        def done(result: "Drafted") -> None:
            if result.is_stopped:
                self._jobs.close(
                    job,
                    Cancelled(plural(len(result.facts), "{n} draft", "{n:,} drafts")),
                )
            else:
                self._jobs.finish(job)
            self._keep(project.root, result)
            self._end()
            self._tell(_told(result))

        def ended(terminal: Failed | Cancelled) -> None:
            self._jobs.close(job, terminal)
            if isinstance(terminal, Failed):
                self._notices.error(terminal)
            self._end()

        def work(context: JobContext) -> "Drafted":
            from segdesk.app.batch.drafts import write_drafts

            return write_drafts(plan, project, context)

        stops.append(self._engine.start_work(work, report, done, ended))

    def _tell(self, told: Notice) -> None:
        """Say what came of it; what went well is said in passing."""
        if told.level is Level.DONE and not told.cause:
            self._notices.toast(
                tr("{message} {hint}", message=told.message, hint=told.hint)
            )
        else:
            self._notices.post(told)

    def _keep(self, root: Path, result: "Drafted") -> None:
        project = self._shelf.project
        if project is None or project.root != root:
            return
        for step in result.steps:
            step.keep(self._annotations.histories)
        self._shelf.set_all_facts(result.facts)

    def _end(self) -> None:
        self.is_busy = False
        self._annotations.resume()
        self._then()


def _mask(folder: Path, name: str) -> Path:
    from segdesk.formats.outputs import output_path

    return output_path(folder, "mask", name)


def _told(result: "Drafted") -> Notice:
    written = plural(len(result.facts), "{n} draft", "{n:,} drafts")
    causes = []
    if result.skipped:
        kept = plural(len(result.skipped), "{n} image", "{n:,} images")
        causes.append(tr("{kept} kept their own annotation.", kept=kept))
    if result.left_out:
        names = joined(", ", result.left_out[:_NAMED])
        more = ", …" if len(result.left_out) > _NAMED else ""
        causes.append(
            tr(
                "The project has no class {names}{more}: left unlabelled.",
                names=names,
                more=more,
            )
        )
    causes += [
        tr("{item}: {cause}", item=item, cause=error.cause)
        for item, error in result.failed[:_NAMED]
    ]
    is_whole = not result.failed and not result.is_stopped
    stopped = tr(" before you stopped it") if result.is_stopped else ""
    return Notice(
        Level.DONE if is_whole else Level.WARNING,
        tr("{written} made{stopped}.", written=written, stopped=stopped),
        joined(" ", causes),
        tr("Undo takes one back while its image is open."),
        joined(
            "\n",
            (
                tr("{item}: {error}", item=item, error=error)
                for item, error in result.failed
            ),
        ),
    )
