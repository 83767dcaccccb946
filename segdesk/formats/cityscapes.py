"""Cityscapes: `gtFine` beside `leftImg8bit`, of which the best source is read.

Read are `labelTrainIds`, `labelIds`, `instanceIds`, polygons and colours, in this
order of preference. Written are `labelTrainIds`, colours and polygons of every image;
ids that belong to no class are ignored.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.errors import InputError
from segdesk.core.geometry import Size
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import (
    ClassEntry,
    ClassTable,
    find_class_table,
    write_classes_json,
)
from segdesk.formats.colour_mask import colour_of_label, encode_colours
from segdesk.formats.drawn_shapes import (
    DrawnImage,
    DrawnShape,
    ShapeClasses,
    loaded_from,
)
from segdesk.formats.folder_tree import FolderTree, read_json
from segdesk.formats.images_out import copy_image
from segdesk.formats.labelled import (
    IGNORE_NAME,
    Finding,
    LabelledImage,
    LabelledSet,
    Loaded,
    Meaning,
    ReadOptions,
    WriteOptions,
    Written,
    each_written,
)
from segdesk.formats.mask_set import MaskSource, read_mask_set
from segdesk.formats.outlines import painting_order
from segdesk.formats.pairing import Pair, Pairs, absolute, split_of
from segdesk.formats.png_mask import write_mask

# name, red, green, blue, id; the place is the train id.
_CLASSES = """
road,128,64,128,7
sidewalk,244,35,232,8
building,70,70,70,11
wall,102,102,156,12
fence,190,153,153,13
pole,153,153,153,17
traffic light,250,170,30,19
traffic sign,220,220,0,20
vegetation,107,142,35,21
terrain,152,251,152,22
sky,70,130,180,23
person,220,20,60,24
rider,255,0,0,25
car,0,0,142,26
truck,0,0,70,27
bus,0,60,100,28
train,0,80,100,31
motorcycle,0,0,230,32
bicycle,119,11,32,33
"""
_KINDS = ("labelTrainIds", "labelIds", "instanceIds", "polygons", "color")
_NAME = re.compile(
    r"(.+)_(?:gtFine|gtCoarse)_(labelTrainIds|labelIds|instanceIds|polygons|color)"
    r"\.(?:png|json)"
)
_IDS_OF_A_CLASS = 1000


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    for file in tree.files:
        if _NAME.fullmatch(file.name):
            return 0.95, tr("{name} is named as in Cityscapes", name=file.name)
    return None


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read the best kind of annotation that there is.

    Raises
    ------
    InputError
        When there is none.
    """
    kinds: dict[str, list[Pair]] = defaultdict(list)
    for file in tree.files:
        match = _NAME.fullmatch(file.name)
        wanted = not options.annotations or fnmatch(file.name, options.annotations)
        if match and wanted:
            kinds[match[2]].append(_pair(tree, file, match[1]))
    if not kinds:
        raise InputError(
            tr("No Cityscapes annotations were found."),
            cause=tr(
                "{folder} holds no file like a_gtFine_labelTrainIds.png.",
                folder=tree.root,
            ),
            hint=tr("Choose the folder that holds gtFine and leftImg8bit."),
        )
    kind = min(kinds, key=lambda one: (-len(kinds[one]), _KINDS.index(one)))
    missing = sum(pair.image is None for pair in kinds[kind])
    findings = [Finding(tr("{kind} are read", kind=kind), len(kinds[kind]))]
    if missing:
        findings.append(Finding(tr("masks without an image beside them"), missing))
    pairs = Pairs(tuple(kinds[kind]), tuple(findings))
    own = find_class_table(tree, options.classes, ("classes.json",))
    table = own or city_table(by_id=kind in {"labelIds", "instanceIds"})
    if kind == "polygons":
        return _polygon_set(tree, pairs, table, options)
    if kind == "instanceIds":
        options = replace(options, divide=_IDS_OF_A_CLASS)
    meaning: Meaning = "colour" if kind == "color" else "index"
    options = replace(options, meaning=meaning, classes=table.path)
    return read_mask_set(MaskSource(tree, pairs, table), options)


