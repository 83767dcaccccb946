"""Looking at labels before they are imported: what is there, and how it looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.app.exchange.import_classes import ClassPlan
from segdesk.app.exchange.import_matching import Matched, Matches, match_images
from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.errors import InputError
from segdesk.core.imaging import read_thumbnail
from segdesk.core.project import Project
from segdesk.formats import registry
from segdesk.formats.class_table import ClassTable, find_class_table
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.import_preview import ImportPreview, preview
from segdesk.formats.labelled import LabelledImage, LabelledSet, Loaded, ReadOptions
from segdesk.formats.registry import Detected, Format
from segdesk.formats.segdesk_project import FORMAT_ID as PROJECT_FORMAT
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Progress

_SIDE_PX = 844  # of a picture: twice the room that a dialog has for it
_UNKNOWN = (96, 96, 96)
_FILL = 0.55
_NEAR = 0.15
_RING_PX = 3
_RING_RGB = (255, 255, 255)
Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be looked at.

    Parameters
    ----------
    path
        Folder or file.
    format_id
        Of `registry.FORMATS`; "auto": the one that fits best.
    """

    path: Path
    format_id: str = "auto"
    options: ReadOptions = ReadOptions()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was found.

    Parameters
    ----------
    format
        The format that was read.
    detected
        Those that fit, the best first.
    holds
        Labels in each item that can be read, by its name.
    matches
        Which images of the project the items belong to.
    existing
        Images among them that have an annotation already.
    table
        The classes that a file beside the labels names.
    """

    format: Format
    detected: tuple[Detected, ...]
    labelled: LabelledSet
    preview: ImportPreview
    holds: Mapping[str, frozenset[int]]
    matches: Matches
    existing: frozenset[str]
    table: ClassTable | None = None

    @property
    def is_unsure(self) -> bool:
        """Whether another format fits nearly as well as the one that was found out."""
        near = [one for one in self.detected if one.confidence > _best(self) - _NEAR]
        return len(near) > 1

    @property
    def why(self) -> str:
        """What told the format."""
        for one in self.detected:
            if one.format.id == self.format.id:
                return one.why
        return ""


def look_at(
    asked: Asked, project: Project, items: Sequence[str], context: JobContext
) -> Look:
    """Read labels and match them with a project. Slow: call it in a job.

    Raises
    ------
    InputError
        With the reason, for whatever cannot be read.
    """
    tree = FolderTree.of(asked.path)
    detected = registry.detect(tree)
    if tree.root == project.root:  # a project is not imported into itself unasked
        detected = tuple(one for one in detected if one.format.id != PROJECT_FORMAT)
    context.check()
    format_id = asked.format_id
    if format_id == "auto" and detected:
        format_id = detected[0].format.id
    chosen, labelled = registry.read(asked.path, format_id, asked.options)
    holds: dict[str, frozenset[int]] = {}
    recorded = replace(
        labelled, items=tuple(_recorded(item, holds) for item in labelled.items)
    )

    def looked_at(done: int, total: int) -> None:
        context.check()
        context.report(Progress(done, total, "files"))

    found = preview(recorded, looked_at)
    matches = match_images(labelled, project, items, tree.root)
    existing = frozenset(
        one.item for one in matches.pairs if project.annotation_path(one.item).exists()
    )
    try:
        table = find_class_table(tree, asked.options.classes)
    except InputError:  # told already where the format needs it
        table = None
    return Look(chosen, detected, labelled, found, holds, matches, existing, table)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One annotation as the file has it, and as the project will.

    Parameters
    ----------
    name
        Of the item.
    before, after
        (h, w, 3) RGB: the file's own colours; the classes over the image.
    """

    name: str
    before: Rgb
    after: Rgb


def picture(
    matched: Matched,
    project: Project,
    source: ClassList,
    plan: ClassPlan,
    marked: int | None = None,
) -> Picture:
    """Draw one annotation both ways. Slow: call it in a job.

    Parameters
    ----------
    marked
        Label of the set that is ringed, however few its pixels, the rest dimmed; one
        that the annotation does not hold marks nothing.

    Raises
    ------
    SegDeskError
        When the annotation or its image cannot be read.
    """
    labels = matched.source.read().labels
    image = read_thumbnail(project.image_path(matched.item), _SIDE_PX)
    height, width = image.shape[:2]
    rows = np.arange(height) * labels.shape[0] // height
    columns = np.arange(width) * labels.shape[1] // width
    small = labels[rows[:, None], columns]
    wanted = plan.table[small]
    colours = _colours(plan.classes)[wanted]
    cv2 = load_cv2()
    mixed = cv2.addWeighted(image, 1 - _FILL, colours, _FILL, 0)
    known = cv2.compare(wanted, IGNORE_INDEX, cv2.CMP_NE)
    after = cv2.copyTo(mixed, known, image.copy())
    before = _colours(source)[small]
    if marked is not None:
        mark = _mark(labels == marked, (width, height))
        if mark.any():
            before, after = _marked(before, mark), _marked(after, mark)
    return Picture(matched.source.name, before, after)


def _mark(inside: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return 1 where a picture of (width, height) shows any of the pixels."""
    cv2 = load_cv2()
    ys, xs = np.nonzero(inside)
    mark = np.zeros(size[::-1], np.uint8)
    mark[ys * size[1] // inside.shape[0], xs * size[0] // inside.shape[1]] = 1
    grown: NDArray[np.uint8] = cv2.dilate(mark, np.ones((3, 3), np.uint8))
    return grown


def _marked(drawn: Rgb, mark: NDArray[np.uint8]) -> Rgb:
    cv2 = load_cv2()
    ring = cv2.dilate(mark, np.ones((2 * _RING_PX + 1,) * 2, np.uint8)) > mark
    shown: Rgb = np.where(mark[..., None] > 0, drawn, drawn // 3)
    shown[ring] = _RING_RGB
    return shown


def _colours(classes: ClassList) -> Rgb:
    table = np.full((256, 3), _UNKNOWN, np.uint8)
    table[: len(classes)] = classes.rgb
    return table


def _best(look: Look) -> float:
    return max((one.confidence for one in look.detected), default=0.0)


def _recorded(item: LabelledImage, holds: dict[str, frozenset[int]]) -> LabelledImage:
    def load() -> Loaded:
        loaded = item.load()
        counts = np.bincount(loaded.labels.reshape(-1), minlength=1)
        holds[item.name] = frozenset(int(one) for one in counts.nonzero()[0])
        return loaded

    return replace(item, load=load)
