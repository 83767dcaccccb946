"""X-AnyLabeling: labelme's files with more keys; its rectangles have four corners."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.language import tr
from segdesk.formats import labelme
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import write_classes_json
from segdesk.formats.drawn_shapes import from_extra
from segdesk.formats.folder_tree import FolderTree, first_json
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
from segdesk.formats.shape_out import OutShape, ground_of, shapes_to_write

_VERSION = "3.0.0"
_OWN_KEYS = frozenset({"kie_linking", "difficult", "attributes"})


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    file = first_json(tree, _has_own_shapes)
    if file is None:
        return None
    return 0.92, tr("{name} holds shapes of X-AnyLabeling", name=file.name)


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read the JSON files of a folder.

    Raises
    ------
    InputError
        When there are none.
    """
    return labelme.read(tree, options)


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write one JSON for each item, beside its picture, and the classes."""
    ground = ground_of(labelled.classes)
    write_classes_json(out_dir, labelled)

    def one(item: LabelledImage, loaded: Loaded) -> None:
        picture = PurePosixPath(image_name(item))
        shapes = shapes_to_write(loaded, ground)
        content = {
            "version": _VERSION,
            "flags": {},
            "shapes": [_shape(shape, labelled) for shape in shapes],
            "imagePath": picture.name,
            "imageData": None,
            "imageHeight": loaded.size.height,
            "imageWidth": loaded.size.width,
        } | from_extra(loaded.extra)
        text = json.dumps(content, ensure_ascii=False) + "\n"
        write_atomic(out_dir / f"{item.name}.json", text.encode())
        copy_image(item, out_dir / picture, options)

    yield from each_written(labelled, one)


def _shape(shape: OutShape, labelled: LabelledSet) -> dict[str, Any]:
    label, points = shape.class_index, [list(point) for point in shape.points]
    if shape.kind == "rectangle":
        (left, top), (right, bottom) = points
        points = [[left, top], [right, top], [right, bottom], [left, bottom]]
    names = labelled.classes.names
    return {
        "label": IGNORE_NAME if label == IGNORE_INDEX else names[label],
        "score": None,
        "points": points,
        "group_id": None,
        "description": "",
        "difficult": False,
        "shape_type": shape.kind,
        "flags": {},
        "attributes": {},
        "kie_linking": [],
    } | from_extra(shape.extra)


def _has_own_shapes(content: Any) -> bool:  # noqa: ANN401 - whatever the file holds
    shapes = content.get("shapes") if isinstance(content, dict) else None
    return isinstance(shapes, list) and any(_OWN_KEYS & set(one) for one in shapes)
