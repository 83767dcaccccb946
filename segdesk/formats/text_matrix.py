"""Text matrices: `labels/a.regions.txt`, a row of numbers for each row of pixels.

-1 is ignored, as in the Stanford background data set, whose names are known.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.errors import InputError
from segdesk.core.language import joined, tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import (
    ClassEntry,
    ClassTable,
    find_class_table,
    write_classes_json,
)
from segdesk.formats.folder_tree import FolderTree, read_text
from segdesk.formats.images_out import copy_image, image_name
from segdesk.formats.labelled import (
    Finding,
    LabelledImage,
    LabelledSet,
    Loaded,
    ReadOptions,
    WriteOptions,
    Written,
    each_written,
)
from segdesk.formats.mask_set import MaskSource, read_mask_set
from segdesk.formats.pairing import Pair, Pairs, split_of
from segdesk.formats.raster_file import RasterFile

_END = ".regions.txt"
_STANFORD = "sky tree road grass water building mountain foreground"


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    files = tree.ending(_END)
    return (
        (0.95, tr("{name} is a matrix of labels", name=files[0].name))
        if files
        else None
    )


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read the matrices.

    Raises
    ------
    InputError
        When there are none.
    """
    pairs = []
    for file in tree.ending(_END):
        stem = file.name[: -len(_END)]
        found = tree.by_stem.get(stem, [])
        image = found[0] if len(found) == 1 else None
        folders = [p for p in file.parts[:-1] if p.lower() != "labels"]
        pairs.append(Pair("/".join((*folders, stem)), file, image, split_of(file)))
    if not pairs:
        raise InputError(
            tr("No text matrices were found."),
            cause=tr("{folder} holds no file like a{end}.", folder=tree.root, end=_END),
            hint=tr("Choose the folder that holds them."),
        )
    table = find_class_table(tree, options.classes)
    if table is None and tree.named("horizons.txt"):
        entries = tuple(ClassEntry(name) for name in _STANFORD.split())
        table = ClassTable(Path(tr("the list of Stanford's")), entries)
    missing = sum(pair.image is None for pair in pairs)
    told = Finding(tr("masks without an image beside them"), missing)
    plan = Pairs(tuple(pairs), (told,) if missing else ())
    options = replace(options, meaning="index")
    return read_mask_set(MaskSource(tree, plan, table, read_matrix), options)


def read_matrix(path: Path) -> RasterFile:
    """Read one matrix.

    Raises
    ------
    InputError
        When it is empty, has rows of several lengths, or words that are no numbers.
    """
    rows = [line.split() for line in read_text(path).splitlines() if line.strip()]
    try:
        values = np.array(rows, np.int64).reshape(len(rows) or 1, -1)
    except (ValueError, OverflowError) as error:
        raise InputError(
            tr("{name} was not read.", name=path.name),
            cause=tr("It is no matrix of whole numbers: {error}.", error=error),
            hint=tr("Export or copy it again."),
            detail=str(error),
        ) from error
    if not values.size:
        raise InputError(
            tr("{name} was not read.", name=path.name),
            cause=tr("It holds no numbers."),
            hint=tr("Export or copy it again."),
        )
    return RasterFile(path, values, coloured=False)


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write one matrix for each item, its picture, and the classes."""
    write_classes_json(out_dir, labelled)

    def one(item: LabelledImage, loaded: Loaded) -> None:
        numbers = loaded.labels.astype(np.int64)
        numbers[numbers == IGNORE_INDEX] = -1
        lines = (joined(" ", map(str, row)) for row in numbers.tolist())
        text = "\n".join(lines) + "\n"
        write_atomic(out_dir / "labels" / f"{item.name}{_END}", text.encode())
        copy_image(item, out_dir / "images" / image_name(item), options)

    yield from each_written(labelled, one)
