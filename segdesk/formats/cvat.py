"""CVAT for images 1.1: one XML with polygons, boxes, ellipses, lines and masks.

Written is one mask for each class of an image, as run lengths of its box: exact, with
holes. Ignored pixels are the label `__ignore__`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import (
    Element,
    SubElement,
    indent,
    tostring,
)

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX, ClassList, hex_to_rgb
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.geometry import Size
from segdesk.core.language import joined, tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import find_class_table, write_classes_json
from segdesk.formats.drawn_shapes import DrawnImage, DrawnShape
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.images_out import copy_image, image_name
from segdesk.formats.labelled import (
    IGNORE_NAME,
    Extra,
    Finding,
    LabelledImage,
    LabelledSet,
    Loaded,
    ReadOptions,
    WriteOptions,
    Written,
    each_written,
)
from segdesk.formats.rle import decode_rows, encode_rows
from segdesk.formats.safe_xml import read_xml
from segdesk.formats.shape_out import ground_of
from segdesk.formats.shape_set import (
    NamedClasses,
    ShapeItem,
    image_beside,
    read_shape_set,
)

_LOOKED_AT = 5
_NO_AREA = frozenset({"skeleton", "tag", "cuboid"})


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    for file in tree.ending(".xml")[:_LOOKED_AT]:
        try:
            root = read_xml(tree.path(file))
        except SegDeskError:
            continue
        if root.tag == "annotations" and root.find("meta") is not None:
            return 0.9, tr("{name} is an export of CVAT", name=file.name)
    return None


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read CVAT's XML.

    Raises
    ------
    InputError
        When there is none, or it holds the tracks of a video.
    """
    items: list[ShapeItem] = []
    labels: dict[str, str] = {}
    for file in tree.ending(".xml"):
        root = read_xml(tree.path(file))
        if root.tag != "annotations":
            continue
        if root.find("track") is not None:
            raise InputError(
                tr("{name} was not read.", name=file.name),
                cause=tr("It holds the tracks of a video, not the shapes of images."),
                hint=tr("Export it from CVAT as 'CVAT for images 1.1'."),
            )
        for one in root.findall("./meta//labels/label"):
            if one.findtext("parent") is None and one.findtext("type") != "skeleton":
                labels[one.findtext("name") or ""] = one.findtext("color") or ""
        items += [_item(tree, file, image) for image in root.findall("image")]
    labels.pop(IGNORE_NAME, None)
    colours = tuple(hex_to_rgb(c) if len(c) == 7 else None for c in labels.values())
    known = NamedClasses(tuple(labels), colours) if labels else None
    table = find_class_table(tree, options.classes, ("classes.json",))
    if table and options.classes is None and not set(labels) <= set(table.names):
        table = None
    return read_shape_set(tree, items, table or known, options)


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write one XML with masks, and the pictures."""
    root = empty_file(labelled.classes)

    def one(item: LabelledImage, loaded: Loaded) -> None:
        copy_image(item, out_dir / "images" / image_name(item), options)
        number = len(root.findall("image"))
        name = image_name(item)
        root.append(image_entry(number, name, loaded.labels, labelled.classes))

    yield from each_written(labelled, one)
    indent(root)
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    write_atomic(out_dir / "annotations.xml", data)
    write_classes_json(out_dir, labelled)


def empty_file(classes: ClassList) -> Element:
    """Return the root of a file that has classes and no image yet."""
    root = Element("annotations")
    SubElement(root, "version").text = "1.1"
    labels = SubElement(SubElement(SubElement(root, "meta"), "task"), "labels")
    names = (*classes.names, IGNORE_NAME)
    for name, colour in zip(names, (*classes.palette, ""), strict=True):
        label = SubElement(labels, "label")
        SubElement(label, "name").text = name
        SubElement(label, "color").text = colour.lower() or "#e0e0c0"
        SubElement(label, "type").text = "mask"
        SubElement(label, "attributes")
    return root


def image_entry(
    number: int, name: str, labels: NDArray[np.uint8], classes: ClassList
) -> Element:
    """Return what is said of an image: a mask for each of its classes."""
    entry = Element("image", id=str(number), name=name)
    entry.attrib |= {"width": str(labels.shape[1]), "height": str(labels.shape[0])}
    ground = ground_of(classes)
    for label in np.unique(labels).tolist():
        if label != ground:
            named = IGNORE_NAME if label == IGNORE_INDEX else classes.names[label]
            entry.append(_mask(labels == label, named))
    return entry


def _mask(inside: NDArray[np.bool_], name: str) -> Element:
    rows = np.flatnonzero(inside.any(axis=1))
    columns = np.flatnonzero(inside.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    part = inside[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
    height, width = part.shape
    runs = encode_rows(part.astype(np.uint8))
    return Element(
        "mask",
        label=name,
        source="manual",
        occluded="0",
        rle=joined(", ", map(str, runs)),
        left=str(left),
        top=str(top),
        width=str(width),
        height=str(height),
        z_order="0",
    )


def _item(tree: FolderTree, file: PurePosixPath, image: Element) -> ShapeItem:
    name = image.get("name", "")
    stem = PurePosixPath(name).with_suffix("").as_posix().lstrip("/")
    return ShapeItem(
        stem or tr("image {number}", number=image.get("id")),
        _parser(image),
        image_beside(tree, name, file),
        (image.get("subset") or "").lower(),
    )


def _parser(image: Element) -> Callable[[], DrawnImage]:
    def parse() -> DrawnImage:
        try:
            size = Size(int(image.get("width", "")), int(image.get("height", "")))
        except ValueError:
            size = None
        drawn, left, damaged = [], 0, 0
        ranked = sorted(image, key=lambda one: int(one.get("z_order") or 0))
        for one in ranked:
            if one.tag in _NO_AREA:
                left += 1
                continue
            try:
                drawn.append(_drawn(one))
            except (ValueError, TypeError):
                damaged += 1
        findings = []
        if left:
            text = tr("skeletons, tags and cuboids have no area and are left out")
            findings.append(Finding(text, left, "shapes"))
        if damaged:
            findings.append(Finding(tr("shapes not understood"), damaged, "shapes"))
        return DrawnImage(size, tuple(drawn), findings=tuple(findings))

    return parse


def _drawn(one: Element) -> DrawnShape:
    label, extra = one.get("label", ""), _extra(one)
    if one.tag == "mask":
        size = Size(_whole(one, "width"), _whole(one, "height"))
        runs = [int(part) for part in one.get("rle", "").split(",")]
        corner = float(_whole(one, "left")), float(_whole(one, "top"))
        return DrawnShape(label, "mask", (corner,), decode_rows(runs, size), 0.0, extra)
    if one.tag == "box":
        corners = (
            (_number(one, "xtl"), _number(one, "ytl")),
            (_number(one, "xbr"), _number(one, "ybr")),
        )
        if float(one.get("rotation") or 0):
            raise ValueError("a turned box")
        return DrawnShape(label, "rectangle", corners, extra=extra)
    if one.tag == "ellipse":
        middle = _number(one, "cx"), _number(one, "cy")
        radii = _number(one, "rx"), _number(one, "ry")
        return DrawnShape(label, "ellipse", (middle, radii), extra=extra)
    kind = {"polygon": "polygon", "polyline": "line", "points": "point"}.get(one.tag)
    if kind is None:
        msg = f"<{one.tag}>"
        raise ValueError(msg)
    pairs = [part.split(",") for part in one.get("points", "").split(";") if part]
    points = tuple((float(x), float(y)) for x, y in pairs)
    return DrawnShape(label, kind, points, extra=extra)


def _extra(one: Element) -> Extra:
    found = [(a.get("name") or "", a.text or "") for a in one.findall("attribute")]
    return tuple((name, f'"{text}"') for name, text in found if text.isalnum())


def _number(one: Element, key: str) -> float:
    return float(one.get(key, ""))


def _whole(one: Element, key: str) -> int:
    return int(float(one.get(key, "")))
