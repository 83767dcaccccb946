"""ADE20K: the benchmark's masks, where 0 is ignored, and the full set's coloured ids.

The benchmark (`annotations/training`, `annotations/validation`) stores class 0 as 1;
that is what `reduce_zero_label` undoes. The full set (`*_seg.png`) stores a class as
red / 10 · 256 + green and an object as blue, and names them in JSON or text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import find_class_table, write_classes_json
from segdesk.formats.folder_tree import FolderTree, read_json, read_text
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
    class_list,
    each_written,
    failing,
)
from segdesk.formats.mask_set import MaskSource, read_mask_set
from segdesk.formats.pairing import find_pairs, split_of
from segdesk.formats.png_mask import encode_indexed
from segdesk.formats.raster_file import read_raster, unpack_rgb

_SEG = "_seg.png"
_FOLDERS = {"train": "training", "val": "validation", "test": "testing"}
_MOST_CLASSES = 254
Names = dict[int, str]


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    for file in tree.ending(_SEG):
        stem = file.name.removesuffix(_SEG)
        texts = {f"{stem}_atr.txt", f"{stem}.json"}
        if any(one.name in texts for one in tree.files):
            return 0.93, tr("{name} is named as in the full ADE20K", name=file.name)
    names = tree.folder_names()
    if {"annotations", "images"} <= names and names & {"training", "validation"}:
        return 0.72, tr("annotations/training is named as in ADE20K's benchmark")
    return None


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read either kind.

    Raises
    ------
    InputError
        When there is none.
    """
    if tree.ending(_SEG):
        return _read_full(tree)
    table = find_class_table(tree, options.classes)
    pairs = find_pairs(tree, options.masks)
    if options.reduce_zero_label is None:
        options = replace(options, reduce_zero_label=True)
    options = replace(options, meaning="index")
    labelled = read_mask_set(MaskSource(tree, pairs, table), options)
    text = tr("value 0 is ignored, class 0 is stored as 1 (reduce_zero_label)")
    return labelled.plus(Finding(text)) if options.reduce_zero_label else labelled


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write the benchmark's layout: class + 1, and 0 for ignored pixels.

    Raises
    ------
    InputError
        When there are 255 classes: the last one has no number left.
    """
    count = len(labelled.classes)
    if count > _MOST_CLASSES:
        raise InputError(
            tr("The masks were not written."),
            cause=tr(
                "{count} classes and the ignored pixels do not fit 8 bits here.",
                count=count,
            ),
            hint=tr("Choose another format, or merge two classes."),
        )
    palette = np.zeros((256, 3), np.uint8)
    palette[1 : count + 1] = labelled.classes.rgb
    write_classes_json(out_dir, labelled)

    def one(item: LabelledImage, loaded: Loaded) -> None:
        folder = _FOLDERS[item.split or "train"]
        shifted = loaded.labels + np.uint8(1)  # 255 wraps round to 0
        target = out_dir / "annotations" / folder / f"{without_split(item.name)}.png"
        write_atomic(target, encode_indexed(shifted, palette))
        picture = without_split(image_name(item))
        copy_image(item, out_dir / "images" / folder / picture, options)

    yield from each_written(labelled, one)


def _read_full(tree: FolderTree) -> LabelledSet:
    found: dict[PurePosixPath, Names] = {}
    broken: dict[PurePosixPath, SegDeskError] = {}
    names: set[str] = set()
    for file in tree.ending(_SEG):
        try:
            found[file] = _names_of(tree, file)
            names |= set(found[file].values())
        except SegDeskError as error:
            broken[file] = error
    if broken and not found:
        raise next(iter(broken.values()))
    ranked = sorted(names)
    classes = class_list(ranked)
    labels = {name: index for index, name in enumerate(ranked)}
    items = []
    for file in (*found, *broken):
        stem = file.name.removesuffix(_SEG)
        same = tree.by_stem.get(stem, [])
        images = [one for one in same if one.parent == file.parent]
        if file in broken:
            load = failing(broken[file])
        else:
            table = {code: labels[name] for code, name in found[file].items()}
            load = _loader(tree.path(file), table)
        image = tree.path(images[0]) if images else None
        name = (file.parent / stem).as_posix()
        items.append(LabelledImage(name, load, image, split_of(file)))
    findings = (
        Finding(tr("class names are from the objects"), len(ranked), "classes"),
    )
    return LabelledSet(tree.root, classes, tuple(items), findings)


def _names_of(tree: FolderTree, file: PurePosixPath) -> Names:
    """Return the class name by 0xRRGGBB of the mask."""
    stem = file.name.removesuffix(_SEG)
    described = tree.path(file.parent / f"{stem}.json")
    colours = sorted(read_raster(tree.path(file)).as_colours().counts())
    if described.is_file():
        by_class = _from_json(described)
        codes = {colour: _class_code(colour) for colour in colours}
        return {c: by_class[k] for c, k in codes.items() if k in by_class}
    by_object = _from_attributes(tree.path(file.parent / f"{stem}_atr.txt"))
    blues = sorted({colour & 255 for colour in colours} | {0})
    ranks = {blue: place for place, blue in enumerate(blues)}
    return {
        colour: by_object[ranks[colour & 255]]
        for colour in colours
        if ranks[colour & 255] in by_object
    }


def _class_code(colour: int) -> int:
    red, green, _ = unpack_rgb(colour)
    return red // 10 * 256 + green


def _from_json(path: Path) -> Names:
    content = read_json(path)
    try:
        return {
            int(one["name_ndx"]): str(one["name"]).split(",")[0].strip()
            for one in content["annotation"]["object"]
            if int(one["parts"]["part_level"]) == 0
        }
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            tr("{name} was not read.", name=path.name),
            cause=tr("It lacks what ADE20K's JSON has: {error}.", error=error),
            hint=tr("Copy it again."),
            detail=str(error),
        ) from error


def _from_attributes(path: Path) -> Names:
    names: Names = {}
    for line in read_text(path).splitlines():
        match = re.match(r"\s*(\d+)\s*#\s*0\s*#[^#]*#([^#]*)#", line)
        if match:
            names[int(match[1])] = match[2].split(",")[0].strip()
    return names


def _loader(path: Path, table: dict[int, int]) -> Callable[[], Loaded]:
    def load() -> Loaded:
        raster = read_raster(path).as_colours()
        unknown = sum(
            pixels
            for colour, pixels in raster.counts().items()
            if colour and colour not in table
        )
        text = tr("objects without a name are ignored")
        findings = (Finding(text, unknown, "px"),) if unknown else ()
        return Loaded(raster.mapped(table, IGNORE_INDEX), findings=findings)

    return load
