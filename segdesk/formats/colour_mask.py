"""Colour masks: the colour of a pixel is its class, by a table or as found.

Written are `images/`, `masks/` (RGB) and `classes.json` with the colours. Ignored
pixels have a colour of their own, which the table names `__ignore__`.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX, ClassList, rgb_to_hex
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import CLASSES_FILE
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.images_out import copy_image, image_name
from segdesk.formats.labelled import (
    IGNORE_NAME,
    LabelledImage,
    LabelledSet,
    Loaded,
    ReadOptions,
    Rgb,
    WriteOptions,
    Written,
    each_written,
)
from segdesk.formats.mask_set import paired_masks, read_mask_set

_IGNORE_CANDIDATES: tuple[Rgb, ...] = (
    (224, 224, 192),
    (0, 0, 0),
    (255, 255, 255),
    (1, 2, 3),
)


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read masks whose colours are the classes.

    Raises
    ------
    InputError
        When there are none, or they cannot be understood.
    """
    if options.meaning == "auto":
        options = replace(options, meaning="colour")
    return read_mask_set(paired_masks(tree, options), options)


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write coloured masks, one item after the other.

    Raises
    ------
    InputError
        When two classes have one colour.
    """
    table = colour_of_label(labelled.classes)
    rows = [
        {"name": name, "color": rgb_to_hex(rgb)}
        for name, rgb in zip(labelled.classes.names, table.tolist(), strict=False)
    ]
    ignored = rgb_to_hex(tuple(table[IGNORE_INDEX].tolist()))
    rows.append({"name": IGNORE_NAME, "color": ignored})
    text = json.dumps({"classes": rows}, indent=2) + "\n"
    write_atomic(out_dir / CLASSES_FILE, text.encode())

    def one(item: LabelledImage, loaded: Loaded) -> None:
        data = encode_colours(loaded.labels, table)
        write_atomic(out_dir / "masks" / f"{item.name}.png", data)
        copy_image(item, out_dir / "images" / image_name(item), options)

    yield from each_written(labelled, one)


def colour_of_label(classes: ClassList) -> NDArray[np.uint8]:
    """Return the colour of each label (256, 3), ignored pixels in one of their own.

    Raises
    ------
    InputError
        When two classes have one colour: they would be one afterwards.
    """
    used: dict[Rgb, str] = {}
    for name, rgb in zip(classes.names, classes.rgb, strict=True):
        if rgb in used:
            raise InputError(
                tr("The colour masks were not written."),
                cause=tr(
                    "{used!r} and {name!r} have the colour {colour}.",
                    used=used[rgb],
                    name=name,
                    colour=rgb_to_hex(rgb),
                ),
                hint=tr("Give one of them another colour."),
            )
        used[rgb] = name
    table = np.zeros((256, 3), np.uint8)
    table[: len(classes)] = classes.rgb
    free = (rgb for rgb in _IGNORE_CANDIDATES if rgb not in used)
    table[IGNORE_INDEX] = next(free, (3, 2, 1))
    return table


def encode_colours(labels: NDArray[np.uint8], table: NDArray[np.uint8]) -> bytes:
    """Return a label map (H, W) as the bytes of an RGB PNG."""
    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(table[labels]).save(buffer, "PNG")
    return buffer.getvalue()
