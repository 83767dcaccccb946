"""Names of open files: their folders, and which of them a typed text means."""

import os
from array import array
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path
from re import IGNORECASE, Pattern
from re import compile as compile_pattern

import numpy as np
from numpy.typing import NDArray

from segdesk.core.language import joined

_STEP = 100


@dataclass(frozen=True, slots=True, eq=False)
class FileIndex:
    """What a list of files says and finds, without touching the disk.

    Parameters
    ----------
    names
        File name of each path, in the order of the paths.
    folders
        Names of the folders as they head a group, each once.
    folder_of
        (N,) index into `folders` for each path.
    keys
        What a filter searches in: the path below the root, case folded.
    """

    names: Sequence[str]
    folders: tuple[str, ...]
    folder_of: NDArray[np.intc]
    keys: Sequence[str]

    @property
    def is_grouped(self) -> bool:
        """Whether the files lie in more than one folder."""
        return len(self.folders) > 1

    def matching(self, text: str) -> NDArray[np.intp]:
        """Return the indices of the files that a text means, in their order.

        Parameters
        ----------
        text
            Words that must all occur in the path below the root; case does not
            matter. Where any path has them one behind the other, as typed, only such
            paths are meant. A word with `*` or `?` must match the whole name, a word
            after `-` must not occur.
        """
        words = text.casefold().split()
        if not words:
            return np.arange(len(self.keys))
        found: Sequence[int] = range(len(self.keys))
        if len(words) > 1:
            phrase = joined(" ", words)
            together = [index for index in found if phrase in self.keys[index]]
            words = [] if together else words
            found = together or found
        for word in words:
            found = self._narrowed(found, word)
        return np.fromiter(found, np.intp, len(found))

    def _narrowed(self, found: Sequence[int], word: str) -> Sequence[int]:
        keys = self.keys
        if word.startswith("-"):
            without = word[1:]
            if not without:
                return found
            return [index for index in found if without not in keys[index]]
        if "*" in word or "?" in word:
            matches = _name_pattern(word).fullmatch
            names = self.names
            return [index for index in found if matches(names[index])]
        return [index for index in found if word in keys[index]]


def index_files(root: Path | None, paths: Sequence[Path]) -> FileIndex:
    """Index all files at once."""
    steps = index_in_steps(root, paths)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            index: FileIndex = end.value
            return index


def index_in_steps(
    root: Path | None, paths: Sequence[Path]
) -> Generator[None, None, FileIndex]:
    """Index files a few hundred at a time, so a caller can do other things between.

    Parameters
    ----------
    root
        Folder below which the files lie; None: they come from anywhere.
    paths
        Absolute.

    Yields
    ------
    None
        After every few hundred files, about a millisecond of work.

    Returns
    -------
    FileIndex
        The value of the generator.
    """
    base = "" if root is None else str(root).rstrip(os.sep) + os.sep
    names: list[str] = []
    keys: list[str] = []
    folder_of = array("i")
    numbers: dict[str, int] = {}
    for start in range(0, len(paths), _STEP):
        for path in paths[start : start + _STEP]:
            text = str(path)
            shown = text.removeprefix(base)
            folder, _, name = shown.rpartition(os.sep)
            names.append(name)
            keys.append(shown.casefold() if base else name.casefold())
            folder_of.append(numbers.setdefault(folder, len(numbers)))
        yield
    return FileIndex(
        names,
        _headings(tuple(numbers), root),
        np.frombuffer(folder_of, np.intc),
        keys,
    )


def _headings(folders: tuple[str, ...], root: Path | None) -> tuple[str, ...]:
    """Return folders as a group's head says them.

    What all of them end in says nothing: "Tile 1/images" and "Tile 2/images" are
    "Tile 1" and "Tile 2". The root itself goes by its own name.
    """
    parts = [Path(folder).parts for folder in folders]
    shortest = min((len(part) for part in parts), default=0)
    common = 0
    if len(parts) > 1:
        while common < shortest - 1 and len({p[-1 - common] for p in parts}) == 1:
            common += 1
    heads = [Path(*part[: len(part) - common]).as_posix() for part in parts]
    own_name = root.name if root is not None else ""
    return tuple(own_name or "/" if head == "." else head for head in heads)


def _name_pattern(word: str) -> Pattern[str]:
    return compile_pattern(translate(word), IGNORECASE)
