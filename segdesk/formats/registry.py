"""The formats that SegDesk reads and writes, and which of them a folder has."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.language import joined, tr
from segdesk.formats import (
    ade20k,
    camvid,
    cityscapes,
    coco,
    coco_panoptic,
    colour_mask,
    cvat,
    eiseg,
    index_mask,
    instance_mask,
    isat,
    labelme,
    segdesk_project,
    text_matrix,
    voc,
    xanylabeling,
    yolo,
)
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.labelled import (
    LabelledSet,
    ReadOptions,
    WriteOptions,
    Written,
    understood,
)
from segdesk.formats.split_items import with_listed_splits
from segdesk.formats.unread_formats import is_web_tool, reason_unread

Detect = Callable[[FolderTree], tuple[float, str] | None]
Read = Callable[[FolderTree, ReadOptions], LabelledSet]
Write = Callable[[LabelledSet, Path, WriteOptions], Iterator[Written]]
_WEAK = 0.5
_OUTLINES = tr(
    "keeps every pixel; shapes that you drew stay shapes, and {} paints their border "
    "too, up to 1 px wide"
)


@dataclass(frozen=True, slots=True)
class Format:
    """A format of annotations.

    Parameters
    ----------
    id
        Its name on the command line.
    name
        Its name for people.
    detect
        Tells how well a folder fits, 0 to 1, and why.
    read
        Reads a folder; None: written only.
    write
        Writes a set; None: read only.
    holds_label_map
        A label map comes back without a changed pixel, 255 and holes included.
    limit
        What it cannot hold.
    """

    id: str
    name: str
    detect: Detect | None = None
    read: Read | None = None
    write: Write | None = None
    holds_label_map: bool = True
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Detected:
    """A format that fits a folder.

    Parameters
    ----------
    format
        The format.
    confidence
        0 to 1.
    why
        What told it.
    """

    format: Format
    confidence: float
    why: str


FORMATS: tuple[Format, ...] = (
    Format(
        segdesk_project.FORMAT_ID,
        tr("SegDesk project"),
        segdesk_project.detect,
        segdesk_project.read,
        None,
        limit=tr("read only: images without an annotation are left out"),
    ),
    Format(
        "mmseg",
        tr("Masks beside images; written as MMSegmentation's index PNG"),
        index_mask.detect,
        index_mask.read_either,
        index_mask.write,
    ),
    Format(
        "index",
        tr("Masks of numbers, 8 or 16 bits"),
        None,
        index_mask.read,
        None,
        limit=tr("read only: mmseg is its layout on the way out"),
    ),
    Format(
        "colour",
        tr("Coloured masks"),
        None,
        colour_mask.read,
        colour_mask.write,
        limit=tr("two classes of one colour are refused"),
    ),
    Format(
        "instance",
        tr("One mask for each object"),
        instance_mask.detect,
        instance_mask.read,
        None,
        holds_label_map=False,
        limit=tr("read only: objects are merged into one class"),
    ),
    Format(
        "labelme",
        "labelme",
        labelme.detect,
        labelme.read,
        labelme.write,
        limit=_OUTLINES.format("labelme"),
    ),
    Format(
        "xanylabeling",
        "X-AnyLabeling",
        xanylabeling.detect,
        xanylabeling.read,
        xanylabeling.write,
        limit=_OUTLINES.format("X-AnyLabeling"),
    ),
    Format("isat", "ISAT", isat.detect, isat.read, isat.write),
    Format(
        "eiseg",
        "EISeg",
        eiseg.detect,
        eiseg.read,
        eiseg.write,
        limit=tr("the image must lie beside it: its size is in no file"),
    ),
    Format("coco", tr("COCO instances and stuff"), coco.detect, coco.read, coco.write),
    Format(
        "coco-panoptic",
        tr("COCO panoptic"),
        coco_panoptic.detect,
        coco_panoptic.read,
        coco_panoptic.write,
    ),
    Format("voc", tr("Pascal VOC segmentation"), voc.detect, voc.read, voc.write),
    Format(
        "cvat-mask",
        tr("CVAT segmentation mask 1.1"),
        None,
        voc.read,
        voc.write_cvat,
        limit=tr("two classes of one colour are refused"),
    ),
    Format("cvat", tr("CVAT for images 1.1"), cvat.detect, cvat.read, cvat.write),
    Format(
        "cityscapes", "Cityscapes", cityscapes.detect, cityscapes.read, cityscapes.write
    ),
    Format(
        "ade20k",
        "ADE20K",
        ade20k.detect,
        ade20k.read,
        ade20k.write,
        limit=tr("254 classes"),
    ),
    Format("camvid", "CamVid", camvid.detect, camvid.read, camvid.write),
    Format(
        "yolo",
        tr("YOLO segmentation"),
        yolo.detect,
        yolo.read,
        yolo.write,
        holds_label_map=False,
        limit=tr("ignored pixels become background where there is one"),
    ),
    Format(
        "text-matrix",
        tr("Text matrices"),
        text_matrix.detect,
        text_matrix.read,
        text_matrix.write,
    ),
)


def format_by_id(format_id: str) -> Format:
    """Return a format.

    Raises
    ------
    InputError
        When there is none of that name.
    """
    for one in FORMATS:
        if one.id == format_id:
            return one
    raise InputError(
        tr("The format {format_id!r} is not known.", format_id=format_id),
        cause=tr("No format has this name."),
        hint=tr(
            "Choose one of: {formats}.",
            formats=joined(", ", (one.id for one in FORMATS)),
        ),
    )


def detect(tree: FolderTree) -> tuple[Detected, ...]:
    """Return the formats that fit a folder, the best first."""
    found = []
    for one in FORMATS:
        hit = _hit(one, tree)
        if hit is not None:
            found.append(Detected(one, *hit))
    if found and max(one.confidence for one in found) <= _WEAK and is_web_tool(tree):
        return ()
    return tuple(sorted(found, key=lambda one: -one.confidence))


def _hit(one: Format, tree: FolderTree) -> tuple[float, str] | None:
    try:
        with understood(one.name):
            return one.detect(tree) if one.detect else None
    except SegDeskError:  # a damaged file is no sign of any format
        return None


def detect_one(tree: FolderTree) -> Detected:
    """Return the format that fits a folder best.

    Raises
    ------
    InputError
        When none does, with what the folder holds instead where that is known.
    """
    found = detect(tree)
    if found:
        return found[0]
    with understood(tree.root.name):
        cause, hint = reason_unread(tree)
    raise InputError(
        tr("{name} was not read.", name=tree.root.name), cause=cause, hint=hint
    )


def read(
    path: Path, format_id: str = "auto", options: ReadOptions | None = None
) -> tuple[Format, LabelledSet]:
    """Read the annotations of a folder or a file; nothing is written.

    Parameters
    ----------
    format_id
        Of `FORMATS`; "auto": the one that fits best.

    Returns
    -------
    format
        The one that was read.
    labelled
        Its items, each read when it is asked for.

    Raises
    ------
    InputError
        With the reason, for whatever cannot be read.
    """
    tree = FolderTree.of(path)
    chosen = detect_one(tree).format if format_id == "auto" else format_by_id(format_id)
    if chosen.read is None:
        raise InputError(
            tr("{name} was not read.", name=path.name),
            cause=tr("{name} is written, not read.", name=chosen.name),
            hint=tr("Choose another format."),
        )
    with understood(path.name):
        labelled = chosen.read(tree, options or ReadOptions())
        return chosen, with_listed_splits(tree, labelled)
