"""Labelled images in between two formats: what a reader gives and a writer takes.

A reader lists its items without decoding them; pixels and shapes of one item are read
when they are asked for, so a set of 100,000 images needs no more memory than one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import MAX_CLASSES, ClassList, proposed_palette, rgb_to_hex
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.geometry import Size
from segdesk.core.imaging import read_size
from segdesk.core.language import tr
from segdesk.core.shapes import Shape

Rgb = tuple[int, int, int]
Extra = tuple[tuple[str, str], ...]
Meaning = Literal["auto", "index", "colour"]

IGNORE_NAMES = frozenset({"__ignore__", "_ignore_", "ignore", "ignored", "void"})
IGNORE_NAME = "__ignore__"
_STRANGE = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that did not match, and how often.

    Parameters
    ----------
    text
        What it is: "colour #000000 belongs to no class".
    count
        How often.
    unit
        What is counted: "px", "shapes", "files".
    files
        Number of items in which it was found.
    """

    text: str
    count: int = 1
    unit: str = "files"
    files: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """The annotation of one image.

    Parameters
    ----------
    labels
        (H, W), index into the set's classes; 255 = ignore.
    shapes
        Vector shapes that the file had, in painting order; painted on unlabelled ground
        they give `labels`, or they are left out.
    extra
        (key, JSON text) of what the file had besides and SegDesk keeps without reading.
    findings
        What did not match in this item.
    """

    labels: NDArray[np.uint8]
    shapes: Sequence[Shape] = ()
    extra: Extra = ()
    findings: tuple[Finding, ...] = ()

    @property
    def size(self) -> Size:
        """Width and height of the annotation."""
        return Size(self.labels.shape[1], self.labels.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImage:
    """One item of a set, not read yet.

    Parameters
    ----------
    name
        Path of its image below the set's folder, without suffix, forward slashes.
    load
        Reads the annotation; raises SegDeskError when it cannot.
    image
        Its picture; None when there is none beside the annotation.
    split
        "train", "val", "test", or "" when the source does not say.
    """

    name: str
    load: Callable[[], Loaded]
    image: Path | None = None
    split: str = ""

    def read(self) -> Loaded:
        """Read the annotation and hold its size against the picture's.

        Raises
        ------
        SegDeskError
            When it cannot be read, or has another size than its picture.
        """
        with understood(self.name):
            loaded = self.load()
        if self.image is not None:
            size = Size(*read_size(self.image))
            if size != loaded.size:
                raise InputError(
                    tr("The annotation of {name} was not read.", name=self.image.name),
                    cause=tr(
                        "It is {width:,} × {height:,} px, its image {width2:,} × "
                        "{height2:,} px.",
                        width=loaded.size.width,
                        height=loaded.size.height,
                        width2=size.width,
                        height2=size.height,
                    ),
                    hint=tr("Export it again at the image's size."),
                )
        return loaded


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSet:
    """Labelled images with their classes.

    Parameters
    ----------
    root
        Folder that the names start from.
    classes
        Names and colours by index.
    items
        In natural order of their names.
    findings
        What did not match in the set as a whole.
    """

    root: Path
    classes: ClassList
    items: tuple[LabelledImage, ...]
    findings: tuple[Finding, ...] = ()

    def plus(self, *findings: Finding) -> "LabelledSet":
        """Return it with more findings."""
        return replace(self, findings=(*self.findings, *findings))


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a user may tell a reader.

    Parameters
    ----------
    classes
        File that names the classes, and their colours where it has them.
    meaning
        Whether the index or the colour of a palette image is the class.
    tolerance
        Farthest distance, 0-441 in RGB, at which a colour still counts as the nearest
        class colour.
    divide
        Number by which ids are divided to give the class: 1000 for Cityscapes' instance
        ids, 256 for KITTI's.
    reduce_zero_label
        Value 0 is ignored and class 0 is stored as 1; None: as the format has it.
    masks
        Folder of the masks below the source, where several are found.
    annotations
        Pattern of the annotation files' names, where several kinds are found.
    line_width
        Pixels, of lines that have none of their own; points get it as diameter.
    looked_at
        Takes the number of files that were looked at and their total, while the classes
        are found out; may raise to end it.
    """

    classes: Path | None = None
    meaning: Meaning = "auto"
    tolerance: float = 0.0
    divide: int = 1
    reduce_zero_label: bool | None = None
    masks: str = ""
    annotations: str = ""
    line_width: float = 3.0
    looked_at: Callable[[int, int], None] | None = field(
        default=None, compare=False, repr=False
    )

    def tell(self, done: int, total: int) -> None:
        """Pass on how many files were looked at."""
        if self.looked_at is not None:
            self.looked_at(done, total)


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What a user may tell a writer.

    Parameters
    ----------
    copy_images
        Copy the pictures to where the format wants them.
    """

    copy_images: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one item."""

    name: str
    error: SegDeskError | None = None
    findings: tuple[Finding, ...] = field(default=())


@contextmanager
def understood(name: str) -> Iterator[None]:
    """Turn what goes wrong on files of strangers into a reason.

    Formats check what people get wrong, with words of its own for each. A file may
    also have a list where a number belongs, anywhere: that ends here.

    Raises
    ------
    InputError
        Instead of errors of type, value, key and the like.
    """
    try:
        yield
    except _STRANGE as error:
        raise InputError(
            tr("{name} was not read.", name=name),
            cause=tr(
                "It is damaged, or of another format: {name}, {error}.",
                name=type(error).__name__,
                error=error,
            ),
            hint=tr("Export it again, or choose another format."),
            detail=repr(error),
        ) from error


def class_list(names: Iterable[str], colours: Iterable[Rgb | None] = ()) -> ClassList:
    """Return names with their colours, or proposed ones where they have none.

    Raises
    ------
    InputError
        When there are none, more than 255, or two of one name.
    """
    found = tuple(names)
    if not found:
        raise InputError(
            tr("The labels were not read."),
            cause=tr("No class was found in them."),
            hint=tr("Check that the folder is the one you mean."),
        )
    if len(found) > MAX_CLASSES:
        raise InputError(
            tr("The labels were not read."),
            cause=tr(
                "They have {found:,} classes; {max_classes} fit a label map.",
                found=len(found),
                max_classes=MAX_CLASSES,
            ),
            hint=tr(
                "Name the classes you need in a file, or check whether these numbers "
                "are instances, depths or blended colours rather than classes."
            ),
        )
    if len(set(found)) < len(found):
        twice = next(name for name in found if found.count(name) > 1)
        raise InputError(
            tr("The labels were not read."),
            cause=tr("Two classes are called {twice!r}.", twice=twice),
            hint=tr("Rename one of them."),
        )
    given = [*colours, *[None] * len(found)][: len(found)]
    palette = tuple(
        rgb_to_hex(own) if own is not None else free
        for own, free in zip(given, proposed_palette(found), strict=True)
    )
    return ClassList(found, palette)


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Add up findings of one kind, most frequent first."""
    sums: dict[tuple[str, str], Finding] = {}
    for one in findings:
        key = one.text, one.unit
        old = sums.get(key, replace(one, count=0, files=0))
        sums[key] = replace(
            one, count=old.count + one.count, files=old.files + one.files
        )
    return tuple(sorted(sums.values(), key=lambda one: -one.count))


def failing(error: SegDeskError) -> Callable[[], Loaded]:
    """Return a loader that raises, for an item that is known to be unusable."""

    def load() -> Loaded:
        raise error

    return load


def each_written(
    labelled: LabelledSet, write_one: Callable[[LabelledImage, Loaded], None]
) -> Iterator[Written]:
    """Write the items one by one; one that fails is told and does not end it."""
    taken: set[str] = set()
    for item in labelled.items:
        try:
            if item.name.casefold() in taken:
                raise InputError(
                    tr("{name} was not written.", name=item.name),
                    cause=tr("Another item has the same name."),
                    hint=tr("Rename one of the two."),
                )
            taken.add(item.name.casefold())
            _check_name(item.name)
            loaded = item.read()
            write_one(item, loaded)
        except SegDeskError as error:
            yield Written(item.name, error)
        else:
            yield Written(item.name, None, loaded.findings)


def _check_name(name: str) -> None:
    """Refuse names that would be written outside of the folder that was chosen."""
    path = PurePosixPath(name)
    parts = {*path.parts, *PureWindowsPath(name).parts}
    if not path.parts or path.is_absolute() or ".." in parts or ":" in name:
        raise InputError(
            tr("{name} was not written.", name=name),
            cause=tr("Its name leads out of the folder that was chosen."),
            hint=tr("Rename the item in its source."),
        )
