"""Reading a project and the images of its folder, on a worker."""

from dataclasses import dataclass
from pathlib import Path

from segdesk.app.classes.remap_notices import half_changed
from segdesk.core.errors import InputError, SegDeskError, StorageError
from segdesk.core.project import Project
from segdesk.formats.class_remap_files import put_back_unfinished
from segdesk.formats.project_file import is_project_folder, read_project
from segdesk.formats.project_store import (
    ItemList,
    ProjectStore,
    list_items,
    refreshed,
)

_FOLDERS_UP = 6


@dataclass(frozen=True, slots=True, eq=False)
class OpenedFolder:
    """A folder as a worker read it.

    Parameters
    ----------
    taken_back
        Number of half done changes of classes that were taken back first.
    is_half_changed
        Whether one could not be taken back: nothing may be written before it is.
    """

    store: ProjectStore
    project: Project
    items: ItemList
    taken_back: int = 0
    is_half_changed: bool = False


def project_root(folder: Path) -> Path:
    """Return the project that a folder belongs to: itself, or one above it."""
    for place in (folder, *folder.parents[:_FOLDERS_UP]):
        if is_project_folder(place):
            return place
    return folder


def open_folder(folder: Path) -> OpenedFolder:
    """Read a project and list its images. Slow: call it on a worker.

    Raises
    ------
    InputError, ImageReadError
        When the folder, or its project file, cannot be read.
    """
    store = ProjectStore.open(project_root(folder))
    taken_back, refused = 0, None
    if store.is_project and store.read_only is None:
        try:
            taken_back = put_back_unfinished(store.root)
        except StorageError as error:
            refused = half_changed(store.root, error)
            store.close_for_writing(refused)
    if taken_back:
        store.close()
        store = ProjectStore.open(store.root)
    try:
        items = list_items(store.opened)
        project = refreshed(store.opened, items)
    except SegDeskError:
        store.close()
        raise
    return OpenedFolder(store, project, items, taken_back, refused is not None)


def folder_images(folder: Path) -> tuple[Path, ...]:
    """List the images of a folder as its project counts them: no annotations.

    Slow for large folders: call it on a worker.

    Raises
    ------
    ImageReadError
        When the folder is missing or may not be read.
    """
    root = project_root(folder)
    try:
        project = read_project(root)
    except InputError:  # told when the project itself is opened
        project = Project(root)
    paths = list_items(project).paths
    if folder != root:
        paths = tuple(path for path in paths if path.is_relative_to(folder))
    return paths
