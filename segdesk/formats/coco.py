"""COCO instances and stuff: one JSON for many images, polygons and run lengths.

Written is one annotation for each object, exactly; see `coco_objects`. Ignored pixels
are the category `__ignore__`, where there are some.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

from segdesk.core.errors import InputError
from segdesk.core.geometry import Size
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import find_class_table, write_classes_json
from segdesk.formats.coco_categories import IGNORED, category_rows
from segdesk.formats.coco_objects import object_rows
from segdesk.formats.drawn_shapes import (
    DrawnImage,
    DrawnShape,
    check_size,
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
from segdesk.formats.rle import decode_coco
from segdesk.formats.shape_set import (
    NamedClasses,
    ShapeItem,
    image_beside,
    read_shape_set,
)

_KINDS = ("instances", "stuff", "annotations")
_KEPT_OUT = ("segmentation", "category_id", "image_id", "area", "bbox", "iscrowd")
_SPLITS = {"train": "train", "val": "val", "test": "test"}
Content = Mapping[str, Any]


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    for file, content in coco_files(tree):
        if any(one.get("segmentation") for one in content["annotations"]):
            return 0.9, tr(
                "{name} lists images, annotations and categories", name=file.name
            )
    return None


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read the polygons and run lengths of COCO files.

    Raises
    ------
    InputError
        When there are none, or the files contradict each other.
    """
    tree = tree.widened()
    files = [
        (file, content)
        for file, content in coco_files(tree, options.annotations)
        if any(one.get("segmentation") for one in content["annotations"])
    ]
    chosen, left = _one_kind(files)
    items = [one for file, content in chosen for one in _items(tree, file, content)]
    known = categories(content for _, content in chosen)
    table = find_class_table(tree, options.classes, ("classes.json",))
    if (
        table
        and options.classes is None
        and not set(known.names)
        <= {
            *table.names,
            IGNORE_NAME,
        }
    ):
        table = None
    labelled = read_shape_set(tree, items, table or known, options)
    return labelled.plus(
        *(
            Finding(tr("{name} was left aside: name it as annotations", name=name))
            for name in left
        )
    )


def coco_files(
    tree: FolderTree, pattern: str = ""
) -> list[tuple[PurePosixPath, Content]]:
    """Return the COCO files of a folder with their content."""
    found: list[tuple[PurePosixPath, Content]] = []
    for file in tree.ending(".json"):
        if pattern and not fnmatch(file.name, pattern):
            continue
        try:
            content = read_json(tree.path(file))
        except InputError:
            if tree.only is not None:
                raise
            continue
        if isinstance(content, dict) and all(
            isinstance(content.get(key), list)
            for key in ("images", "annotations", "categories")
        ):
            found.append((file, content))
    return found


def categories(contents: Iterator[Content]) -> NamedClasses:
    """Return the categories of COCO files by ascending id."""
    names: dict[str, tuple[int, Any]] = {}
    for content in contents:
        for one in content["categories"]:
            names.setdefault(str(one["name"]), (int(one["id"]), one.get("color")))
    names.pop(IGNORE_NAME, None)
    ranked = sorted(names, key=lambda name: names[name][0])
    colours = tuple(_rgb(names[name][1]) for name in ranked)
    return NamedClasses(tuple(ranked), colours)


def find_image(tree: FolderTree, file: PurePosixPath, name: str) -> Path | None:
    """Return the picture of an image entry, of the file's split where it matters."""
    masks = file.parent if file.parent.parts else file.parent / file.stem
    same = tree.by_name.get(PurePosixPath(name).name, [])
    same = [one for one in same if not one.is_relative_to(masks)] or same
    whole = [one for one in same if one.as_posix().endswith(name)] or same
    split = split_of_file(file)
    fitting = [one for one in whole if split and split in one.as_posix().lower()]
    for found in (whole, fitting):
        if len(found) == 1:
            return tree.path(found[0])
    return image_beside(tree, name, file) if not whole else None


