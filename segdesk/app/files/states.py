"""How far the open files are: one code for each, so that counting costs nothing."""

import os
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segdesk.core.item_status import ItemFacts, ItemFilter, ItemStatus, MadeBy
from segdesk.core.splits import SPLIT_NAMES, folder_split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segdesk.core.project import Project

ORDER = tuple(ItemStatus)
_CODES = {status: code for code, status in enumerate(ORDER)}
_MAKERS = {maker: code for code, maker in enumerate(MadeBy)}
_STEP = 100


class FileStates:
    """What is known of each open file, in the order of the files, as arrays.

    Attributes
    ----------
    codes
        (N,) index into `ORDER` for each file.
    splits
        (N,) index into `split_names` for each file.
    sides
        (N,) longer side in px; 0: not known.
    """

    def __init__(self, paths: Sequence[Path] = ()) -> None:
        self._paths = paths
        self._places: dict[str, int] = {}
        self._project: Project | None = None
        self._clear()

    def _clear(self) -> None:
        count = len(self._paths)
        self.codes: NDArray[np.uint8] = np.zeros(count, np.uint8)
        self.splits: NDArray[np.uint8] = np.zeros(count, np.uint8)
        self.sides: NDArray[np.int32] = np.zeros(count, np.int32)
        self.split_names: list[str] = ["", *SPLIT_NAMES]
        self._makers: NDArray[np.uint8] = np.zeros(count, np.uint8)
        # one bit for each class: (N, 32)
        self._classes: NDArray[np.uint8] = np.zeros((count, 32), np.uint8)

    @property
    def has_project(self) -> bool:
        """Whether anything is known of the files."""
        return self._project is not None

    def take_in_steps(self, project: "Project | None") -> Generator[None, None, None]:
        """Take what a project knows, a moment at a time.

        Yields
        ------
        None
            After every few hundred files.
        """
        if project is not None and not self._places:
            for start in range(0, len(self._paths), _STEP):
                part = self._paths[start : start + _STEP]
                self._places.update(
                    (str(path), start + at) for at, path in enumerate(part)
                )
                yield
        new = FileStates(self._paths)
        new._places = self._places
        new.sides = self.sides.copy()
        if project is not None and project.split_rule is None:
            yield from new._take_folder_splits(project)
        for count, (item, facts) in enumerate(project.items.items() if project else ()):
            new._note(project, item, facts)
            if count % _STEP == _STEP - 1:
                yield
        new._project = project
        self.__dict__.update(new.__dict__)

    def take_item(self, project: "Project", item: str) -> None:
        """Take what a project knows of one item now."""
        self._project = project
        self._note(project, item, project.facts(item))

    def take_size(self, path: Path, size: tuple[int, int]) -> bool:
        """Take width and height of an image in px; tells whether it is news."""
        place, side = self._places.get(str(path)), max(size)
        if place is None or self.sides[place] == side:
            return False
        self.sides[place] = side
        return True

    def take_value(self, project: "Project") -> None:
        """Take another value of the project, of which no file is another."""
        self._project = project

    def facts(self, path: Path) -> ItemFacts | None:
        """Return what is known of a file; None: it belongs to no project."""
        if self._project is None:
            return None
        item = self._project.item_of(path)
        return None if item is None else self._project.facts(item)

    def counts(self) -> dict[ItemStatus, int]:
        """Return how many files have each status."""
        found = np.bincount(self.codes, minlength=len(ORDER)).tolist()
        return dict(zip(ORDER, found, strict=True))

    def split_counts(self) -> dict[str, int]:
        """Return how many files each split has; "": those without one."""
        names = self.split_names
        found = np.bincount(self.splits, minlength=len(names)).tolist()
        return dict(zip(names, found, strict=True))

    def class_count(self, index: int) -> int:
        """Return how many files hold a class."""
        return int(np.count_nonzero(self._holds(index)))

    def mask(self, statuses: frozenset[ItemStatus]) -> "NDArray[np.bool_]":
        """Return (N,) which files have one of some statuses; none named: all."""
        if not statuses:
            return np.ones(len(self.codes), np.bool_)
        return np.isin(self.codes, [_CODES[status] for status in statuses])

    def admitted(self, wanted: ItemFilter) -> "NDArray[np.bool_]":
        """Return (N,) which files a filter admits, whatever they are called."""
        mask = self.mask(wanted.statuses)
        if wanted.class_index is not None:
            mask &= self._holds(wanted.class_index)
        if wanted.splits:
            names = enumerate(self.split_names)
            mask &= np.isin(self.splits, [at for at, n in names if n in wanted.splits])
        if wanted.makers:
            mask &= np.isin(self._makers, [_MAKERS[one] for one in wanted.makers])
        if wanted.least_px is not None or wanted.most_px is not None:
            mask &= self.sides >= max(1, wanted.least_px or 0)
        if wanted.most_px is not None:
            mask &= self.sides <= wanted.most_px
        return mask

    def _holds(self, index: int) -> "NDArray[np.bool_]":
        if not 0 <= index < 256:
            return np.zeros(len(self.codes), np.bool_)
        held: NDArray[np.bool_] = (self._classes[:, index >> 3] >> (index & 7)) & 1 > 0
        return held

    def _note(self, project: "Project | None", item: str, facts: ItemFacts) -> None:
        place = self._place(project, item)
        if place is None:
            return
        self.codes[place] = _CODES[facts.status]
        self._makers[place] = _MAKERS[facts.made_by]
        if facts.size:
            self.sides[place] = max(facts.size)
        if facts.split or (project and project.split_rule is not None):
            self.splits[place] = self._split_code(facts.split)
        self._classes[place] = 0
        for index in facts.classes:
            self._classes[place, index >> 3] |= 1 << (index & 7)

    def _split_code(self, split: str) -> int:
        if split not in self.split_names:
            self.split_names.append(split)
        return self.split_names.index(split)

    def _take_folder_splits(self, project: "Project") -> Generator[None, None, None]:
        """Take the splits that the names of folders give to files nobody split."""
        known: dict[str, int] = {}
        for place, path in enumerate(self._paths):
            folder = str(path).rpartition(os.sep)[0]
            if folder not in known:
                split = folder_split(project.item_of(path) or "")
                known[folder] = self._split_code(split)
            self.splits[place] = known[folder]
            if place % _STEP == _STEP - 1:
                yield

    def _place(self, project: "Project | None", item: str) -> int | None:
        if project is None:
            return None
        if project.links:
            return self._places.get(str(project.image_path(item)))
        # thousands in a turn: a path costs ten times as much as its text
        base = str(project.root).rstrip(os.sep)
        return self._places.get(f"{base}{os.sep}{item.replace('/', os.sep)}")