def city_table(*, by_id: bool = False) -> ClassTable:
    """Return the 19 classes that are trained.

    Parameters
    ----------
    by_id
        With the ids of `labelIds`; else with train ids.
    """
    entries = []
    for place, line in enumerate(_CLASSES.split("\n")[1:-1]):
        name, red, green, blue, number = line.split(",")
        rgb = int(red), int(green), int(blue)
        entries.append(ClassEntry(name, rgb, int(number) if by_id else place))
    return ClassTable(Path(tr("the list of Cityscapes")), tuple(entries))


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write train ids, colours and polygons, and the pictures."""
    table = colour_of_label(labelled.classes)
    write_classes_json(out_dir, labelled)

    def one(item: LabelledImage, loaded: Loaded) -> None:
        path = PurePosixPath(item.name)
        split = item.split or "train"
        parts = [p for p in path.parts[:-1] if not split_of(PurePosixPath(p))]
        stem = path.name.removesuffix("_leftImg8bit")
        folder = Path(split, *(parts or ["all"]))
        start = out_dir / "gtFine" / folder / f"{stem}_gtFine"
        write_mask(_end(start, "_labelTrainIds.png"), loaded.labels, labelled.classes)
        write_atomic(_end(start, "_color.png"), encode_colours(loaded.labels, table))
        polygons = json.dumps(_polygons(loaded, labelled), indent=1)
        write_atomic(_end(start, "_polygons.json"), polygons.encode())
        suffix = item.image.suffix if item.image else ".png"
        picture = out_dir / "leftImg8bit" / folder / f"{stem}_leftImg8bit{suffix}"
        copy_image(item, picture, options)

    yield from each_written(labelled, one)


def _end(start: Path, end: str) -> Path:
    return start.with_name(start.name + end)


def _polygons(loaded: Loaded, labelled: LabelledSet) -> dict[str, Any]:
    names = labelled.classes.names
    objects = [
        {
            "label": IGNORE_NAME if one.label == IGNORE_INDEX else names[one.label],
            "polygon": [[int(x), int(y)] for x, y in one.outer],
        }
        for one in painting_order(loaded.labels, IGNORE_INDEX)
    ]
    size = loaded.size
    return {"imgHeight": size.height, "imgWidth": size.width, "objects": objects}


def _pair(tree: FolderTree, file: PurePosixPath, stem: str) -> Pair:
    found = tree.by_stem.get(f"{stem}_leftImg8bit", tree.by_stem.get(stem, []))
    image = found[0] if len(found) == 1 else None
    folders = [part for part in file.parts[:-1] if not part.lower().startswith("gt")]
    name = "/".join((*folders, stem))
    return Pair(name, file, image, split_of(file))


def _polygon_set(
    tree: FolderTree, pairs: Pairs, table: ClassTable, options: ReadOptions
) -> LabelledSet:
    labels = {name: index for index, name in enumerate(table.names)}
    groups = {f"{name}group": index for name, index in labels.items()}
    classes = ShapeClasses({**groups, **labels}, IGNORE_INDEX)
    items = tuple(
        LabelledImage(
            pair.name,
            _loader(tree.path(pair.mask), classes, options),
            absolute(tree, pair.image),
            pair.split,
        )
        for pair in pairs.pairs
    )
    return LabelledSet(tree.root, table.class_list(), items, pairs.findings)


def _loader(
    path: Path, classes: ShapeClasses, options: ReadOptions
) -> Callable[[], Loaded]:
    def load() -> Loaded:
        content = read_json(path)
        try:
            size = Size(int(content["imgWidth"]), int(content["imgHeight"]))
            shapes = tuple(
                DrawnShape(
                    str(one["label"]),
                    "polygon",
                    tuple((float(x), float(y)) for x, y in one["polygon"]),
                )
                for one in content["objects"]
                if not one.get("deleted")
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                tr("{name} was not read.", name=path.name),
                cause=tr(
                    "It lacks what Cityscapes polygons have: {error}.", error=error
                ),
                hint=tr("Export it again."),
                detail=str(error),
            ) from error
        void = {one.label for one in shapes} - classes.labels.keys()
        known = {**dict.fromkeys(void, IGNORE_INDEX), **classes.labels}
        wider = ShapeClasses(known, IGNORE_INDEX)
        return loaded_from(DrawnImage(size, shapes), size, wider, options.line_width)

    return load
