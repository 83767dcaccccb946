"""Index masks: the number of a pixel is its class. The layout that mmseg trains on.

Read are grey and palette images of 8 or 16 bits in any pairing of folders; written is
`img_dir/<split>`, `ann_dir/<split>` and `classes.json`.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.class_table import write_classes_json
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.images_out import copy_image, image_name
from segdesk.formats.labelled import (
    LabelledImage,
    LabelledSet,
    Loaded,
    ReadOptions,
    WriteOptions,
    Written,
    each_written,
)
from segdesk.formats.mask_set import paired_masks, read_mask_set
from segdesk.formats.pairing import has_pairs, split_of
from segdesk.formats.png_mask import write_mask

_DEFAULT_SPLIT = "train"


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    if {"img_dir", "ann_dir"} <= tree.folder_names():
        return 0.7, tr("it holds img_dir and ann_dir")
    if has_pairs(tree):
        return 0.4, tr("it holds folders of images and masks")
    return None


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read masks whose numbers are the classes.

    Raises
    ------
    InputError
        When there are none, or they cannot be understood.
    """
    if options.meaning == "auto":
        options = replace(options, meaning="index")
    return read_mask_set(paired_masks(tree, options), options)


def read_either(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read masks of which the palettes of all files tell whether the colour counts.

    Raises
    ------
    InputError
        When there are none, or they cannot be understood.
    """
    return read_mask_set(paired_masks(tree, options), options)


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write the training layout, one item after the other.

    An item without an image is not written, unless images are not wanted at all: no
    training takes a mask without its image.
    """
    write_classes_json(out_dir, labelled)
    taken: set[tuple[str, str]] = set()

    def one(item: LabelledImage, loaded: Loaded) -> None:
        if item.image is None and options.copy_images:
            raise _without_image(item.name)
        split = item.split or _DEFAULT_SPLIT
        name, picture = without_split(item.name), without_split(image_name(item))
        if (split, name.casefold()) in taken:  # train/a and val/a, divided anew
            name, picture = item.name, image_name(item)
        taken.add((split, name.casefold()))
        target = out_dir / "ann_dir" / split / f"{name}.png"
        write_mask(target, loaded.labels, labelled.classes)
        copy_image(item, out_dir / "img_dir" / split / picture, options)

    yield from each_written(labelled, one)


def _without_image(name: str) -> InputError:
    return InputError(
        tr("{name} was not written.", name=name),
        cause=tr("No image was found for its mask, and a training needs both."),
        hint=tr(
            "Put the image into the source under the same name, or write masks only, "
            "without images."
        ),
    )


def without_split(name: str) -> str:
    """Return a name without the folder that says its split."""
    path = PurePosixPath(name)
    kept = [part for part in path.parts[:-1] if not split_of(PurePosixPath(part))]
    return "/".join((*kept, path.name))
