"""What a form of a batch can choose from: models, the project, the open files."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.batch.again import Means
from segdesk.app.batch.batches import Batches
from segdesk.app.batch.doors import BatchDoors
from segdesk.app.batch.finding import BatchSource, SourceKind
from segdesk.app.batch.form import BatchForm
from segdesk.app.batch.plan import BatchModel
from segdesk.app.desk import Desk
from segdesk.app.models.shelf import ModelShelf
from segdesk.app.models.shelf_entry import ShelfState
from segdesk.app.ports import ExecutorPort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.proposals.predicting import Predicting
from segdesk.core.image_view import AS_STORED, ImageView
from segdesk.core.language import tr

if TYPE_CHECKING:
    from segdesk.jobs.specs import ModelSource, Precision
    from segdesk.library.model_library import ModelLibrary

_USABLE = frozenset({ShelfState.LOADED, ShelfState.LOADING, ShelfState.READY})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFacts:
    """Who knows what a batch can be made of.

    Parameters
    ----------
    library
        Knows where models are.
    shelf
        Knows which of them are ready.
    predicting
        Knows the devices, and which model is loaded.
    """

    library: "ModelLibrary"
    shelf: ModelShelf
    predicting: Predicting
    projects: ProjectShelf


class BatchForms:
    """Opens forms.

    Parameters
    ----------
    executor
        Lists and measures images.
    drafts_folder
        Gets the masks of batches of which only drafts are wanted.
    """

    def __init__(
        self,
        desk: Desk,
        batches: Batches,
        executor: ExecutorPort,
        facts: FormFacts,
        drafts_folder: Path,
    ) -> None:
        self._desk = desk
        self._facts = facts
        self._listed: tuple[Path, ...] = ()
        batches.device_id = lambda: self._device()[2]
        batches.means = Means(self._source_of, lambda: self._device()[0])
        self._doors = BatchDoors(
            executor=executor,
            memory=batches.memory,
            source_of=self._source_of,
            models=self._models,
            sources=self._sources,
            device=self._device,
            view=self._view,
            drafts_folder=drafts_folder,
            why_busy=batches.why_busy,
            start=batches.start,
            told=desk.notices.error,
        )

    def open(
        self, source: BatchSource | None = None, listed: tuple[Path, ...] = ()
    ) -> BatchForm:
        """Return a form.

        Parameters
        ----------
        source
            The images; None: the project or the open files.
        listed
            Files that the files panel shows, where a filter is set.
        """
        self._listed = listed
        return BatchForm(self._doors, source)

    def _source_of(self, model_id: str) -> "ModelSource":
        return self._facts.library.get(model_id)

    def _models(self) -> tuple[BatchModel, ...]:
        loaded = self._facts.predicting.model_id
        models = [
            BatchModel(
                entry.id,
                entry.name,
                entry.card.classes if entry.card else None,
                is_loaded=entry.id == loaded,
            )
            for entry in self._facts.shelf.entries
            if entry.state in _USABLE
        ]
        return tuple(sorted(models, key=lambda model: not model.is_loaded))

    def _sources(self) -> tuple[BatchSource, ...]:
        """Return what is open: the project, the listed files, the image on screen."""
        projects, files = self._facts.projects, self._desk.session.files
        project, store = projects.project, projects.store
        root = files.root or (files.paths[0].parent if files.paths else None)
        found = []
        if project is not None and store is not None and projects.paths:
            name = project.root.name
            words = (
                tr("The project: {name}", name=name)
                if store.is_project
                else tr("Open: {name}", name=name)
            )
            kind = SourceKind.PROJECT
            found.append(BatchSource(kind, project.root, projects.paths, words))
        elif root is not None:
            words = tr("Open: {name}", name=root.name)
            found.append(BatchSource(SourceKind.FILES, root, files.paths, words))
        if root is not None and self._listed:
            words = tr(
                "Listed in the files panel: {listed:,}", listed=len(self._listed)
            )
            found.append(BatchSource(SourceKind.FILES, root, self._listed, words))
        if root is not None and files.current_path is not None:
            path = files.current_path
            words = tr("This image: {name}", name=path.name)
            found.append(BatchSource(SourceKind.FILES, root, (path,), words))
        return tuple(found)

    def _view(self, folder: Path) -> ImageView:
        session = self._desk.session
        root = session.files.root
        is_open = root is not None and (folder == root or root in folder.parents)
        return session.image_view if is_open else AS_STORED

    def _device(self) -> tuple[str, "Precision", str]:
        preferences = self._desk.settings.preferences
        precision: Precision = preferences.precision  # type: ignore[assignment]
        devices = self._facts.predicting.devices
        own = preferences.device
        if own == "auto":
            own = devices[0].id if devices else "cpu"
        return preferences.device, precision, own
