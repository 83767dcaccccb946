"""Which images a call means, and under which name each result is written.

Results mirror the inputs: `scans/day 1/a.jpg` found in the folder `scans` becomes
`masks/day 1/a.png`. Names are planned before anything is written, so that two inputs
never share a file, also on disks that do not tell `A` from `a`.
"""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path, PurePosixPath

from segdesk.core.errors import InputError
from segdesk.core.imaging import find_images, is_image_path, natural_key

OUTPUTS = {
    "mask": ("masks", ".png"),
    "overlay": ("overlays", ".jpg"),
    "confidence": ("confidence", ".png"),
    "side": ("side", ".jpg"),
}
SUMMARY_FILE = "summary.csv"
CLASSES_FILE = "classes.json"

_GLOB_SIGNS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One image and the name of its results.

    Parameters
    ----------
    source
        The image file, absolute.
    name
        Path below `masks/`, `overlays/`, …, without suffix, with forward slashes.
    """

    source: Path
    name: str


@dataclass(frozen=True, slots=True)
class _Found:
    source: Path
    relative: PurePosixPath


def output_path(out_dir: Path, kind: str, name: str) -> Path:
    """Return where one result is written.

    Parameters
    ----------
    kind
        A key of `OUTPUTS`.
    name
        From `PlannedItem`.
    """
    folder, suffix = OUTPUTS[kind]
    return out_dir / folder / f"{name}{suffix}"


def plan_items(
    inputs: Sequence[str | Path], out_dir: Path | None = None
) -> tuple[PlannedItem, ...]:
    """Find the images that the inputs mean and give each a name of its own.

    Parameters
    ----------
    inputs
        Files (taken whatever their suffix), folders (searched to their depth), and
        patterns with `*`, `?`, `[…]` and `**`.
    out_dir
        Where the results go; earlier results in it are not taken for inputs. Neither
        are results of other calls in a folder that is searched.

    Returns
    -------
    items
        In the order of the inputs, each image once.

    Raises
    ------
    InputError
        When an input does not exist or holds no image.
    """
    results = _result_folders(out_dir)
    found: dict[str, _Found] = {}
    for given in inputs:
        inside = [
            item
            for item in _expand(given)
            if not any(folder in item.source.parents for folder in results)
        ]
        if not inside:
            raise _nothing_found(given)
        for item in inside:
            found.setdefault(os.path.normcase(item.source), item)
    return _named(list(found.values()))


def plan_files(paths: Sequence[Path], root: Path) -> tuple[PlannedItem, ...]:
    """Give files a name each, as `plan_items` does for a folder.

    Parameters
    ----------
    paths
        Absolute; in this order they are predicted.
    root
        Folder from which names are told; a file that lies elsewhere goes by its own.
    """
    found = (
        _Found(
            path,
            PurePosixPath(
                path.relative_to(root).as_posix()
                if path.is_relative_to(root)
                else path.name
            ),
        )
        for path in dict.fromkeys(paths)
    )
    return _named(list(found))


def _result_folders(out_dir: Path | None) -> list[Path]:
    if out_dir is None:
        return []
    return [_absolute(out_dir) / folder for folder, _ in OUTPUTS.values()]


def _absolute(path: Path) -> Path:
    # Unlike resolve(), this keeps links: a link is an input with a name of its own.
    return Path(os.path.normpath(path.absolute()))


def _expand(given: str | Path) -> Iterable[_Found]:
    path = _absolute(Path(given).expanduser())
    if path.is_dir():
        return _of_folder(path)
    if path.is_file():
        return [_Found(path, PurePosixPath(path.name))]
    if _GLOB_SIGNS & set(str(given)):
        return _of_pattern(path)
    raise InputError(
        f"{given} was not found.",
        cause="There is no such file or folder.",
        hint="Check the name; quote a pattern so that the shell leaves it alone.",
    )


def _of_folder(folder: Path) -> Iterator[_Found]:
    is_result = _ResultFolders(folder)
    for path in find_images(folder):
        if not is_result[path.parent]:
            yield _Found(path, PurePosixPath(path.relative_to(folder).as_posix()))


class _ResultFolders(dict[Path, bool]):
    """Tells of each folder below a root whether it holds results of a prediction."""

    def __init__(self, root: Path) -> None:
        super().__init__({root: False})
        self._names = {name for name, _ in OUTPUTS.values()}

    def __missing__(self, folder: Path) -> bool:
        beside = (folder.with_name(name) for name in (SUMMARY_FILE, CLASSES_FILE))
        self[folder] = self[folder.parent] or (
            folder.name in self._names and all(path.is_file() for path in beside)
        )
        return self[folder]


def _of_pattern(pattern: Path) -> Iterator[_Found]:
    parts = pattern.parts
    first = next(i for i, part in enumerate(parts) if _GLOB_SIGNS & set(part))
    root = Path(*parts[:first])
    try:
        matches = sorted(root.glob(str(Path(*parts[first:]))), key=natural_key)
    except ValueError as error:
        raise InputError(
            f"The pattern {pattern} was not understood.",
            cause="** stands for whole folders, so it stands alone between slashes.",
            hint="Write it like images/**/*.png.",
            detail=str(error),
        ) from error
    for match in matches:
        relative = PurePosixPath(match.relative_to(root).as_posix())
        if match.is_file() and is_image_path(Path(relative)):
            yield _Found(match, relative)
        elif match.is_dir() and "**" not in parts:
            for item in _of_folder(match):
                yield _Found(item.source, relative / item.relative)


def _nothing_found(given: str | Path) -> InputError:
    return InputError(
        f"No image was found in {given}.",
        cause="It holds no file with the suffix of an image.",
        hint="Name a folder with JPEG, PNG, TIFF, WebP, BMP or GIF files.",
    )


# ------------------------------------------------------------------ names


def _named(found: list[_Found]) -> tuple[PlannedItem, ...]:
    wanted = [str(item.relative.with_suffix("")) for item in found]
    groups: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(wanted):
        groups[_key(name)].append(index)
    for group in groups.values():
        if len(group) > 1:
            names = _told_apart([found[index] for index in group])
            for index, name in zip(group, names, strict=True):
                wanted[index] = name
    taken = _Taken()
    return tuple(
        PlannedItem(item.source, taken.take(name))
        for item, name in zip(found, wanted, strict=True)
    )


def _key(name: str) -> str:
    """Return what a disk that ignores case and composition would compare."""
    return unicodedata.normalize("NFC", name).casefold()


def _told_apart(group: list[_Found]) -> list[str]:
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


class _Taken:
    """Names given so far, and the folders that they need."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def take(self, name: str) -> str:
        """Return the name, numbered where it or a folder of it is taken."""
        path = PurePosixPath(name)
        folder = str(path.parent)
        folder = self._free(folder, lambda text: not self._inside(text) & self._files)
        free = self._free(str(PurePosixPath(folder, path.name)), self._is_free)
        self._files |= self._written(free)
        self._folders |= self._inside(folder)
        return free

    def _free(self, name: str, is_free: Callable[[str], bool]) -> str:
        numbered = (f"{name} ({number})" for number in count(2))
        return next(filter(is_free, chain([name], numbered)))

    def _is_free(self, name: str) -> bool:
        return not self._written(name) & (self._files | self._folders)

    def _written(self, name: str) -> set[str]:
        return {_key(f"{name}{suffix}") for _, suffix in OUTPUTS.values()}

    def _inside(self, folder: str) -> set[str]:
        path = PurePosixPath(folder)
        return {_key(str(part)) for part in (path, *path.parents)}
