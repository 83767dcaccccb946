"""COCO panoptic: ids as colours in a PNG for each image, their classes in one JSON.

Id 0 is what nobody labelled: ignored. Written is one segment for each class.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import find_class_table, write_classes_json
from segdesk.formats.coco import (
    categories,
    coco_files,
    find_image,
    split_of_file,
)
from segdesk.formats.coco_categories import category_id, category_rows
from segdesk.formats.colour_mask import encode_colours
from segdesk.formats.folder_tree import FolderTree
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
    class_list,
    each_written,
)
from segdesk.formats.raster_file import read_raster, unpack_rgb

Content = Mapping[str, Any]


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    for file, _ in _panoptic_files(tree, ""):
        return 0.88, tr("{name} lists panoptic segments", name=file.name)
    return None


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read panoptic PNGs and their JSON.

    Raises
    ------
    InputError
        When there are none.
    """
    tree = tree.widened()
    files = _panoptic_files(tree, options.annotations)
    if not files:
        raise InputError(
            tr("No panoptic annotations were found."),
            cause=tr("No JSON file in {folder} lists segments.", folder=tree.root),
            hint=tr("Choose the folder that holds the JSON and the PNG files."),
        )
    known = categories(content for _, content in files)
    table = find_class_table(tree, options.classes, ("classes.json",))
    classes = class_list(known.names, known.colours)
    if table is not None and set(known.names) <= set(table.names):
        classes = table.class_list()
    labels = {name: index for index, name in enumerate(classes.names)}
    labels[IGNORE_NAME] = IGNORE_INDEX
    items = [
        one for file, content in files for one in _items(tree, file, content, labels)
    ]
    missing = sum(one.image is None for one in items)
    findings = [Finding(tr("segments are merged by class"), len(items))]
    if missing:
        findings.append(Finding(tr("masks without an image beside them"), missing))
    return LabelledSet(tree.root, classes, tuple(items), tuple(findings))


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write a PNG for each image and one JSON for all."""
    table = np.zeros((256, 3), np.uint8)
    table[: len(labelled.classes), 0] = np.arange(1, len(labelled.classes) + 1)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []

    def one(item: LabelledImage, loaded: Loaded) -> None:
        number = len(images) + 1
        data = encode_colours(loaded.labels, table)
        write_atomic(out_dir / "annotations" / "panoptic" / f"{item.name}.png", data)
        copy_image(item, out_dir / "images" / image_name(item), options)
        width, height = loaded.size
        images.append(
            {
                "id": number,
                "file_name": image_name(item),
                "width": width,
                "height": height,
            }
        )
        annotations.append(
            {
                "image_id": number,
                "file_name": f"{item.name}.png",
                "segments_info": _segments(loaded, labelled),
            }
        )

    yield from each_written(labelled, one)
    content = {
        "images": images,
        "annotations": annotations,
        "categories": category_rows(labelled.classes),
    }
    target = out_dir / "annotations" / "panoptic.json"
    write_atomic(target, json.dumps(content).encode())
    write_classes_json(out_dir, labelled)


def _segments(loaded: Loaded, labelled: LabelledSet) -> list[dict[str, Any]]:
    segments = []
    for label in np.unique(loaded.labels).tolist():
        if label == IGNORE_INDEX:
            continue
        ys, xs = np.nonzero(loaded.labels == label)
        x, y = int(xs.min()), int(ys.min())
        segments.append(
            {
                "id": label + 1,
                "category_id": category_id(label, labelled.classes),
                "area": int(xs.size),
                "bbox": [x, y, int(xs.max()) - x + 1, int(ys.max()) - y + 1],
                "iscrowd": 0,
            }
        )
    return segments


def _panoptic_files(
    tree: FolderTree, pattern: str
) -> list[tuple[PurePosixPath, Content]]:
    return [
        (file, content)
        for file, content in coco_files(tree, pattern)
        if any("segments_info" in one for one in content["annotations"])
    ]


def _items(
    tree: FolderTree, file: PurePosixPath, content: Content, labels: Mapping[str, int]
) -> Iterator[LabelledImage]:
    names = {one["id"]: str(one["name"]) for one in content["categories"]}
    pictures = {one.get("id"): str(one["file_name"]) for one in content["images"]}
    for entry in content["annotations"]:
        mask = str(entry.get("file_name", ""))
        picture = pictures.get(entry.get("image_id"), mask)
        table = {
            int(one["id"]): labels.get(names.get(one["category_id"], ""), IGNORE_INDEX)
            for one in entry.get("segments_info", ())
        }
        load = _loader(_mask_path(tree, file, mask), table)
        name = PurePosixPath(picture).with_suffix("").as_posix()
        image = find_image(tree, file, picture)
        if image == _mask_path(tree, file, mask):
            image = None
        yield LabelledImage(name, load, image, split_of_file(file))


def _mask_path(tree: FolderTree, file: PurePosixPath, mask: str) -> Path:
    for folder in (file.parent / file.stem, file.parent):
        if (tree.root / folder / mask).is_file():
            return tree.root / folder / mask
    return tree.root / file.parent / file.stem / mask


def _loader(path: Path, table: Mapping[int, int]) -> Callable[[], Loaded]:
    def load() -> Loaded:
        raster = read_raster(path)
        by_colour: dict[int, int] = {}
        unknown = 0
        for colour, pixels in raster.as_colours().counts().items():
            red, green, blue = unpack_rgb(colour)
            segment = red + 256 * green + 65536 * blue
            if segment in table:
                by_colour[colour] = table[segment]
            elif segment:
                unknown += pixels
        told = tr("segments that the JSON does not list are ignored")
        findings = (Finding(told, unknown, "px"),) if unknown else ()
        return Loaded(raster.as_colours().mapped(by_colour), findings=findings)

    return load