def split_of_file(file: PurePosixPath) -> str:
    """Return the split that a file's name ends with."""
    tail = file.stem.lower().rpartition("_")[2]
    return next((s for word, s in _SPLITS.items() if tail.startswith(word)), "")


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write the objects of every image into one file; see `coco_objects`."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []

    def one(item: LabelledImage, loaded: Loaded) -> None:
        number = len(images) + 1
        name = image_name(item)
        copy_image(item, out_dir / "images" / name, options)
        for row in object_rows(loaded.labels, labelled.classes):
            place = len(annotations) + 1
            annotations.append({"id": place, "image_id": number, **row})
        width, height = loaded.size
        images.append(
            {"id": number, "file_name": name, "width": width, "height": height}
        )

    yield from each_written(labelled, one)
    has_ignored = any(one["category_id"] == IGNORED for one in annotations)
    content = {
        "info": {"description": tr("Exported from SegDesk")},
        "licenses": [],
        "images": images,
        "annotations": annotations,
        "categories": category_rows(labelled.classes, with_ignored=has_ignored),
    }
    target = out_dir / "annotations" / "instances.json"
    write_atomic(target, json.dumps(content).encode())
    write_classes_json(out_dir, labelled)


def _one_kind(
    files: list[tuple[PurePosixPath, Content]],
) -> tuple[list[tuple[PurePosixPath, Content]], list[str]]:
    """Return the files of the best kind, so that no image is read twice."""
    kinds: dict[str, list[tuple[PurePosixPath, Content]]] = defaultdict(list)
    for file, content in files:
        head, _, tail = file.stem.rpartition("_")
        kinds[head if head and tail.rstrip("0123456789") in _SPLITS else file.stem] += [
            (file, content)
        ]

    def rank(name: str) -> tuple[int, str]:
        places = [i for i, kind in enumerate(_KINDS) if name.startswith(kind)]
        return (places or [len(_KINDS)])[0], name

    ranked = sorted(kinds, key=rank)
    used: list[tuple[PurePosixPath, Content]] = []
    left: list[str] = []
    seen: set[str] = set()
    for kind in ranked:
        own = {str(i["file_name"]) for _, c in kinds[kind] for i in c["images"]}
        if own & seen:
            left += [file.name for file, _ in kinds[kind]]
        else:
            used += kinds[kind]
            seen |= own
    return used, left


def _items(
    tree: FolderTree, file: PurePosixPath, content: Content
) -> Iterator[ShapeItem]:
    names = {one["id"]: str(one["name"]) for one in content["categories"]}
    by_image: dict[Any, list[Content]] = defaultdict(list)
    for one in content["annotations"]:
        by_image[one.get("image_id")].append(one)
    for entry in content["images"]:
        name = str(entry["file_name"])
        parse = _parser(entry, by_image[entry.get("id")], names)
        stem = PurePosixPath(name).with_suffix("").as_posix().lstrip("/")
        image = find_image(tree, file, name)
        yield ShapeItem(stem, parse, image, split_of_file(file))


def _parser(
    entry: Content, annotations: list[Content], names: Mapping[Any, str]
) -> Callable[[], DrawnImage]:
    def parse() -> DrawnImage:
        try:
            size = Size(int(entry["width"]), int(entry["height"]))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                tr("{name} was not read.", name=entry.get("file_name")),
                cause=tr("Its entry has no width and height."),
                hint=tr("Export the file again."),
            ) from error
        check_size(size)
        shapes: list[DrawnShape] = []
        problems: dict[str, int] = defaultdict(int)
        for one in annotations:
            label = names.get(one.get("category_id"), "")
            try:
                found = _shapes(one, label, size)
            except (TypeError, ValueError, KeyError) as error:
                problems[f"annotations not understood: {error}"] += 1
                continue
            if not found:
                problems["annotations without an outline are left out"] += 1
            shapes += found
        findings = tuple(Finding(t, n, "shapes") for t, n in problems.items())
        return DrawnImage(size, tuple(shapes), findings=findings)

    return parse


def _shapes(annotation: Content, label: str, size: Size) -> list[DrawnShape]:
    segmentation = annotation.get("segmentation")
    extra = other_keys(annotation, _KEPT_OUT)
    if isinstance(segmentation, dict):
        height, width = (int(one) for one in segmentation["size"])
        if (width, height) != size:
            msg = f"run lengths of {width} × {height} px"
            raise ValueError(msg)
        bitmap = decode_coco(segmentation["counts"], size)
        return [DrawnShape(label, "mask", ((0.0, 0.0),), bitmap, extra=extra)]
    found = []
    for part in segmentation or ():
        xs, ys = part[0::2], part[1::2]
        points = tuple((float(x), float(y)) for x, y in zip(xs, ys, strict=True))
        found.append(DrawnShape(label, "polygon", points, extra=extra))
    return found


def _rgb(colour: Any) -> tuple[int, int, int] | None:  # noqa: ANN401 - any JSON
    if isinstance(colour, list) and len(colour) == 3:
        return int(colour[0]), int(colour[1]), int(colour[2])
    return None
