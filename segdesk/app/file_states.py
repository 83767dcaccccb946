"""How far the open files are: one code for each, so that counting costs nothing."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segdesk.core.item_status import ItemFacts, ItemFilter, ItemStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segdesk.core.project import Project

ORDER = tuple(ItemStatus)
_CODES = {status: code for code, status in enumerate(ORDER)}
_STEP = 2000


class FileStates:
    """The status of each open file, in the order of the files.

    Attributes
    ----------
    codes
        (N,) index into `ORDER` for each file.
    """

    def __init__(self, paths: Sequence[Path] = ()) -> None:
        self.codes: NDArray[np.uint8] = np.zeros(len(paths), np.uint8)
        self._paths = paths
        self._places: dict[str, int] = {}
        self._project: Project | None = None

    @property
    def has_project(self) -> bool:
        """Whether anything is known of the files."""
        return self._project is not None

    def take_in_steps(self, project: "Project | None") -> Generator[None, None, None]:
        """Take what a project knows, a moment at a time.

        Yields
        ------
        None
            After every few thousand files.
        """
        if project is not None and not self._places:
            for start in range(0, len(self._paths), _STEP):
                part = self._paths[start : start + _STEP]
                self._places.update(
                    (str(path), start + at) for at, path in enumerate(part)
                )
                yield
        codes = np.zeros(len(self._paths), np.uint8)
        for count, (item, facts) in enumerate(project.items.items() if project else ()):
            place = self._place(project, item)
            if place is not None:
                codes[place] = _CODES[facts.status]
            if count % _STEP == _STEP - 1:
                yield
        self.codes, self._project = codes, project

    def take_item(self, project: "Project", item: str) -> None:
        """Take what a project knows of one item now."""
        self._project = project
        place = self._place(project, item)
        if place is not None:
            self.codes[place] = _CODES[project.facts(item).status]

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

    def mask(self, statuses: frozenset[ItemStatus]) -> "NDArray[np.bool_]":
        """Return (N,) which files have one of some statuses; none named: all."""
        if not statuses:
            return np.ones(len(self.codes), np.bool_)
        return np.isin(self.codes, [_CODES[status] for status in statuses])

    def admitted(self, wanted: ItemFilter) -> "NDArray[np.bool_]":
        """Return (N,) which files a filter admits; unknown ones are left out."""
        mask = np.zeros(len(self.codes), np.bool_)
        project = self._project
        for item, facts in project.items.items() if project else ():
            if wanted.admits(item, facts):
                place = self._place(project, item)
                if place is not None:
                    mask[place] = True
        return mask

    def _place(self, project: "Project | None", item: str) -> int | None:
        if project is None:
            return None
        return self._places.get(str(project.image_path(item)))


@dataclass(frozen=True, slots=True)
class FileQuery:
    """What was typed into the filter of the files.

    Parameters
    ----------
    text
        The words that mean names.
    wanted
        What the other words ask for; None: nothing.
    """

    text: str
    wanted: ItemFilter | None = None


def parse_query(text: str, class_names: Sequence[str]) -> FileQuery:
    """Read what was typed: names, `class:road`, `>2000` and `<500` pixels.

    A class goes by its name or its beginning; sizes mean the longer side.
    """
    words, class_index = [], None
    least = most = None
    for word in text.split():
        head, _, rest = word.partition(":")
        side = _pixels(word[1:])
        if head.casefold() == "class" and rest:
            class_index = _class_index(rest, class_names)
        elif word[0] == ">" and side is not None:
            least = side + 1
        elif word[0] == "<" and side is not None:
            most = side - 1
        else:
            words.append(word)
    if class_index is None and least is None and most is None:
        return FileQuery(" ".join(words))
    wanted = ItemFilter(class_index=class_index, least_px=least, most_px=most)
    return FileQuery(" ".join(words), wanted)


def _pixels(text: str) -> int | None:
    digits = text.casefold().removesuffix("px").replace(",", "")
    return int(digits) if digits.isdecimal() else None


def _class_index(text: str, class_names: Sequence[str]) -> int:
    wanted = text.casefold()
    names = [name.strip().casefold() for name in class_names]
    if wanted in names:
        return names.index(wanted)
    begun = (index for index, name in enumerate(names) if name.startswith(wanted))
    return next(begun, -1)
