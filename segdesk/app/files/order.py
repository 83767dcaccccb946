"""In which order the open files stand: by name, status, size or date."""

import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segdesk.app.desk import Desk
from segdesk.app.files.opening import Opening
from segdesk.app.ports import ExecutorPort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.core.item_status import ItemStatus

if TYPE_CHECKING:
    from segdesk.app.session import FileList
    from segdesk.app.settings.settings import Preferences
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
    folders: dict[str, int] = {}
    groups = [
        folders.setdefault(str(path).rpartition(os.sep)[0], len(folders))
        for path in paths
    ]
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
    # numpy sorts without holding up the window's thread
    places = np.lexsort((np.array(keys, float), np.array(groups)))
    return tuple(paths[place] for place in places.tolist())


def places_in(paths: Sequence[Path], before: Sequence[Path]) -> list[int]:
    """Return for each place of an order where its file stands in another one."""
    places = {str(path): place for place, path in enumerate(paths)}
    return [places[str(path)] for path in before]


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
        before = self._session.files.paths
        self._request += 1
        request = self._request

        def sort() -> tuple[tuple[Path, ...], list[int]]:
            codes: list[int] = []
            if order is FileOrder.STATUS:
                known = {}
                for item, path in zip(*items, strict=True) if project else ():
                    facts = project.items.get(item) if project else None
                    known[str(path)] = _CODES[facts.status] if facts else 0
                codes = [known.get(str(path), 0) for path in natural]
            paths = sorted_paths(natural, order, codes)
            return paths, places_in(paths, before)

        def done(found: tuple[tuple[Path, ...], list[int]]) -> None:
            # Neither the order nor the files became others meanwhile.
            if request == self._request and before is self._session.files.paths:
                self._mine = found[0]
                self._opening.reorder(*found)

        self._executor.submit(sort, done, self._notices.error)


def _stat(path: Path) -> tuple[float, float]:
    try:
        found = path.stat()
    except OSError:
        return 0.0, 0.0
    return float(found.st_size), found.st_mtime
