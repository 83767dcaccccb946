"""Indexes the open files and what is known of them, a few milliseconds at a time."""

import time
from collections.abc import Collection, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from segdesk.app.files.filter import FileIndex, index_in_steps
from segdesk.app.files.states import FileStates
from segdesk.gui.starting import settle_list

if TYPE_CHECKING:
    from segdesk.core.project import Project

_SLICE_S = 0.006
_FEW = 100
_LEAST_STEPS = 4  # a short list comes at once, however busy the machine is


class FileListing(QObject):
    """Works on the list between the events of the window, never long at once.

    `listed` carries the index of other files; `counted` fires when the states of the
    files are others.
    """

    listed = Signal(object)
    counted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.states = FileStates()
        self._paths: Sequence[Path] = ()
        self._project: Project | None = None
        self._indexing: Generator[None, None, FileIndex] | None = None
        self._taking: Generator[None, None, None] | None = None
        self._tell = QTimer(
            self
        )  # many items may change in one turn, as after an import
        self._tell.setSingleShot(True)
        self._tell.timeout.connect(self.counted)
        self._slices = QTimer(self, interval=0)
        self._slices.timeout.connect(self._work)

    @property
    def is_indexing(self) -> bool:
        """Whether what is listed is still of the files before."""
        return self._indexing is not None

    def list_files(self, root: Path | None, paths: Sequence[Path]) -> None:
        """Begin with other files."""
        self._paths = paths
        self._indexing = index_in_steps(root, paths)
        self._taking = None
        self._begin()

    def take_project(self, project: "Project | None") -> None:
        """Begin to take what a project knows of the files."""
        self._project = project
        if self._indexing is None:
            self._taking = self.states.take_in_steps(project)
            self._begin()

    def take_value(self, project: "Project") -> None:
        """Take another value of the project: all of it when it was split anew."""
        before, self._project = self._project, project
        if before is None or before.split_rule is not project.split_rule:
            self.take_project(project)
        elif self._indexing is None and self._taking is None:
            self.states.take_value(project)

    def take_item(self, project: "Project", item: str) -> None:
        """Take what a project knows of one item now."""
        self._project = project
        if self._indexing is None and self._taking is None:
            self.states.take_item(project, item)
            self._tell.start()
        elif self._indexing is None:
            self.take_project(project)

    def take_items(self, project: "Project", items: Collection[str]) -> None:
        """Take what a project knows of some items, or begin to, if they are many."""
        if len(items) > _FEW:
            self.take_project(project)
            return
        for item in items:
            self.take_item(project, item)

    def _begin(self) -> None:
        """Work at once on a short list; a long one has turns of its own."""
        if len(self._paths) > _FEW:
            self._slices.start()
        else:
            self._work()

    def _work(self) -> None:
        until, steps = time.perf_counter() + _SLICE_S, 0
        while steps < _LEAST_STEPS or time.perf_counter() < until:
            steps += 1
            if self._indexing is not None:
                if self._index() and len(self._paths) > _FEW:
                    break  # laying the list out took its time
            elif self._taking is not None:
                self._take()
            else:
                self._slices.stop()
                return
        self._slices.start()

    def _index(self) -> bool:
        """Do a step; tells whether it was the last, and the list was told of."""
        try:
            next(self._indexing or iter(()))
        except StopIteration as end:
            self._indexing = None
            self.states = FileStates(self._paths)
            self._taking = self.states.take_in_steps(self._project)
            self.listed.emit(end.value)
            settle_list(len(self._paths))
            return True
        return False

    def _take(self) -> None:
        if next(self._taking or iter(()), self) is self:
            self._taking = None
            settle_list(len(self._paths))
            self.counted.emit()
