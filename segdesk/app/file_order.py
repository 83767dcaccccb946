"""In which order the open files stand: by name, status, size or date."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.opening import Opening
from segdesk.app.ports import ExecutorPort
from segdesk.app.project_shelf import ProjectShelf
from segdesk.core.item_status import ItemStatus

if TYPE_CHECKING:
    from segdesk.app.session import FileList
    from segdesk.app.settings import Preferences
    from segdesk.core.project import Project

_CODES = {status: code for code, status in enumerate(ItemStatus)}


class FileOrder(StrEnum):
    """What the files of a folder are sorted by."""

    NAME = "name"
    STATUS = "status"
    SIZE = "size"
    DATE = "date"


def sorted_paths(
    paths: Sequence[Path], order: FileOrder, codes: Sequence[int]
) -> tuple[Path, ...]:
    """Return files sorted within their folders. Slow for many: call it on a worker.

    Parameters
    ----------
    paths
        In natural order.
    codes
        Status of each file as a number; only the order by status reads it.

    Returns
    -------
    paths
        Largest and newest first; files that are alike stay in natural order. Files
        that cannot be looked at come last.
    """
    folders: dict[Path, int] = {}
    groups = [folders.setdefault(path.parent, len(folders)) for path in paths]
    keys: list[float]
    match order:
        case FileOrder.NAME:
            return tuple(paths)
        case FileOrder.STATUS:
            keys = list(codes)
        case FileOrder.SIZE:
            keys = [-_stat(path)[0] for path in paths]
        case FileOrder.DATE:
            keys = [-_stat(path)[1] for path in paths]
    places = sorted(range(len(paths)), key=lambda place: (groups[place], keys[place]))
    return tuple(paths[place] for place in places)


class FileOrdering:
    """Keeps the open files in the order that the user prefers.

    The order by status is taken when it is chosen and when a folder is opened: a file
    does not jump away while it is worked on.
    """

    def __init__(
        self,
        desk: Desk,
        executor: ExecutorPort,
        opening: Opening,
        shelf: ProjectShelf,
    ) -> None:
        self._session = desk.session
        self._settings = desk.settings
        self._notices = desk.notices
        self._executor = executor
        self._opening = opening
        self._shelf = shelf
        self._natural: tuple[Path, ...] = ()
        self._mine: tuple[Path, ...] = ()
        self._order = self._wanted
        self._request = 0
        desk.session.files_changed.connect(self._on_files)
        desk.settings.changed.connect(self._on_settings)
        shelf.opened.connect(self._on_project)

    @property
    def _wanted(self) -> FileOrder:
        return FileOrder(self._settings.preferences.files_order)

    def _on_files(self, files: "FileList") -> None:
        if files.paths is self._mine or files.paths is self._natural:
            return
        self._natural, self._mine = files.paths, ()
        if self._wanted is not FileOrder.NAME:
            self._sort()

    def _on_settings(self, _preferences: "Preferences") -> None:
        if self._wanted is not self._order:
            self._sort()

    def _on_project(self, project: "Project | None") -> None:
        if project is not None and self._wanted is FileOrder.STATUS:
            self._sort()

    def _sort(self) -> None:
        order = self._order = self._wanted
        natural, project = self._natural, self._shelf.project
        items = self._shelf.items, self._shelf.paths
        self._request += 1
        request = self._request

        def sort() -> tuple[Path, ...]:
            codes: list[int] = []
            if order is FileOrder.STATUS:
                known = {}
                for item, path in zip(*items, strict=True) if project else ():
                    facts = project.items.get(item) if project else None
                    known[path] = _CODES[facts.status] if facts else 0
                codes = [known.get(path, 0) for path in natural]
            return sorted_paths(natural, order, codes)

        self._executor.submit(
            sort, lambda paths: self._on_sorted(request, paths), self._notices.error
        )

    def _on_sorted(self, request: int, paths: tuple[Path, ...]) -> None:
        if request == self._request and len(paths) == len(self._session.files.paths):
            self._mine = paths
            self._opening.reorder(paths)


def _stat(path: Path) -> tuple[float, float]:
    try:
        found = path.stat()
    except OSError:
        return 0.0, 0.0
    return float(found.st_size), found.st_mtime
