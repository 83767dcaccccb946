"""Which class becomes which: renaming, merging, ignoring on the way in or out."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import InputError
from segdesk.core.language import joined, tr
from segdesk.core.shapes import Shape
from segdesk.formats.folder_tree import read_json, read_text
from segdesk.formats.labelled import (
    IGNORE_NAMES,
    LabelledImage,
    LabelledSet,
    Loaded,
    Rgb,
    class_list,
)

_ALL_OTHERS = "*"
_SKIP = "skip"


@dataclass(frozen=True, slots=True)
class ClassMap:
    """Target by source class.

    Parameters
    ----------
    targets
        A class name; "ignore" makes the pixels 255, "skip" makes them unlabelled. The
        source "*" stands for all classes that are not named.
    """

    targets: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> "ClassMap":
        """Read a JSON or TOML table, or lines of `from=to` or `from,to`.

        Raises
        ------
        InputError
            When the file cannot be read, or is no such table.
        """
        kind = path.suffix.lower()
        try:
            if kind == ".json":
                content = read_json(path)
            elif kind == ".toml":
                content = tomllib.loads(read_text(path))
            else:
                content = _from_lines(read_text(path))
            return cls({str(a): str(b) for a, b in content.items()})
        except (ValueError, AttributeError) as error:
            raise InputError(
                tr("{name} was not read.", name=path.name),
                cause=tr("It is no table of classes: {error}.", error=error),
                hint=tr("Write lines of: from=to."),
                detail=str(error),
            ) from error

    def applied(self, labelled: LabelledSet) -> LabelledSet:
        """Return a set with other classes; its items change as they are read.

        Raises
        ------
        InputError
            When the map names a class that the set has not, or leaves none.
        """
        names = labelled.classes.names
        unknown = [one for one in self.targets if one not in (*names, _ALL_OTHERS)]
        if unknown:
            raise InputError(
                tr("The classes were not mapped."),
                cause=tr(
                    "The map names {unknown!r}, which is none of {known}.",
                    unknown=unknown[0],
                    known=joined(", ", names),
                ),
                hint=tr("Write the names as the preview shows them."),
            )
        wanted = [self._target(name) for name in names]
        kept = list(dict.fromkeys(one for one in wanted if not _is_word(one)))
        classes = class_list(kept, _colours(labelled.classes, wanted, kept))
        background = classes.background_index
        unlabelled = IGNORE_INDEX if background is None else background
        table = np.full(256, IGNORE_INDEX, np.uint8)
        for index, target in enumerate(wanted):
            if target == _SKIP:
                table[index] = unlabelled
            elif not _is_word(target):
                table[index] = kept.index(target)
        skipped = frozenset(i for i, one in enumerate(wanted) if one == _SKIP)
        items = tuple(_mapped(item, table, skipped) for item in labelled.items)
        return replace(labelled, classes=classes, items=items)

    def _target(self, name: str) -> str:
        target = self.targets.get(name, self.targets.get(_ALL_OTHERS, name)).strip()
        return target.lower() if _is_word(target) else target


def _is_word(target: str) -> bool:
    return target.lower() in IGNORE_NAMES | {_SKIP}


def _from_lines(text: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for line in (one.strip() for one in text.splitlines()):
        if not line or line.startswith("##"):
            continue
        row = line.split("=", 1) if "=" in line else next(csv.reader([line]))
        if len(row) != 2:
            msg = f"the line {line!r} is not from=to"
            raise ValueError(msg)
        table[row[0].strip()] = row[1].strip()
    return table


def _colours(
    classes: ClassList, wanted: list[str], kept: list[str]
) -> list[Rgb | None]:
    """Return for each target the colour of its namesake, or of its first source."""
    by_name = dict(zip(classes.names, classes.rgb, strict=True))
    return [by_name.get(one, classes.rgb[wanted.index(one)]) for one in kept]


def _mapped(
    item: LabelledImage, table: NDArray[np.uint8], skipped: frozenset[int]
) -> LabelledImage:
    def changed(shape: Shape) -> Shape:
        return replace(shape, class_index=int(table[shape.class_index]))

    def load() -> Loaded:
        loaded = item.load()
        shapes = tuple(
            changed(one) for one in loaded.shapes if one.class_index not in skipped
        )
        return replace(loaded, labels=table[loaded.labels], shapes=shapes)

    return replace(item, load=load)
