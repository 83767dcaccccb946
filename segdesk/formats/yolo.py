"""YOLO segmentation: `data.yaml`, `images/`, and `labels/` with one outline a line.

Outlines have neither holes nor ignored pixels. Regions are written in painting order,
the enclosing first, which is how its own tools paint them too; ignored pixels are left
out and told.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import InputError
from segdesk.core.geometry import Size
from segdesk.core.imaging import read_size
from segdesk.core.language import joined, tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import (
    find_class_table,
    write_classes_json,
)
from segdesk.formats.drawn_shapes import DrawnImage, DrawnShape
from segdesk.formats.folder_tree import FolderTree, read_text
from segdesk.formats.images_out import copy_image, image_name
from segdesk.formats.index_mask import without_split
from segdesk.formats.labelled import (
    Finding,
    LabelledImage,
    LabelledSet,
    Loaded,
    ReadOptions,
    WriteOptions,
    Written,
    each_written,
)
from segdesk.formats.pairing import split_of
from segdesk.formats.shape_out import ground_of, shapes_to_write
from segdesk.formats.shape_set import NamedClasses, ShapeItem, read_shape_set

_BOX_WORDS = 5
_LOOKED_AT = 20


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    files = _label_files(tree)[:_LOOKED_AT]
    if not files or "kpt_shape" in _yaml_text(tree):
        return None
    rows = [row for one in files for row in read_text(tree.path(one)).splitlines()]
    outlines = [row for row in rows if _is_outline(row.split())]
    if rows and len(outlines) == len([row for row in rows if row.strip()]):
        return 0.87, tr("{name} holds outlines as YOLO writes them", name=files[0].name)
    return None


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read the outlines of the label files.

    Raises
    ------
    InputError
        When there are none, or they hold boxes or key points.
    """
    if "kpt_shape" in _yaml_text(tree):
        raise InputError(
            tr("The YOLO labels were not read."),
            cause=tr("data.yaml has kpt_shape: they are key points, without an area."),
            hint=tr("Choose a data set for segmentation."),
        )
    names = ("data.yaml", "dataset.yaml", "classes.txt", "obj.names")
    table = find_class_table(tree, options.classes, ("classes.json", *names))
    files = _label_files(tree)
    words = [_words(tree.path(one)) for one in files]
    counts = [row for one in words for row in one]
    if counts and all(len(row) == _BOX_WORDS for row in counts):
        raise InputError(
            tr("The YOLO labels were not read."),
            cause=tr("Each line holds a box: where the object ends is not known."),
            hint=tr("Choose a data set for segmentation."),
        )
    highest = max((int(row[0]) for row in counts if row[0].isdigit()), default=-1)
    found = table.names if table else ()
    extra = tuple(
        tr("class {number}", number=i) for i in range(len(found), highest + 1)
    )
    if table is None or extra:
        known: Any = NamedClasses((*found, *extra))
    else:
        known = table
    items = [_item(tree, one, (*found, *extra)) for one in files]
    return read_shape_set(tree, items, known, options)


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write one text file for each item, its picture, and `data.yaml`."""
    ground = ground_of(labelled.classes)
    splits: dict[str, None] = {}
    write_classes_json(out_dir, labelled)

    def one(item: LabelledImage, loaded: Loaded) -> None:
        split = item.split or "train"
        splits[split] = None
        name = without_split(item.name)
        text = outlines_text(loaded, ground)
        write_atomic(out_dir / "labels" / split / f"{name}.txt", text.encode())
        picture = without_split(image_name(item))
        copy_image(item, out_dir / "images" / split / picture, options)

    yield from each_written(_told(labelled, ground), one)
    folders = {split: f"images/{split}" for split in splits}
    write_atomic(out_dir / "data.yaml", data_yaml(labelled.classes, folders).encode())


def outlines_text(loaded: Loaded, ground: int) -> str:
    """Return the text file of an image: one outline on each line.

    Parameters
    ----------
    ground
        Label of pixels under no outline.
    """
    rows = [
        joined(" ", (str(shape.class_index), *_relative(shape.points, loaded.size)))
        for shape in shapes_to_write(loaded, ground, polygons_only=True)
        if shape.class_index != IGNORE_INDEX
    ]
    return "\n".join(rows) + "\n" if rows else ""


def data_yaml(classes: ClassList, folders: Mapping[str, str]) -> str:
    """Return `data.yaml`: the folder of the images of each split, and the classes."""
    splits = (f"{split}: {folder}" for split, folder in folders.items())
    lines = ["path: .", *splits, "names:"]
    for index, name in enumerate(classes.names):
        lines.append(f"  {index}: {json.dumps(name, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def _told(labelled: LabelledSet, ground: int) -> LabelledSet:
    """Return a set whose items say how many ignored pixels are lost."""
    if ground == IGNORE_INDEX:
        return labelled

    def wrapped(item: LabelledImage) -> LabelledImage:
        def load() -> Loaded:
            loaded = item.load()
            lost = int(np.count_nonzero(loaded.labels == IGNORE_INDEX))
            if not lost:
                return loaded
            told = Finding(
                tr("ignored pixels do not fit YOLO and are left out"), lost, "px"
            )
            return replace(loaded, findings=(*loaded.findings, told))

        return replace(item, load=load)

    return replace(labelled, items=tuple(wrapped(one) for one in labelled.items))


def _relative(points: Any, size: Size) -> Iterator[str]:  # noqa: ANN401 - a ring
    for x, y in points:
        yield f"{x / size.width:.9g}"
        yield f"{y / size.height:.9g}"


def _label_files(tree: FolderTree) -> list[PurePosixPath]:
    return [one for one in tree.ending(".txt") if "labels" in _folders(one)]


def _folders(path: PurePosixPath) -> set[str]:
    return {part.lower() for part in path.parts[:-1]}


def _yaml_text(tree: FolderTree) -> str:
    path = tree.named("data.yaml", "dataset.yaml")
    return read_text(path) if path else ""


def _words(path: Path) -> list[list[str]]:
    try:
        return [row.split() for row in read_text(path).splitlines() if row.strip()]
    except InputError:
        return []


def _is_outline(words: list[str]) -> bool:
    return len(words) >= 7 and len(words) % 2 == 1 and words[0].isdigit()


def _item(tree: FolderTree, file: PurePosixPath, names: tuple[str, ...]) -> ShapeItem:
    folders = [p for p in file.parts[:-1] if p.lower() != "labels"]
    found = tree.by_stem.get(file.stem, [])
    if len(found) > 1:
        same = [p for p in found if split_of(p) == split_of(file)]
        found = same or found
    image = tree.path(found[0]) if len(found) == 1 else None
    parse = _parser(tree.path(file), image, names)
    name = "/".join((*folders, file.stem))
    return ShapeItem(name, parse, image, split_of(file))


def _parser(
    path: Path, image: Path | None, names: tuple[str, ...]
) -> Callable[[], DrawnImage]:
    def parse() -> DrawnImage:
        if image is None:
            raise InputError(
                tr("{name} was not read.", name=path.name),
                cause=tr("Its outlines are parts of an image that is not beside it."),
                hint=tr("Put the image into images/ under the same name."),
            )
        size = Size(*read_size(image))
        shapes, damaged, boxes = [], 0, 0
        for row in read_text(path).splitlines():
            words = row.split()
            boxes += len(words) == _BOX_WORDS
            try:
                if words and len(words) != _BOX_WORDS:
                    shapes.append(_drawn(words, size, names))
            except (ValueError, IndexError):
                damaged += 1
        findings = []
        if boxes:
            findings.append(
                Finding(tr("boxes have no outline: left out"), boxes, "shapes")
            )
        if damaged:
            findings.append(Finding(tr("lines not understood"), damaged, "shapes"))
        return DrawnImage(size, tuple(shapes), findings=tuple(findings))

    return parse


def _drawn(words: list[str], size: Size, names: tuple[str, ...]) -> DrawnShape:
    numbers = [float(word) for word in words[1:]]
    pairs = zip(numbers[0::2], numbers[1::2], strict=True)
    points = tuple((x * size.width, y * size.height) for x, y in pairs)
    index = int(words[0])
    if index < 0:
        raise ValueError("a class below 0")
    return DrawnShape(names[index], "polygon", points)
