"""The journey from a model and labelled images to what it gets wrong, and back."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.desk import Desk
from segdesk.app.evaluation.deeds import EvaluationDeeds
from segdesk.app.evaluation.look import Cell
from segdesk.app.evaluation.region_search import RegionSearch
from segdesk.app.evaluation.stored_evaluations import StoredEvaluations
from segdesk.app.evaluation.words import largest_errors
from segdesk.app.ports import EnginePort, ExecutorPort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.signal import Signal
from segdesk.core.language import plural, tr
from segdesk.core.splits import SPLIT_NAMES
from segdesk.formats.training_set import ANNOTATED
from segdesk.jobs.events import Failed, Noted, Progress, Report, Succeeded, Terminal
from segdesk.jobs.specs import EvaluateSpec, ModelSource
from segdesk.jobs.training_events import EvaluationDone, ItemEvaluated

if TYPE_CHECKING:
    from collections.abc import Callable

    from segdesk.app.evaluation.calibrating import Calibrating
    from segdesk.core.project import Project
    from segdesk.library.model_library import ModelLibrary


@dataclass(frozen=True, slots=True)
class Run:
    """An evaluation that is under way.

    Parameters
    ----------
    done, total
        Images; total 0: not known yet.
    mean
        Mean of the images' mIoU so far, in percent; None before the first.
    """

    job_id: int
    name: str
    split: str
    done: int = 0
    total: int = 0
    mean: float | None = None


class Evaluating:
    """Measures models on a split of the open project, and holds what was found.

    Several models on the same data stand side by side; one of them is looked at.

    Parameters
    ----------
    executor
        Reads masks and pictures, writes reports.
    library
        Knows where the models are.
    folder
        Gets a folder for each model and split.

    Attributes
    ----------
    changed
        Fires when choices, the run or the results are others.
    results
        Of the open project and the chosen split, also from earlier sittings.
    search, deeds, calibrating
        The regions of a confusion, what is done about them, and about the confidence.
    """

    def __init__(
        self,
        desk: Desk,
        engine: EnginePort,
        executor: ExecutorPort,
        library: "ModelLibrary",
        folder: Path,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.search = RegionSearch(executor)
        self.executor = executor
        self.model_id = ""
        self.split = "val"
        self.run: Run | None = None
        self.results: tuple[EvaluationDone, ...] = ()
        self._desk = desk
        self._engine = engine
        self._library = library
        self._stored = StoredEvaluations(folder, library)
        self._root: Path | None = None
        self._kept: tuple[EvaluationDone, ...] = ()
        self._shown = 0
        self._looked_at: EvaluationDone | None = None
        self._names: dict[str, str] = {}
        self._seen: list[float] = []
        self._projects: ProjectShelf | None = None
        self._autosave: Autosave | None = None
        self.deeds: EvaluationDeeds | None = None
        self.calibrating: Calibrating | None = None

    def attach(
        self, projects: ProjectShelf, autosave: Autosave, deeds: EvaluationDeeds
    ) -> None:
        """Tell what is evaluated on, and what corrects its labels."""
        self._projects, self._autosave, self.deeds = projects, autosave, deeds
        projects.opened.connect(self._on_project)

    # ------------------------------------------------------------ what is so

    @property
    def shown(self) -> EvaluationDone | None:
        """The evaluation that is looked at."""
        return self.results[self._shown] if self.results else None

    @property
    def others(self) -> tuple[EvaluationDone, ...]:
        """The evaluations that it is compared with, the latest first."""
        shown = self.shown
        return tuple(one for one in reversed(self.results) if one is not shown)

    def name_of(self, model_id: str) -> str:
        """Return the name of a model that was evaluated."""
        return self._names.get(model_id, model_id)

    def split_sizes(self) -> dict[str, int]:
        """Return how many annotated images each split of the project has."""
        project = self._project
        if project is None or self._projects is None:
            return {}
        # What nothing is known of has no annotation; of most of many files that is so.
        labelled = {
            item for item, known in project.items.items() if known.status in ANNOTATED
        }
        if labelled:
            labelled.intersection_update(self._projects.items)
        counted = Counter(project.facts(item).split for item in labelled)
        names = dict.fromkeys((*SPLIT_NAMES, *sorted(filter(None, counted))))
        return {name: counted[name] for name in names if counted[name]}

    def why_not(self) -> str | None:
        """Return why nothing can be evaluated now."""
        project = self._project
        if self.run is not None:
            return tr("An evaluation runs")
        if project is None:
            return tr("Open a project with labelled images first")
        return None if self.model_id else tr("Add a model first")

    # ------------------------------------------------------------ what to do

    def choose(self, *, model_id: str | None = None, split: str | None = None) -> None:
        """Take another model or split for the next evaluation."""
        wanted = (model_id or self.model_id, split or self.split)
        if wanted != (self.model_id, self.split):
            self.model_id, self.split = wanted
            self._list_results(wanted[0])
            self.changed.emit()

    def evaluate(self) -> None:
        """Measure the chosen model on the chosen split."""
        project = self._project
        if self.why_not() is not None or project is None:
            return
        if self._autosave is not None:
            self._autosave.flush_all()
        model_id = self.model_id

        def chosen() -> tuple[ModelSource, str]:
            return self._library.get(model_id), self._library.entry(model_id).name

        self.executor.submit(
            chosen,
            lambda found: self._start(project, *found),
            self._desk.notices.error,
        )

    def stop(self) -> None:
        """Stop the evaluation that runs; what was measured so far is dropped."""
        if self.run is not None:
            self._desk.jobs.cancel(self.run.job_id)

    def show(self, place: int) -> None:
        """Look at another of the results."""
        if 0 <= place < len(self.results) and place != self._shown:
            self._shown = place
            self._look_again()

    def look(self) -> None:
        """Look at the same cell of another result, else at its largest confusion."""
        done, cell = self.shown, self.search.cell
        if done is self._looked_at:
            return
        self._looked_at = done
        if done is not None:
            known = cell is not None and max(cell.truth, cell.said) < len(done.classes)
            if not known:
                errors = largest_errors(done, 1)
                cell = errors[0][0] if errors else None
        self.search.look(done, cell if done is not None else None)

    def choose_cell(self, cell: Cell) -> None:
        """Look at the regions where one class is taken for another."""
        if cell != self.search.cell:
            self._looked_at = self.shown
            self.search.look(self.shown, cell)

    def write_report(self, then: "Callable[[Path], object]") -> None:
        """Write the page of the result that is looked at, then call with its path."""
        done = self.shown
        if done is None:
            return

        def write() -> Path:
            from segdesk.library.evaluation_report import write_report

            return write_report(done)

        self.executor.submit(write, then, self._desk.notices.error)

    def open_region(self) -> None:
        """Show the chosen region in the viewer."""
        done, found = self.shown, self.search.chosen
        if done is not None and found is not None and self.deeds is not None:
            self.deeds.show(done, found)

    def open_image(self, item: ItemEvaluated) -> None:
        """Show an image in the viewer with what the model said of it."""
        if self.shown is not None and self.deeds is not None:
            self.deeds.show_image(self.shown, item)

    def decide(self, decision: str) -> None:
        """Decide on the chosen region: "truth", "model" or "paint".

        A region that goes over to the model is relabelled as one step of undo, and
        comes back in the same way. Then the next region is chosen.
        """
        done, found, search = self.shown, self.search.chosen, self.search
        if done is None or found is None or self.deeds is None:
            return

        def note() -> None:
            search.decide(found, decision)
            if search.chosen == found:
                search.next()

        if decision == "paint":
            search.decide(found, decision)
            self.deeds.paint(done, found)
        elif decision == "model" and found.cell.said >= len(done.classes):
            self._desk.notices.remark(
                tr("The project has no class for what the model says")
            )
        elif decision == "model":
            self.deeds.relabel(done, found, to_model=True, then=note)
        elif search.decision(found) == "model":
            self.deeds.relabel(done, found, to_model=False, then=note)
        else:
            note()

    # ------------------------------------------------------------ inside

    def _start(self, project: "Project", source: ModelSource, name: str) -> None:
        if self.run is not None:
            return
        cancels: list[Callable[[], None]] = []
        jobs = self._desk.jobs

        def cancel() -> None:
            for each in cancels:
                each()

        row = jobs.open(tr("Evaluate {name}", name=name), "target", cancel)
        preferences = self._desk.settings.preferences
        spec = EvaluateSpec(
            model=source,
            data_dir=project.root,
            out_dir=self._stored.folder_of(project.root, self.split, source.id),
            split=self.split,
            device=preferences.device,
            precision=preferences.precision,  # type: ignore[arg-type]
        )
        self._names[source.id] = name
        self._seen = []
        self.run = Run(row, name, self.split)
        cancels.append(
            self._engine.start(
                spec,
                lambda event: self._on_report(row, event),
                lambda terminal: self._on_ended(row, terminal),
            )
        )
        self.changed.emit()

    def _on_report(self, row: int, event: Report) -> None:
        self._desk.jobs.report(row, event)
        run = self.run
        if isinstance(event, Noted):
            self._desk.notices.error(event)
        if run is None or run.job_id != row:
            return
        if isinstance(event, ItemEvaluated) and event.miou is not None:
            self._seen.append(event.miou)
        elif isinstance(event, Progress):
            mean = sum(self._seen) / len(self._seen) if self._seen else None
            self.run = Run(row, run.name, run.split, event.done, event.total or 0, mean)
            self.changed.emit()

    def _on_ended(self, row: int, terminal: Terminal) -> None:
        self._desk.jobs.close(row, terminal)
        self.run = None
        match terminal:
            case Succeeded(EvaluationDone() as done):
                self._take(done)
                return
            case Failed():
                self._desk.notices.error(terminal)
            case _:
                pass
        self.changed.emit()

    def _take(self, done: EvaluationDone) -> None:
        project = self._project
        if project is None or project.root != done.data_dir:
            self.changed.emit()
            return
        self.split = done.split
        self._keep(done)
        self._list_results(done.model_id)
        if done.failed:
            images = plural(done.failed, "1 image was", "{n} images were")
            self._desk.notices.remark(
                tr("{images} not measured; the job's log says why", images=images)
            )
        self._look_again()

    def _keep(self, done: EvaluationDone) -> None:
        """Take a result in the place of an earlier one of its model and split."""
        key = (done.split, done.model_id)
        earlier = (one for one in self._kept if (one.split, one.model_id) != key)
        self._kept = (*earlier, done)

    def _list_results(self, model_id: str) -> None:
        """Hold the results of the chosen split; look at a model's, else at the last."""
        shown = self.shown
        self.results = tuple(one for one in self._kept if one.split == self.split)
        models = [one.model_id for one in self.results]
        if model_id in models:
            self._shown = models.index(model_id)
        elif shown in self.results:
            self._shown = self.results.index(shown)
        else:
            self._shown = max(0, len(models) - 1)

    def _look_again(self) -> None:
        self.look()
        self.changed.emit()

    @property
    def _project(self) -> "Project | None":
        return self._projects.project if self._projects else None

    def _on_project(self, project: "Project | None") -> None:
        root = project.root if project else None
        if root is not None and root != self._root:
            self._root = root
            self._kept, self.results, self._shown = (), (), 0
            self._looked_at = None
            self.search.look(None, None)
            self.executor.submit(
                lambda: self._stored.read(root),
                lambda found: self._on_stored(root, *found),
                lambda _error: None,
            )
        self.changed.emit()

    def _on_stored(
        self, root: Path, found: tuple[EvaluationDone, ...], names: dict[str, str]
    ) -> None:
        if root != self._root or not found:
            return
        later, self._kept = self._kept, found
        for done in later:  # measured while the earlier ones were read
            self._keep(done)
        self._names = {**names, **self._names}
        if not self.results:
            latest = self._kept[-1]
            self.model_id, self.split = latest.model_id, latest.split
        self._list_results(self.model_id)
        self.changed.emit()
