"""Pascal VOC segmentation, and CVAT's "Segmentation mask 1.1", which looks like it.

VOC masks are palette PNGs whose index is the class; CVAT paints colours and names them
in `labelmap.txt`. Both are read here: the table and the palettes of all files tell.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import (
    ClassEntry,
    ClassTable,
    find_class_table,
    write_classes_json,
)
from segdesk.formats.colour_mask import colour_of_label, encode_colours
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.images_out import copy_image, image_name
from segdesk.formats.labelled import (
    LabelledImage,
    LabelledSet,
    Loaded,
    ReadOptions,
    Rgb,
    WriteOptions,
    Written,
    each_written,
)
from segdesk.formats.mask_set import MaskSource, read_mask_set
from segdesk.formats.pairing import find_pairs
from segdesk.formats.png_mask import write_mask

_MASKS = ("segmentationclass", "segmentationclasspng")
_TABLES = ("labelmap.txt", "classes.json", "class_names.txt", "labels.txt")
_VOID = (224, 224, 192)
_VOC_NAMES = (
    "background aeroplane bicycle bird boat bottle bus car cat chair "
    "cow diningtable dog horse motorbike person pottedplant sheep sofa "
    "train tvmonitor"
)


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    if tree.folder_names() & set(_MASKS):
        return 0.86, tr("it holds SegmentationClass")
    return None


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read the masks of `SegmentationClass`.

    Raises
    ------
    InputError
        When there are none.
    """
    if not tree.folder_names() & set(_MASKS):
        raise InputError(
            tr("No VOC segmentation was found."),
            cause=tr(
                "{folder} holds no folder SegmentationClass: VOC data "
                "without it has boxes alone.",
                folder=tree.root,
            ),
            hint=tr("Choose the folder that holds SegmentationClass."),
        )
    pairs = find_pairs(tree, options.masks)
    table = find_class_table(tree, options.classes, _TABLES)
    if table is None:
        names = _VOC_NAMES.split()
        entries = tuple(ClassEntry(name) for name in names)
        table = ClassTable(Path(tr("the list of VOC 2012")), entries)
    if not table.has_colours:
        table = _with_voc_colours(table)
    return read_mask_set(MaskSource(tree, pairs, table), options)


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write palette masks, pictures and the lists of the splits."""
    lists: dict[str, list[str]] = {}
    names = "\n".join(labelled.classes.names) + "\n"
    write_atomic(out_dir / "class_names.txt", names.encode())
    write_classes_json(out_dir, labelled)

    def one(item: LabelledImage, loaded: Loaded) -> None:
        target = out_dir / "SegmentationClass" / f"{item.name}.png"
        write_mask(target, loaded.labels, labelled.classes)
        copy_image(item, out_dir / "JPEGImages" / image_name(item), options)
        lists.setdefault(item.split or "train", []).append(item.name)

    yield from each_written(labelled, one)
    write_lists(out_dir, lists)


def write_cvat(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write coloured masks, `labelmap.txt` and the list of the items, for CVAT."""
    table = colour_of_label(labelled.classes)
    rows = ["# label:color_rgb:parts:actions"]
    labels = (*range(len(labelled.classes)), IGNORE_INDEX)
    for label, name in zip(labels, (*labelled.classes.names, "ignored"), strict=True):
        rows.append(f"{name}:{','.join(map(str, table[label].tolist()))}::")
    write_atomic(out_dir / "labelmap.txt", ("\n".join(rows) + "\n").encode())
    stems: list[str] = []

    def one(item: LabelledImage, loaded: Loaded) -> None:
        data = encode_colours(loaded.labels, table)
        write_atomic(out_dir / "SegmentationClass" / f"{item.name}.png", data)
        copy_image(item, out_dir / "JPEGImages" / image_name(item), options)
        stems.append(item.name)

    yield from each_written(labelled, one)
    write_lists(out_dir, {"default": stems})


def write_lists(out_dir: Path, lists: dict[str, list[str]]) -> None:
    """Write `ImageSets/Segmentation/<split>.txt`.

    Raises
    ------
    StorageError
        When a file cannot be written.
    """
    for split, names in lists.items():
        path = out_dir / "ImageSets" / "Segmentation" / f"{split}.txt"
        write_atomic(path, ("\n".join(names) + "\n").encode())


def voc_colour(index: int) -> Rgb:
    """Return the colour that VOC gives an index: its bits dealt out in turn."""
    colour = np.zeros(3, np.int64)
    for place in range(8):
        colour |= [(index >> (3 * place + band) & 1) << 7 - place for band in range(3)]
    return int(colour[0]), int(colour[1]), int(colour[2])


def _with_voc_colours(table: ClassTable) -> ClassTable:
    entries, place = [], 0
    for one in table.entries:
        entries.append(
            one
            if one.is_ignored or one.rgb is not None
            else replace(one, rgb=voc_colour(place), value=place)
        )
        place += not one.is_ignored
    entries.append(ClassEntry("void", _VOID))
    return replace(table, entries=tuple(entries))
