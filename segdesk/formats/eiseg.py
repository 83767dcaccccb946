"""EISeg: `label/a.json`, a list of outlines; the size is the image's own."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import find_class_table, write_classes_json
from segdesk.formats.drawn_shapes import DrawnImage, DrawnShape, other_keys
from segdesk.formats.folder_tree import FolderTree, first_json, read_json
from segdesk.formats.images_out import copy_image, image_name
from segdesk.formats.labelled import (
    IGNORE_NAME,
    LabelledImage,
    LabelledSet,
    Loaded,
    ReadOptions,
    WriteOptions,
    Written,
    each_written,
)
from segdesk.formats.labelme import not_theirs
from segdesk.formats.pairing import split_of
from segdesk.formats.shape_out import ground_of, shapes_to_write
from segdesk.formats.shape_set import (
    ShapeItem,
    image_beside,
    item_name,
    read_shape_set,
)

_KEYS = ("name", "labelIdx", "color", "points")
_IGNORE_RGB = (224, 224, 192)


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    file = first_json(tree, _is_theirs)
    return (
        None
        if file is None
        else (0.92, tr("{name} is a file of EISeg", name=file.name))
    )


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read the JSON files of a folder.

    Raises
    ------
    InputError
        When there are none.
    """
    items = []
    for file in tree.ending(".json"):
        try:
            used = _is_theirs(read_json(tree.path(file)))
        except InputError:
            used = True
        if used:
            items.append(_item(tree, file))
    table = find_class_table(tree, options.classes, ("classes.json",))
    return read_shape_set(tree, items, table, options)


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write `label/<item>.json`, the picture, and the classes."""
    ground = ground_of(labelled.classes)
    classes = labelled.classes
    write_classes_json(out_dir, labelled)

    def one(item: LabelledImage, loaded: Loaded) -> None:
        rows = []
        for shape in shapes_to_write(loaded, ground, polygons_only=True):
            label = shape.class_index
            ignored = label == IGNORE_INDEX
            rows.append(
                {
                    "name": IGNORE_NAME if ignored else classes.names[label],
                    "labelIdx": label,
                    "color": list(_IGNORE_RGB if ignored else classes.rgb[label]),
                    "points": [list(point) for point in shape.points],
                }
            )
        text = json.dumps(rows, ensure_ascii=False) + "\n"
        write_atomic(out_dir / "label" / f"{item.name}.json", text.encode())
        copy_image(item, out_dir / image_name(item), options)

    yield from each_written(labelled, one)


def _is_theirs(content: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(content, list) and all(
        isinstance(one, dict) and {"name", "labelIdx", "points"} <= one.keys()
        for one in content
    )


def _item(tree: FolderTree, file: PurePosixPath) -> ShapeItem:
    image = image_beside(tree, "", file)
    path = tree.path(file)

    def parse() -> DrawnImage:
        content = read_json(path)
        try:
            shapes = tuple(
                DrawnShape(
                    str(one["name"]),
                    "polygon",
                    tuple((float(x), float(y)) for x, y in one["points"]),
                    extra=other_keys(one, _KEYS),
                )
                for one in content
            )
        except (KeyError, TypeError, ValueError) as error:
            raise not_theirs(path, "EISeg") from error
        return DrawnImage(None, shapes)

    name = item_name(tree, image, file)
    return ShapeItem(name, parse, image, split_of(file), path)
