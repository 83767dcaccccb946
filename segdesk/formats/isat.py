"""ISAT: one JSON beside each image, objects in layers, lower ones painted first."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.errors import InputError
from segdesk.core.geometry import Size
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

_GROUND = "__background__"


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    file = first_json(tree, _is_theirs)
    return (
        None if file is None else (0.92, tr("{name} is a file of ISAT", name=file.name))
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
            content = read_json(tree.path(file))
            told = str(content["info"]["name"]) if _is_theirs(content) else None
        except InputError:
            told = ""
        if told is not None:
            items.append(_item(tree, file, told))
    table = find_class_table(tree, options.classes, ("classes.json",))
    return read_shape_set(tree, items, table, options)


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write one JSON for each item, beside its picture, and the classes."""
    ground = ground_of(labelled.classes)
    write_classes_json(out_dir, labelled)

    def one(item: LabelledImage, loaded: Loaded) -> None:
        picture = PurePosixPath(image_name(item))
        content = _content(loaded, labelled, picture.name, ground)
        text = json.dumps(content, ensure_ascii=False) + "\n"
        write_atomic(out_dir / f"{item.name}.json", text.encode())
        copy_image(item, out_dir / picture, options)

    yield from each_written(labelled, one)


def _is_theirs(content: Any) -> bool:  # noqa: ANN401 - any JSON
    return (
        isinstance(content, dict)
        and isinstance(content.get("info"), dict)
        and isinstance(content.get("objects"), list)
        and "name" in content["info"]
    )


def _item(tree: FolderTree, file: PurePosixPath, told: str) -> ShapeItem:
    image = image_beside(tree, told, file)
    path = tree.path(file)

    def parse() -> DrawnImage:
        content = read_json(path)
        try:
            info = content["info"]
            size = Size(int(info["width"]), int(info["height"]))
            ranked = sorted(content["objects"], key=lambda o: float(o.get("layer", 0)))
            shapes = tuple(_drawn(one) for one in ranked)
        except (KeyError, TypeError, ValueError) as error:
            raise not_theirs(path, "ISAT") from error
        return DrawnImage(size, shapes, other_keys(content, ("info", "objects")))

    name = item_name(tree, image, file)
    return ShapeItem(name, parse, image, split_of(file), path)


def _drawn(one: dict[str, Any]) -> DrawnShape:
    label = str(one["category"])
    points = tuple((float(x), float(y)) for x, y in one["segmentation"])
    extra = other_keys(one, ("category", "segmentation", "layer", "area", "bbox"))
    name = "background" if label == _GROUND else label
    return DrawnShape(name, "polygon", points, extra=extra)


def _content(
    loaded: Loaded, labelled: LabelledSet, picture: str, ground: int
) -> dict[str, Any]:
    names = labelled.classes.names
    objects = []
    drawn = shapes_to_write(loaded, ground, polygons_only=True)
    for layer, one in enumerate(drawn, 1):
        xs = [point.x for point in one.points]
        ys = [point.y for point in one.points]
        label = one.class_index
        objects.append(
            {
                "category": IGNORE_NAME if label == IGNORE_INDEX else names[label],
                "group": layer,
                "segmentation": [list(point) for point in one.points],
                "area": None,
                "layer": float(layer),
                "bbox": [min(xs), min(ys), max(xs), max(ys)],
                "iscrowd": False,
                "note": "",
            }
        )
    info = {"description": "ISAT", "folder": "", "name": picture}
    size = {"width": loaded.size.width, "height": loaded.size.height, "depth": 3}
    return {"info": {**info, **size, "note": ""}, "objects": objects}
