"""What the classes of a set become in the project."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import (
    IGNORE_INDEX,
    MAX_CLASSES,
    ClassList,
    hex_to_rgb,
    is_background_name,
    proposed_palette,
)
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.class_table import ClassTable
from segdesk.formats.import_preview import ClassRow
from segdesk.formats.labelled import IGNORE_NAMES

_NUMBERED = re.compile(r"class (\d+)")
_COLOUR = re.compile(r"#[0-9A-F]{6}")


class Fate(StrEnum):
    """What becomes of the pixels of a class."""

    CLASS = "class"
    IGNORE = "ignore"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Target:
    """What a class of a set becomes.

    Parameters
    ----------
    name
        Of a class of the project, or of a new one; "" for the other fates.
    """

    fate: Fate
    name: str = ""


IGNORE = Target(Fate.IGNORE)
SKIP = Target(Fate.SKIP)


def to_class(name: str) -> Target:
    """Return the target that is a class of this name."""
    return Target(Fate.CLASS, name)


@dataclass(frozen=True, slots=True, eq=False)
class ClassPlan:
    """How the labels of a set become labels of the project.

    Parameters
    ----------
    classes
        Of the project afterwards: its own, then the new ones.
    table
        (256,) new label by label of the set.
    skipped
        Labels of the set whose shapes are left out.
    """

    classes: ClassList
    table: NDArray[np.uint8]
    skipped: frozenset[int]


def proposed_targets(
    rows: Sequence[ClassRow],
    own: ClassList | None,
    table: ClassTable | None,
    tolerance: float = 0.0,
) -> list[Target | None]:
    """Return what each class will be as far as its name or its colour says it.

    Parameters
    ----------
    own
        The classes of the project.
    table
        Names colours where the masks do not.
    tolerance
        Distance, 0-441 in RGB, within which a colour becomes what its neighbour does.

    Returns
    -------
    targets
        None where nothing says it: the user has to choose.
    """
    found = [_proposed(row, own, table) for row in rows]
    if tolerance > 0:
        named = [(row, one) for row, one in zip(rows, found, strict=True) if one]
        for place, row in enumerate(rows):
            if found[place] is None:
                found[place] = _nearest(row, named, tolerance)
    return found


def class_plan(
    rows: Sequence[ClassRow], targets: Sequence[Target], own: ClassList | None
) -> ClassPlan:
    """Return how labels change.

    Raises
    ------
    InputError
        When there would be no class, or more than fit.
    """
    names, palette = (list(own.names), list(own.palette)) if own else ([], [])
    fresh = dict.fromkeys(one.name for one in targets if one.fate is Fate.CLASS)
    new = [name for name in fresh if name not in names]
    if not names:  # the background is known by standing first
        new.sort(key=lambda name: not is_background_name(name))
    colours = dict(zip(new, _new_colours(rows, targets, palette, new), strict=True))
    names += new
    palette += [colours[name] for name in new]
    if not 1 <= len(names) <= MAX_CLASSES:
        raise InputError(
            tr("The labels were not imported."),
            cause=tr(
                "The project would have {names} classes; a label map holds "
                "1 to {max_classes}.",
                names=len(names),
                max_classes=MAX_CLASSES,
            ),
            hint=tr("Let several of them become one class, or ignore some."),
        )
    classes = ClassList(tuple(names), tuple(palette))
    background = classes.background_index
    table = np.full(256, IGNORE_INDEX, np.uint8)
    for row, target in zip(rows, targets, strict=True):
        if target.fate is Fate.CLASS:
            table[row.index] = names.index(target.name)
        elif target.fate is Fate.SKIP:
            table[row.index] = IGNORE_INDEX if background is None else background
    skipped = frozenset(
        row.index
        for row, target in zip(rows, targets, strict=True)
        if target.fate is Fate.SKIP
    )
    return ClassPlan(classes, table, skipped)


def is_colour_name(name: str) -> bool:
    """Tell whether a class is called by its colour alone."""
    return _COLOUR.fullmatch(name.upper()) is not None


def _proposed(
    row: ClassRow, own: ClassList | None, table: ClassTable | None
) -> Target | None:
    names = own.names if own else ()
    by_name = {name.casefold(): name for name in names}
    if row.name.casefold() in by_name:
        return to_class(by_name[row.name.casefold()])
    if row.name.casefold() in IGNORE_NAMES:
        return IGNORE
    numbered = _NUMBERED.fullmatch(row.name)
    if numbered and int(numbered[1]) < len(names):
        return to_class(names[int(numbered[1])])
    if not is_colour_name(row.name):
        return to_class(row.name)
    if own and row.colour in own.palette:
        return to_class(names[own.palette.index(row.colour)])
    for entry in table.entries if table else ():
        if entry.rgb == hex_to_rgb(row.colour):
            if entry.is_ignored:
                return IGNORE
            return to_class(by_name.get(entry.name.casefold(), entry.name))
    return None


def _nearest(
    row: ClassRow, named: Sequence[tuple[ClassRow, Target]], tolerance: float
) -> Target | None:
    here = np.array(hex_to_rgb(row.colour))
    away = [
        (float(np.linalg.norm(here - hex_to_rgb(other.colour))), place)
        for place, (other, _) in enumerate(named)
    ]
    if not away or min(away)[0] > tolerance:
        return None
    return named[min(away)[1]][1]


def _new_colours(
    rows: Sequence[ClassRow],
    targets: Sequence[Target],
    taken: Sequence[str],
    new: Sequence[str],
) -> list[str]:
    """Return the colour that each new class had, or a free one where it is taken."""
    had: dict[str, str] = {}
    for row, target in zip(rows, targets, strict=True):
        had.setdefault(target.name, row.colour)
    used, found = set(taken), []
    spare = proposed_palette(tuple(f"{place}" for place in range(150)))
    for name in new:
        free = (one for one in (had[name], *spare) if one not in used)
        found.append(next(free, had[name]))
        used.add(found[-1])
    return found
