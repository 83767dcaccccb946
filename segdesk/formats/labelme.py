"""labelme: one JSON file beside each image, with shapes of every kind.

Unknown keys, of the file and of each shape, are kept. Ignored pixels are `__ignore__`,
background is `_background_` or any name that means it. Written are the shapes that the
item has when they give its label map, else the outlines of its regions in painting
order. Both are exact by the rule of pixel centres, outlines also by labelme's own.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.geometry import Size
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import find_class_table, write_classes_json
from segdesk.formats.drawn_shapes import (
    DrawnImage,
    DrawnShape,
    from_extra,
    other_keys,
)
from segdesk.formats.folder_tree import FolderTree, read_json
from segdesk.formats.images_out import copy_image, image_name
from segdesk.formats.labelled import (
    IGNORE_NAME,
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
from segdesk.formats.shape_set import (
    ShapeItem,
    image_beside,
    item_name,
    read_shape_set,
)

_VERSION = "5.5.0"
_KINDS = {
    "polygon": "polygon",
    "rectangle": "rectangle",
    "rotation": "polygon",
    "quadrilateral": "polygon",
    "circle": "circle",
    "line": "line",
    "linestrip": "line",
    "point": "point",
    "points": "point",
    "mask": "mask",
}
_FILE_KEYS = ("shapes", "imagePath", "imageHeight", "imageWidth", "imageData")
_SHAPE_KEYS = ("label", "points", "mask", "shape_type")
_TABLES = ("classes.json", "labels.txt", "class_names.txt")
_LOOKED_AT = 20


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    files = _annotations(tree, _LOOKED_AT)
    if not files:
        return None
    return 0.85, tr("{name} holds labelme shapes", name=files[0].name)


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read the JSON files of a folder.

    Raises
    ------
    InputError
        When there are none.
    """
    items = []
    for file in _candidates(tree):
        try:
            content = read_json(tree.path(file))
        except SegDeskError:
            content = {"shapes": [], "imagePath": ""}  # told when the item is read
        if isinstance(content, dict) and "shapes" in content:
            told = str(content.get("imagePath") or "")
            items.append(replace(_item(tree, file, told), names=_names_in(content)))
    table = find_class_table(tree, options.classes, _TABLES)
    return read_shape_set(tree, items, table, options)


def parse(path: Path) -> DrawnImage:
    """Read one JSON file.

    Raises
    ------
    InputError
        When it is cut off, or no labelme file.
    """
    content = read_json(path)
    try:
        shapes = content["shapes"]
        size = Size(int(content["imageWidth"]), int(content["imageHeight"]))
    except (KeyError, TypeError, ValueError):
        if not isinstance(content, dict) or not isinstance(content.get("shapes"), list):
            raise not_theirs(path, "labelme") from None
        shapes, size = content["shapes"], None
    drawn, damaged = [], 0
    for shape in shapes:
        try:
            drawn.append(_drawn(shape))
        except (KeyError, TypeError, ValueError, OSError):
            damaged += 1
    findings = (
        (Finding(tr("shapes not understood"), damaged, "shapes"),) if damaged else ()
    )
    extra = other_keys(content, _FILE_KEYS)
    return DrawnImage(size, tuple(drawn), extra, findings)


def not_theirs(path: Path, format_name: str) -> InputError:
    """Return the error for a file that is not of a format."""
    return InputError(
        tr("{name} was not read.", name=path.name),
        cause=tr(
            "It is not a file of {format_name}: what that needs is missing.",
            format_name=format_name,
        ),
        hint=tr("Choose another format, or export it again."),
    )


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write one JSON file for each item, beside its picture, and the classes."""
    write_classes_json(out_dir, labelled)
    names = (IGNORE_NAME, *labelled.classes.names)
    write_atomic(out_dir / "labels.txt", ("\n".join(names) + "\n").encode())

    def one(item: LabelledImage, loaded: Loaded) -> None:
        picture = PurePosixPath(image_name(item))
        content = file_content(loaded, labelled.classes, picture.name)
        text = json.dumps(content, ensure_ascii=False) + "\n"
        write_atomic(out_dir / f"{item.name}.json", text.encode())
        copy_image(item, out_dir / picture, options)

    yield from each_written(labelled, one)


def file_content(loaded: Loaded, classes: ClassList, picture: str) -> dict[str, Any]:
    """Return what a JSON file says of one image.

    Parameters
    ----------
    picture
        Path of the image, told from the file.
    """
    names = classes.names
    shapes = []
    for drawn in shapes_to_write(loaded, ground_of(classes)):
        known = from_extra(drawn.extra)
        label = (
            IGNORE_NAME
            if drawn.class_index == IGNORE_INDEX
            else names[drawn.class_index]
        )
        shapes.append(
            {
                "label": label,
                "points": [list(point) for point in drawn.points],
                "group_id": None,
                "description": "",
                "shape_type": drawn.kind,
                "flags": {},
                "mask": None,
            }
            | known
        )
    extra = from_extra(loaded.extra)
    return {
        "version": extra.pop("version", _VERSION),
        "flags": extra.pop("flags", {}),
        "shapes": shapes,
        "imagePath": picture,
        "imageData": None,
        "imageHeight": loaded.size.height,
        "imageWidth": loaded.size.width,
    } | extra


def _item(tree: FolderTree, file: PurePosixPath, told: str) -> ShapeItem:
    image = image_beside(tree, told, file)
    path = tree.path(file)

    def load() -> DrawnImage:
        return parse(path)

    name = item_name(tree, image, file)
    return ShapeItem(name, load, image, split_of(file), path)


def _names_in(content: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the classes of a file's shapes; None: it takes a closer look."""
    shapes = content["shapes"]
    if not shapes or not isinstance(shapes, list):
        return None
    found = set()
    for shape in shapes:
        try:
            label, points, kind = shape["label"], shape["points"], shape["shape_type"]
        except (KeyError, TypeError):
            return None
        if kind not in _KINDS or kind == "mask" or not isinstance(points, list):
            return None
        found.add(str(label))
    return frozenset(found)


def _candidates(tree: FolderTree) -> list[PurePosixPath]:
    return [one for one in tree.ending(".json") if one.name.lower() not in _TABLES]


def _annotations(tree: FolderTree, most: int) -> list[PurePosixPath]:
    found = []
    for file in _candidates(tree)[:most]:
        try:
            content = read_json(tree.path(file))
        except InputError:
            continue
        if isinstance(content, dict) and isinstance(content.get("shapes"), list):
            found.append(file)
    return found


def _drawn(shape: Mapping[str, Any]) -> DrawnShape:
    kind = _KINDS[shape.get("shape_type") or "polygon"]
    points = tuple((float(x), float(y)) for x, y in shape["points"])
    bitmap = None
    if kind == "rectangle" and len(points) == 4:
        xs, ys = zip(*points, strict=True)
        points = ((min(xs), min(ys)), (max(xs), max(ys)))
    if kind == "mask":
        bitmap = _bitmap(shape["mask"])
    extra = other_keys(shape, _SHAPE_KEYS)
    return DrawnShape(str(shape["label"]), kind, points, bitmap, extra=extra)


def _bitmap(text: object) -> NDArray[np.uint8]:
    from PIL import Image

    if not isinstance(text, str):
        raise TypeError("its mask is no text")
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    with Image.open(BytesIO(data), formats=("PNG",)) as image:
        return np.asarray(image.convert("L"))
