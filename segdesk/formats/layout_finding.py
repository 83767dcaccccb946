"""Finding out how the masks of a folder are named after the images of another one."""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.imaging import find_images
from segdesk.core.language import tr
from segdesk.core.project import MASK_SUFFIX, PROJECT_FILE, Layout, Project
from segdesk.formats.png_mask import read_mask
from segdesk.formats.project_file import read_project, write_project

_MOST_RULES = 4
_MOST_READ = 200
_MARKS = "_-."


@dataclass(frozen=True, slots=True)
class LayoutFit:
    """A rule of names, and how many images it gives a mask.

    Parameters
    ----------
    image, mask
        An image and its mask, as examples, below their folders.
    """

    layout: Layout
    pairs: int
    image: str
    mask: str


@dataclass(frozen=True, slots=True)
class FoundLayouts:
    """What two folders hold together.

    Parameters
    ----------
    root
        The folder that becomes a project: the nearest that holds both.
    fits
        Rules of names, the one with the most pairs first.
    images, masks
        Number of files in each.
    classes
        The classes that a file names, or one for each value of the masks; None: no
        mask could be read.
    are_named
        A file names the classes.
    problem
        Why the masks cannot be used in place; "": they can.
    """

    root: Path
    fits: tuple[LayoutFit, ...]
    images: int
    masks: int
    classes: ClassList | None = None
    are_named: bool = False
    problem: str = ""


def find_layouts(
    images: Path, masks: Path, looked_at: Callable[[int, int], None]
) -> FoundLayouts:
    """Look how masks are named, and what they hold. Slow: call it in a job.

    Nothing is written.

    Parameters
    ----------
    images, masks
        Absolute folders.
    looked_at
        Takes the number of masks that were read and their total; may raise to end it.

    Raises
    ------
    InputError
        When both are one folder, one lies in the other, or a project is there already.
    """
    root = _root_of(images, masks)
    pictures = _names(images)
    found = [name for name in _names(masks) if name.endswith(MASK_SUFFIX)]
    fits = _fits(root, images, masks, pictures, found)
    counts = len(pictures), len(found)
    if not fits:
        problem = tr(
            "No mask has the name of an image, or its name and something more."
        )
        if not found:
            problem = tr("The folder of masks holds no PNG.")
        return FoundLayouts(root, (), *counts, problem=problem)
    paths = [masks / name for name in _spread(found)]
    values, problem = _values(paths, looked_at)
    named = read_project(root).classes
    classes = named or _numbered(values)
    if not problem and named and values and max(values) >= len(named):
        problem = tr(
            "The masks hold class {values}; the classes.json beside "
            "them names {named}.",
            values=max(values),
            named=len(named),
        )
    return FoundLayouts(root, fits, *counts, classes, named is not None, problem)


def make_project(found: FoundLayouts, fit: LayoutFit) -> None:
    """Write the project file; images and masks stay where they are.

    Raises
    ------
    StorageError
        When the folder does not take it.
    """
    write_project(Project(found.root, found.classes, layout=fit.layout))


def _root_of(images: Path, masks: Path) -> Path:
    if images == masks or images in masks.parents or masks in images.parents:
        raise InputError(
            tr("No project was made."),
            cause=tr(
                "Images and masks must lie in two folders, none inside the other."
            ),
            hint=tr("Put the masks into a folder of their own."),
        )
    try:
        root = Path(os.path.commonpath((images, masks)))
    except ValueError as error:
        raise InputError(
            tr("No project was made."),
            cause=tr("The two folders lie on different disks."),
            hint=tr("Copy the masks to the disk of the images."),
            detail=str(error),
        ) from error
    if (root / PROJECT_FILE).exists():
        raise InputError(
            tr("No project was made."),
            cause=tr("{folder} is a project already.", folder=root),
            hint=tr(
                "Open it, or change its {project_file} in a text editor.",
                project_file=PROJECT_FILE,
            ),
        )
    return root


def _names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in find_images(folder)]


def _fits(
    root: Path, images: Path, masks: Path, pictures: list[str], found: list[str]
) -> tuple[LayoutFit, ...]:
    """Return the rules of names, the one with the most pairs first."""
    tails: dict[str, list[str]] = defaultdict(list)
    for name in found:
        for base, tail in _cuts(name):
            tails[base].append(tail)
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], tuple[str, str]] = {}
    for name in pictures:
        for base, tail in _cuts(name):
            if base in tails:
                for other in tails[base]:
                    rule = (_shortest(name, tail), other + MASK_SUFFIX)
                    counts[rule] += 1
                    examples.setdefault(rule, (name, base + other + MASK_SUFFIX))
                break
    inside, beside = (path.relative_to(root).as_posix() for path in (images, masks))
    return tuple(
        LayoutFit(Layout(inside, beside, *rule), count, *examples[rule])
        for rule, count in counts.most_common(_MOST_RULES)
    )


def _shortest(name: str, tail: str) -> str:
    """Return the end of an image's name that its mask's lacks; "": the extension."""
    return tail + PurePosixPath(name).suffix if tail else ""


def _cuts(name: str) -> Iterator[tuple[str, str]]:
    """Yield (beginning, end) of a path without extension, the longest first."""
    path = PurePosixPath(name)
    stem = str(path.with_suffix(""))
    yield stem, ""
    first = len(stem) - len(path.stem)
    for at in range(len(stem) - 1, first, -1):
        if stem[at] in _MARKS:
            yield stem[:at], stem[at:]


def _spread(names: Sequence[str]) -> list[str]:
    step = max(1, -(-len(names) // _MOST_READ))
    return list(names[::step])


def _values(
    paths: Sequence[Path], looked_at: Callable[[int, int], None]
) -> tuple[frozenset[int], str]:
    """Return the values in masks, and why they are no classes."""
    values: set[int] = set()
    refused: list[SegDeskError] = []
    for number, path in enumerate(paths):
        looked_at(number, len(paths))
        try:
            counts = np.bincount(read_mask(path).reshape(-1), minlength=256)
        except SegDeskError as error:
            refused.append(error)
        else:
            values |= set(np.flatnonzero(counts).tolist())
    looked_at(len(paths), len(paths))
    values.discard(IGNORE_INDEX)
    problem = ""
    if len(refused) == len(paths):
        problem = tr("The masks hold no class indices. {cause}", cause=refused[0].cause)
    return frozenset(values), problem


def _numbered(values: frozenset[int]) -> ClassList | None:
    if not values:
        return None
    names = tuple(tr("class {index}", index=index) for index in range(max(values) + 1))
    with suppress(SegDeskError):
        return ClassList.from_names(names)
    return None
