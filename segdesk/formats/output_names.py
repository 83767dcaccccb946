"""Names for the results of images, so that no two of them share a file.

Also not on disks that do not tell `A` from `a`, or one way to write `ä` from another.
"""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class FoundImage:
    """An image file and where it lies below what was searched.

    Parameters
    ----------
    source
        The file, absolute.
    relative
        Its path below the folder that was named, with its suffix.
    """

    source: Path
    relative: PurePosixPath


def names_of(found: Sequence[FoundImage], suffixes: Iterable[str]) -> list[str]:
    """Return a name for each image: its relative path without suffix.

    Images that would share one keep their suffix (`a.jpg`, `a.png`) or begin with what
    tells their folders apart (`north/a`, `south/a`).

    Parameters
    ----------
    suffixes
        What is added to a name for each kind of result.
    """
    wanted = [_without_suffix(item.relative) for item in found]
    groups: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(wanted):
        groups[_key(name)].append(index)
    for group in groups.values():
        if len(group) > 1:
            names = _told_apart([found[index] for index in group])
            for index, name in zip(group, names, strict=True):
                wanted[index] = name
    taken = TakenNames(suffixes)
    return [taken.take(name) for name in wanted]


def _without_suffix(path: PurePosixPath) -> str:
    text = str(path)
    return text.removesuffix(path.suffix)


class TakenNames:
    """Names given so far, and the folders that they need.

    Parameters
    ----------
    suffixes
        What is added to a name for each kind of result.
    """

    def __init__(self, suffixes: Iterable[str]) -> None:
        self._suffixes = tuple(dict.fromkeys(suffixes))
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def take(self, *wanted: str) -> str:
        """Take the first name that is free; the last is numbered where none is."""
        *early, last = wanted
        for name in early:
            if self._has_folder(_parent(name)) and self._is_free(name):
                return self._keep(name)
        folder, _, end = last.rpartition("/")
        folder = self._free(folder, self._has_folder)
        whole = f"{folder}/{end}" if folder else end
        return self._keep(self._free(whole, self._is_free))

    def _keep(self, name: str) -> str:
        self._files |= self._written(name)
        self._folders |= _folders_of(_parent(name))
        return name

    def _free(self, name: str, is_free: Callable[[str], bool]) -> str:
        numbered = (f"{name} ({number})" for number in count(2))
        return next(filter(is_free, chain([name], numbered)))

    def _is_free(self, name: str) -> bool:
        written = self._written(name)
        return self._files.isdisjoint(written) and self._folders.isdisjoint(written)

    def _has_folder(self, folder: str) -> bool:
        return self._files.isdisjoint(_folders_of(folder))

    def _written(self, name: str) -> set[str]:
        key = _key(name)
        return {key + suffix for suffix in self._suffixes}


def _parent(name: str) -> str:
    return name.rpartition("/")[0]


@lru_cache(maxsize=1024)
def _folders_of(folder: str) -> frozenset[str]:
    """Return the keys of a folder and of those that it lies in."""
    parts = _key(folder).split("/") if folder else []
    return frozenset("/".join(parts[: end + 1]) for end in range(len(parts)))


def _key(name: str) -> str:
    """Return what a disk that ignores case and composition would compare."""
    text = name if name.isascii() else unicodedata.normalize("NFC", name)
    return text.casefold()


def _told_apart(group: list[FoundImage]) -> list[str]:
    """Return longer names for inputs that would share one.

    Those of one folder keep their suffix (`a.jpg`, `a.png`); those of several folders
    begin with what tells the folders apart (`north/a`, `south/a`).
    """
    folders = [item.source.parent for item in group]
    if len(set(folders)) == 1:
        return [str(item.relative) for item in group]
    try:
        common = os.path.commonpath(folders)
    except ValueError:  # on several drives: numbers will tell them apart
        return [str(item.relative) for item in group]
    longer = [item.source.relative_to(common) for item in group]
    plain = [path.with_suffix("").as_posix() for path in longer]
    if len({_key(name) for name in plain}) == len(plain):
        return plain
    return [path.as_posix() for path in longer]
