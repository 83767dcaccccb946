"""One open project: who may write it, which images it has, and its file."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.errors import ImageReadError, InputError, SegDeskError, StorageError
from segdesk.core.imaging import IMAGE_SUFFIXES
from segdesk.core.item_status import ItemFacts, ItemStatus, made_by
from segdesk.core.label_map import class_stats
from segdesk.core.language import tr
from segdesk.core.project import PROJECT_FILE, Project
from segdesk.formats.file_lock import FileLock, HeldError
from segdesk.formats.file_mark import FileMark, is_unchanged, keep_aside, mark_of
from segdesk.formats.native import read_status
from segdesk.formats.png_mask import read_mask
from segdesk.formats.project_file import read_project, write_project
from segdesk.formats.pseudo_labels import PSEUDO_FOLDER

LOCK_FILE = ".segdesk.lock"
_WIDEST = 20
_DIGITS = re.compile(r"(\d+)")
_JUNK = frozenset({"__macosx", ".ipynb_checkpoints", PSEUDO_FOLDER})
_IMAGE_FOLDERS = frozenset({"image", "images", "img", "imgs"})
_MASK_FOLDERS = frozenset(
    {"ann", "annotations", "anns", "gt", "label", "labels", "mask", "masks"}
)


class ProjectStore:
    """A project's folder. A bare folder stays untouched until the first `save`.

    Parameters
    ----------
    project
        As it was read.

    Attributes
    ----------
    read_only
        Why nothing may be written, as an error for the user; None: it may.
    """

    def __init__(self, project: Project) -> None:
        self.opened = project
        self.root = project.root
        self.read_only: StorageError | None = None
        self._lock: FileLock | None = None
        self._mark: FileMark | None = None

    @classmethod
    def open(cls, root: Path) -> "ProjectStore":
        """Open a project or a bare folder; a second opening may only read.

        Raises
        ------
        InputError
            As `read_project`.
        """
        store = cls(read_project(root))
        with suppress(OSError):
            store._mark = mark_of(store._file)
        if store.is_project:
            with suppress(StorageError):
                store.claim()
        elif not os.access(store.root, os.W_OK):
            store.read_only = _forbidden(store.root)
        return store

    @property
    def is_project(self) -> bool:
        """Whether the folder has a project file."""
        return self._mark is not None

    @property
    def _file(self) -> Path:
        return self.root / PROJECT_FILE

    def claim(self) -> None:
        """Make sure that this program alone writes here.

        Raises
        ------
        StorageError
            When another SegDesk has it open, or the folder may only be read.
        """
        if self._lock is not None:
            return
        try:
            self._lock = FileLock.take(self.root / LOCK_FILE)
        except HeldError as held:
            self.read_only = _held(self.root, held)
        except OSError:
            self.read_only = _forbidden(self.root)
        else:
            self.read_only = None
            return
        raise self.read_only

    def close_for_writing(self, why: StorageError) -> None:
        """Have nothing written from now on.

        Parameters
        ----------
        why
            What the user is told.
        """
        self.read_only = why

    def save(self, project: Project) -> None:
        """Write the project file; a worker may do it.

        A file that was changed by hand meanwhile is kept under another name.

        Raises
        ------
        StorageError
            When it may not or cannot be written; an earlier one is untouched.
        """
        self.claim()
        if not is_unchanged(self._file, self._mark):
            keep_aside((self._file,), "changed")
        write_project(project)
        self._mark = mark_of(self._file)

    def close(self) -> None:
        """Let others write."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


@dataclass(frozen=True, slots=True)
class ItemList:
    """The images of a project.

    Parameters
    ----------
    items
        Folder by folder, in natural order.
    paths
        Their files, in the same order.
    shared
        Items whose annotation would be another item's too: one name, two suffixes.
    mask_folders
        Folders whose files are not listed, for they are masks: `masks` beside
        `images`. Paths below the project's folder.
    """

    items: tuple[str, ...]
    paths: tuple[Path, ...] = ()
    shared: frozenset[str] = frozenset()
    mask_folders: tuple[str, ...] = ()

    def check(self, item: str) -> None:
        """Make sure that an item's annotation is its own.

        Raises
        ------
        InputError
            When two images have one name but for the suffix.
        """
        if item in self.shared:
            name = item.rpartition("/")[2]
            stem = name.rpartition(".")[0]
            raise InputError(
                tr("{name} cannot be annotated.", name=name),
                cause=tr(
                    "Another image in its folder is named {stem} too, and both "
                    "annotations would be one file.",
                    stem=stem,
                ),
                hint=tr("Rename one of the two images, then open the folder again."),
            )


def list_items(project: Project) -> ItemList:
    """List the images of a project. Slow for large folders: call it on a worker.

    Raises
    ------
    ImageReadError
        When a folder is missing or may not be read.
    """
    layout = project.layout
    head = f"{layout.images}/" if layout.images else ""
    masks: list[str] = []
    found = list(_walk(project.root / layout.images, head, masks))
    found = [one for one in found if not one.base.startswith(f"{layout.annotations}/")]
    for link, folder in project.links:
        found += _walk(folder, f"{link}/")
    found.sort(key=lambda one: _natural(one.base))
    items: list[str] = []
    paths: list[Path] = []
    for one in found:
        one.names.sort(key=_natural)
        items += [one.base + name for name in one.names]
        paths += _paths(one)
    owners = Counter(map(layout.annotation_of, items))
    shared = frozenset[str]()
    if len(owners) < len(items):
        of = layout.annotation_of
        shared = frozenset(item for item in items if owners[of(item)] > 1)
    own = (f"{layout.annotations}/",)
    aside = tuple(sorted(one for one in masks if not one.startswith(own)))
    return ItemList(tuple(items), tuple(paths), shared, aside)


