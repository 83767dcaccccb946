"""Where the images of a batch come from, how many they are and how large.

All functions here read the disk: workers call them.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.language import tr
from segdesk.jobs.specs import BatchItem

_SAMPLE = 2000
_STEP = 50


class SourceKind(StrEnum):
    """How the images are named."""

    FOLDER = "folder"
    PROJECT = "project"
    FILES = "files"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class BatchSource:
    """What the user names as the images.

    Parameters
    ----------
    path
        The folder, or the file that lists images; for files, the folder from which
        their names are told.
    files
        The files of a project, or those that were chosen.
    title
        What the source is called where it is not a folder or list.
    """

    kind: SourceKind
    path: Path
    files: tuple[Path, ...] = ()
    title: str = ""

    @property
    def name(self) -> str:
        """What a batch of it is called."""
        if len(self.files) == 1:
            return self.files[0].name
        return self.path.stem if self.kind is SourceKind.LIST else self.path.name


@dataclass(frozen=True, slots=True)
class FoundImages:
    """The images of a source.

    Parameters
    ----------
    items
        In the order in which they are predicted.
    """

    source: BatchSource
    items: tuple[BatchItem, ...]

    @property
    def count(self) -> int:
        """How many images there are."""
        return len(self.items)


@dataclass(frozen=True, slots=True)
class MeasuredImages:
    """How large the images are.

    Parameters
    ----------
    pixels
        Of all images; reckoned from a sample where there are many.
    least, most
        Pixels of the smallest and the largest that were looked at.
    looked_at
        How many were looked at.
    is_whole
        Every image was.
    """

    pixels: int
    least: int
    most: int
    looked_at: int
    is_whole: bool


def find_batch_images(
    source: BatchSource,
    *,
    recursive: bool,
    into: Path | None,
    may_be_empty: bool = False,
) -> FoundImages:
    """Find the images of a source and name their results.

    Parameters
    ----------
    recursive
        Look into the folders below, too.
    into
        Where the results go; earlier ones are not taken for images.
    may_be_empty
        A folder without images is none too few: they are awaited.

    Raises
    ------
    InputError
        When there is no image, or the list cannot be read.
    """
    from segdesk.formats.outputs import PlannedItem, plan_files, plan_items

    planned: tuple[PlannedItem, ...] = ()
    match source.kind:
        case SourceKind.FOLDER if may_be_empty and source.path.is_dir():
            with suppress(InputError):
                planned = plan_items([source.path], into, recursive=recursive)
        case SourceKind.FOLDER:
            planned = plan_items([source.path], into, recursive=recursive)
        case SourceKind.LIST:
            planned = plan_items([f"@{source.path}"], into)
        case _:
            planned = plan_files(source.files, source.path)
    if not planned and not may_be_empty:
        raise InputError(
            tr("No image was found."),
            cause=tr("{path} names none.", path=source.path),
            hint=tr("Choose another folder, or look into the folders below it, too."),
        )
    return FoundImages(
        source, tuple(BatchItem(item.source, item.name) for item in planned)
    )


def measure_images(
    items: Sequence[BatchItem],
    told: Callable[[MeasuredImages], object],
    is_wanted: Callable[[], bool],
) -> MeasuredImages | None:
    """Look how large the images are, without decoding them.

    Parameters
    ----------
    told
        Takes what is known so far, now and then.
    is_wanted
        Whether the answer still is.

    Returns
    -------
    measured
        None: it was not wanted any more, or no image can be read.
    """
    from segdesk.core.imaging import read_size

    total = len(items)
    stride = max(1, total // _SAMPLE)
    sample = items[::stride]
    found = MeasuredImages(0, 0, 0, 0, is_whole=False)
    pixels = least = most = count = 0
    for number, item in enumerate(sample, 1):
        with suppress(SegDeskError, OSError):
            width, height = read_size(item.source)
            area = width * height
            pixels, count = pixels + area, count + 1
            least = min(least or area, area)
            most = max(most, area)
        if number % _STEP == 0 or number == len(sample):
            if not is_wanted():
                return None
            if count:
                whole = number == total
                reckoned = pixels if whole else round(pixels / count * total)
                found = MeasuredImages(reckoned, least, most, count, is_whole=whole)
                told(found)
    return found if count else None
