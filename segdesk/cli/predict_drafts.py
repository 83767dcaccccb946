"""Predictions of `segdesk predict --drafts` as draft annotations of a project."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from segdesk.cli.output import say, show_error
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.item_status import ItemStatus
from segdesk.core.project import Project
from segdesk.formats.project_store import ItemList, ProjectStore, list_items, refreshed
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.specs import BatchItem

# Hidden, so that no list of images takes what lies in it.
_FOLDER = ".predictions"
_WORD = "replaced"


class DraftProject:
    """A project that drafts are written into; nobody else writes it meanwhile.

    Parameters
    ----------
    store
        Its folder, held.
    project
        As it is on disk.
    items
        Its images.
    """

    def __init__(self, store: ProjectStore, project: Project, items: ItemList) -> None:
        self.project = project
        self.items = items
        self._store = store

    def folder_for(self, model_id: str) -> Path:
        """Return where the results of a model go when no folder is named."""
        name = "".join(
            one if one.isalnum() or one in "-_. " else "_" for one in model_id
        )
        return self.project.root / _FOLDER / name

    def write(
        self,
        batch: Sequence[tuple[BatchItem, Path]],
        model_id: str,
        classes: ClassList,
        *,
        replaces: bool,
    ) -> int:
        """Make masks drafts, and keep what is known of their images.

        Parameters
        ----------
        batch
            Images with their masks.
        replaces
            Annotations that are there are kept under another name and made anew.

        Returns
        -------
        failed
            How many could not be written; each is said.

        Raises
        ------
        StorageError
            The project file could not be written.
        """
        from segdesk.app.batch.drafts import DraftPlan, write_drafts

        project = self.project
        if project.classes is None:
            project = project.with_classes(classes)
        wanted = []
        for item, mask in batch:
            name = project.item_of(item.source)
            if name is not None and name not in self.items.shared:
                wanted.append((name, mask))
        if replaces:
            self._set_aside(project, [name for name, _ in wanted])
        plan = DraftPlan(tuple(wanted), model_id, classes)
        made = write_drafts(plan, project, JobContext(lambda _event: None, StopFlag()))
        self._store.save(project.with_all_facts(made.facts))
        self._tell(made.left_out, len(made.facts), len(made.skipped))
        for _, error in made.failed:
            show_error(error, as_json=False)
        return len(made.failed)

    def _set_aside(self, project: Project, names: Sequence[str]) -> None:
        from segdesk.formats.file_mark import keep_aside
        from segdesk.formats.native import sidecar_path

        for name in names:
            path = project.annotation_path(name)
            keep_aside((path, sidecar_path(path)), _WORD)

    def _tell(self, left_out: Sequence[str], made: int, kept: int) -> None:
        say(f"{made:,} drafts made in {self.project.root}.")
        if kept:
            say(f"{kept:,} images keep the annotation that they have.")
        if left_out:
            names = ", ".join(left_out)
            say(f"The project has no class {names}: left unlabelled.", "yellow")


@contextmanager
def opened_project(root: Path, *, writes: bool) -> Iterator[DraftProject]:
    """Open a project for a call.

    Parameters
    ----------
    writes
        It is held, so that no window writes it meanwhile.

    Raises
    ------
    InputError
        There is no project, or its file is damaged.
    StorageError
        It is open elsewhere and `writes`.
    """
    root = root.expanduser().absolute()
    store = ProjectStore.open(root)
    try:
        if writes:
            store.claim()
            if store.read_only is not None:
                raise store.read_only
        else:
            store.close()
        items = list_items(store.opened)
        if not items.items:
            raise InputError(
                "Nothing was predicted.",
                cause=f"{root} holds no image.",
                hint="Name the folder of a project.",
            )
        yield DraftProject(store, refreshed(store.opened, items), items)
    finally:
        store.close()


def without_annotation(project: Project, items: Sequence[str]) -> tuple[str, ...]:
    """Return the images that nobody has annotated."""
    return tuple(
        item for item in items if project.facts(item).status is ItemStatus.UNLABELLED
    )