def refreshed(project: Project, items: ItemList) -> Project:
    """Return a project that knows the annotations on disk that its file does not.

    Slow for many annotations: call it on a worker.
    """
    with suppress(ImageReadError):
        folder = project.annotation_folder
        there = {one.base + name for one in _walk(folder) for name in one.names}
        known = dict(project.items)
        start = len(project.layout.annotations) + 1
        for item in items.items:
            facts = project.facts(item)
            if facts.status is ItemStatus.UNLABELLED and (
                project.layout.annotation_of(item)[start:] in there
            ):
                known[item] = _facts_on_disk(project.annotation_path(item), facts)
        if len(known) > len(project.items) or known != project.items:
            return replace(project, items=MappingProxyType(known))
    return project


def classes_on_disk(
    project: Project, items: Sequence[str], looked_at: Callable[[int, int], None]
) -> dict[str, ItemFacts]:
    """Look into annotations for their classes and sizes. Slow: call it in a job.

    Parameters
    ----------
    items
        Those whose annotation is to be looked into.
    looked_at
        Takes the number of items that are done and their total; may raise to end it.

    Returns
    -------
    facts
        By item; those whose annotation cannot be read are left out.
    """
    found = {}
    for number, item in enumerate(items):
        looked_at(number, len(items))
        with suppress(SegDeskError):
            labels = read_mask(project.annotation_path(item))
            counts = class_stats(labels, IGNORE_INDEX).counts
            found[item] = replace(
                project.facts(item),
                classes=tuple(int(index) for index in counts.nonzero()[0]),
                size=(labels.shape[1], labels.shape[0]),
            )
    looked_at(len(items), len(items))
    return found


def _facts_on_disk(mask: Path, facts: ItemFacts) -> ItemFacts:
    found = read_status(mask)
    if found is None:
        return replace(facts, status=ItemStatus.DRAFT)
    status, provenance = found
    by, models = made_by(provenance), provenance.models
    return replace(facts, status=status, made_by=by, models=models)


@dataclass(frozen=True, slots=True)
class _Folder:
    """The images of one folder.

    Parameters
    ----------
    path
        The folder.
    base
        What stands before a name to make it an item.
    """

    path: str
    base: str
    names: list[str]


def _walk(
    folder: Path, base: str = "", masks: list[str] | None = None
) -> Iterator[_Folder]:
    """Yield every folder that holds images; hidden folders and links are left out.

    Folders of masks are left out too where a list takes their names.
    """
    waiting = [(str(folder), base)]
    while waiting:
        path, below = waiting.pop()
        try:
            entries = list(os.scandir(path))
        except OSError as error:
            if below != base:
                continue
            raise ImageReadError(
                tr("{name} was not opened.", name=folder.name),
                cause=f"{error.strerror}: {folder}.",
                hint=tr("Check the name and your rights."),
                detail=str(error),
            ) from error
        names, folders = [], []
        for entry in entries:
            name = entry.name
            if entry.is_dir(follow_symlinks=False):
                if not name.startswith(".") and name.lower() not in _JUNK:
                    folders.append(name)
            elif name.lower().endswith(IMAGE_SUFFIXES) and not name.startswith("._"):
                names.append(name)
        if masks is not None:
            folders = _without_masks(folders, below, masks)
        waiting += [(f"{path}{os.sep}{name}", f"{below}{name}/") for name in folders]
        if names:
            yield _Folder(path, below, names)


def _without_masks(folders: list[str], below: str, masks: list[str]) -> list[str]:
    """Return the names of folders without those of masks beside one of images."""
    if not any(name.lower() in _IMAGE_FOLDERS for name in folders):
        return folders
    aside = [name for name in folders if name.lower() in _MASK_FOLDERS]
    masks += [below + name for name in aside]
    return [name for name in folders if name not in aside]


def _paths(folder: _Folder) -> list[Path]:
    # `iterdir` makes paths in half the time that joining names takes.
    place = Path(folder.path)
    there = {path.name: path for path in place.iterdir()}
    return [there.get(name) or place / name for name in folder.names]


def _natural(text: str) -> str:
    """Return a sorting key: "tile 2" before "tile 10", a folder before its like."""
    return _DIGITS.sub(_padded, text.casefold().replace("/", "\0"))


def _padded(digits: re.Match[str]) -> str:
    return digits[0].rjust(_WIDEST, "0")


def _held(root: Path, held: HeldError) -> StorageError:
    who = (
        tr(" (process {pid} on {host})", pid=held.pid, host=held.host)
        if held.pid
        else ""
    )
    return StorageError(
        tr("{name} is open for reading only.", name=root.name),
        cause=tr(
            "Another SegDesk has it open{who}; two would overwrite each other.", who=who
        ),
        hint=tr("Close it there, then open it here again."),
    )


def _forbidden(root: Path) -> StorageError:
    return StorageError(
        tr("{name} is open for reading only.", name=root.name),
        cause=tr("You may not write into {folder}.", folder=root),
        hint=tr("Have its owner give you the right to write, or copy the folder."),
    )
