"""Other indices for classes: reordered, merged, deleted."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.core.shapes import Shape


@dataclass(frozen=True, slots=True)
class ClassRemap:
    """What becomes of classes, and of the pixels that have them.

    Parameters
    ----------
    title
        What is done: "Merge tree into forest".
    classes
        The classes afterwards.
    locked
        Indices of those that are locked, afterwards.
    new_of
        256 indices: the new one of each old one.
    old_of
        256 indices: what a label made under the new ones is under the old ones.
    colours_all
        Files in which no index changes get the colours of the classes too.
    """

    title: str
    classes: ClassList
    locked: frozenset[int]
    new_of: tuple[int, ...]
    old_of: tuple[int, ...]
    colours_all: bool = False

    def inverse(self, classes: ClassList, locked: frozenset[int]) -> "ClassRemap":
        """Return what takes labels that were made since back to the old indices.

        Classes that became one cannot be told apart again: a label of it becomes the
        class whose name it has.

        Parameters
        ----------
        classes, locked
            As they were before.
        """
        return ClassRemap(self.title, classes, locked, self.old_of, self.new_of)

    @property
    def table(self) -> NDArray[np.uint8]:
        """(256,), the new index of each old one."""
        return np.array(self.new_of, np.uint8)

    def shapes(self, shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """Return shapes with their new classes."""
        return tuple(
            replace(shape, class_index=self.new_of[shape.class_index])
            for shape in shapes
        )


def recoloured(classes: ClassList, locked: frozenset[int]) -> ClassRemap:
    """Return what brings the colours of classes into all files; no index changes."""
    same = tuple(range(256))
    title = tr("Write colours into files")
    return ClassRemap(title, classes, locked, same, same, colours_all=True)


def reordered(
    classes: ClassList, locked: frozenset[int], order: tuple[int, ...]
) -> ClassRemap:
    """Return what puts classes into another order.

    Parameters
    ----------
    order
        Old indices in their new order, each once.
    """
    if sorted(order) != list(range(len(classes))):
        msg = f"{order} is no order of {len(classes)} classes"
        raise ValueError(msg)
    new_of = list(range(256))
    for new, old in enumerate(order):
        new_of[old] = new
    return _remap(tr("Reorder classes"), classes, locked, order, new_of)


def merged(
    classes: ClassList, locked: frozenset[int], index: int, into: int
) -> ClassRemap:
    """Return what gives the pixels of one class to another and drops the first."""
    title = tr(
        "Merge {names} into {target}",
        names=classes.names[index],
        target=classes.names[into],
    )
    return _without(title, classes, locked, index, into)


def heir_of(classes: ClassList, index: int) -> int:
    """Return what the pixels of a dropped class become: background, or 255."""
    background = classes.background_index
    return IGNORE_INDEX if background in (None, index) else background or 0


def deleted(
    classes: ClassList, locked: frozenset[int], index: int, into: int | None = None
) -> ClassRemap:
    """Return what drops a class.

    Parameters
    ----------
    into
        What its pixels become, 255 too; None: as `heir_of` says.

    Raises
    ------
    InputError
        When it is the only class.
    """
    heir = heir_of(classes, index) if into is None else into
    title = tr("Delete {names}", names=classes.names[index])
    return _without(title, classes, locked, index, heir)


def _without(
    title: str, classes: ClassList, locked: frozenset[int], index: int, into: int
) -> ClassRemap:
    if len(classes) == 1:
        raise InputError(
            tr("{names} was not deleted.", names=classes.names[index]),
            cause=tr("It is the only class."),
            hint=tr("Add another class first, or rename this one."),
        )
    order = tuple(old for old in range(len(classes)) if old != index)
    new_of = list(range(256))
    for new, old in enumerate(order):
        new_of[old] = new
    new_of[index] = IGNORE_INDEX if into == IGNORE_INDEX else new_of[into]
    return _remap(title, classes, locked - {index}, order, new_of)


def _remap(
    title: str,
    classes: ClassList,
    locked: frozenset[int],
    order: tuple[int, ...],
    new_of: list[int],
) -> ClassRemap:
    names = tuple(classes.names[old] for old in order)
    palette = tuple(classes.palette[old] for old in order)
    kept = frozenset(new_of[index] for index in locked)
    old_of = (*order, *range(len(order), 256))
    return ClassRemap(title, ClassList(names, palette), kept, tuple(new_of), old_of)
