"""What lies below a folder, listed once for all formats that look at it."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from segdesk.core.errors import InputError
from segdesk.core.imaging import is_image_path, is_junk_path, natural_key
from segdesk.core.language import tr

_LOOKED_AT = 20


@dataclass(frozen=True, eq=False)
class FolderTree:
    """The files below a folder; hidden ones and litter are left out.

    Parameters
    ----------
    root
        The folder, absolute.
    files
        Paths below it in natural order.
    only
        The one file that was asked for, absolute; None: the whole folder.
    """

    root: Path
    files: tuple[PurePosixPath, ...]
    only: Path | None = None

    @classmethod
    def of(cls, path: Path) -> "FolderTree":
        """List a folder, or the folder of a file.

        Raises
        ------
        InputError
            When there is no such file or folder, or it may not be read.
        """
        path = path.expanduser().absolute()
        if not path.exists():
            raise InputError(
                tr("{name} was not read.", name=path.name),
                cause=tr("There is no {path}.", path=path),
                hint=tr("Check the name."),
            )
        root = path if path.is_dir() else path.parent
        try:
            # Names alone: a look at each file would cost seconds on a network disk.
            found = [
                Path(folder).relative_to(root) / name
                for folder, _, names in os.walk(root, onerror=_refuse)
                for name in names
            ]
        except OSError as error:
            raise InputError(
                tr("{name} was not read.", name=root.name),
                cause=f"{error.strerror}.",
                hint=tr("Check that you may read it."),
                detail=str(error),
            ) from error
        shown = sorted((one for one in found if _is_shown(one)), key=natural_key)
        files = tuple(PurePosixPath(one.as_posix()) for one in shown)
        return cls(root, files, None if path.is_dir() else path)

    @cached_property
    def images(self) -> tuple[PurePosixPath, ...]:
        """Its image files, by their suffix."""
        return tuple(one for one in self.files if is_image_path(Path(one)))

    @cached_property
    def by_name(self) -> dict[str, list[PurePosixPath]]:
        """Its images by file name."""
        return _grouped(self.images, lambda one: one.name)

    @cached_property
    def by_stem(self) -> dict[str, list[PurePosixPath]]:
        """Its images by file name without suffix."""
        return _grouped(self.images, lambda one: one.stem)

    def ending(self, *suffixes: str) -> list[PurePosixPath]:
        """Return the files whose name ends so; the asked-for file alone if any."""
        if self.only is not None:
            files = [PurePosixPath(self.only.relative_to(self.root).as_posix())]
        else:
            files = list(self.files)
        return [one for one in files if one.name.lower().endswith(suffixes)]

    def widened(self) -> "FolderTree":
        """Return the tree of the folder above for a file in `annotations/`."""
        if self.only is None or self.root.name.lower() != "annotations":
            return self
        return replace(FolderTree.of(self.root.parent), only=self.only)

    def path(self, relative: PurePosixPath) -> Path:
        """Return a file's absolute path."""
        return self.root / relative

    def named(self, *names: str) -> Path | None:
        """Return the first file of these names, the nearest to the root first."""
        for name in names:
            found = [one for one in self.files if one.name.lower() == name]
            if found:
                return self.path(min(found, key=lambda one: len(one.parts)))
        return None

    def folder_names(self) -> set[str]:
        """Return the names of all folders in it, lower case."""
        return {part.lower() for one in self.files for part in one.parts[:-1]}


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Read a JSON file.

    Raises
    ------
    InputError
        When it cannot be read, or is no JSON: cut in half, or something else.
    """
    try:
        data = path.read_bytes()
        try:
            return msgspec.json.decode(data)
        except msgspec.DecodeError:  # byte order marks, NaN, other encodings
            return json.loads(data)
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        raise InputError(
            tr("{name} was not read.", name=path.name),
            cause=tr("It is not a complete JSON file: {error}.", error=error),
            hint=tr("Export or copy it again."),
            detail=str(error),
        ) from error


def read_text(path: Path) -> str:
    """Read a text file in UTF-8.

    Raises
    ------
    InputError
        When it cannot be read, or is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError(
            tr("{name} was not read.", name=path.name),
            cause=tr("It is not a text file in UTF-8: {error}.", error=error),
            hint=tr("Export or save it again."),
            detail=str(error),
        ) from error


def _is_shown(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and not is_junk_path(path)


def _grouped(
    files: tuple[PurePosixPath, ...], key: Callable[[PurePosixPath], str]
) -> dict[str, list[PurePosixPath]]:
    groups: dict[str, list[PurePosixPath]] = {}
    for one in files:
        groups.setdefault(key(one), []).append(one)
    return groups


def _refuse(error: OSError) -> None:
    raise error


def first_json(tree: FolderTree, fits: Callable[[Any], bool]) -> PurePosixPath | None:
    """Return the first JSON file whose content fits; only the first 20 are read.

    A file that cannot be read is passed over: reading the set tells of it.
    """
    for file in tree.ending(".json")[:_LOOKED_AT]:
        with suppress(InputError):
            if fits(read_json(tree.path(file))):
                return file
    return None
