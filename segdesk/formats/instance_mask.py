"""Instance masks: one picture for each object, in a folder beside its image.

`<id>/images/<id>.png` with `<id>/masks/*.png`, each 0 outside of the object: they are
merged into one class. Where objects overlap that makes no difference.
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import numpy as np

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.class_table import find_class_table
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.labelled import (
    Finding,
    LabelledImage,
    LabelledSet,
    Loaded,
    ReadOptions,
    class_list,
)
from segdesk.formats.raster_file import read_raster

_IMAGES, _MASKS = "images", "masks"
_FEWEST = 2  # so many masks beside one image tell that each is one object


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    images, masks = _folders(tree)
    both = [one for one in masks if len(images.get(one, ())) == 1]
    if both and any(len(masks[one]) >= _FEWEST for one in both):
        return 0.9, tr(
            "{both} folders hold one image and a mask for each object", both=len(both)
        )
    return None


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read one class from masks of single objects.

    Raises
    ------
    InputError
        When there are none.
    """
    images, masks = _folders(tree)
    table = find_class_table(tree, options.classes)
    classes = table.class_list() if table else class_list(("background", "object"))
    items = []
    lonely = 0
    for folder in images:
        if folder not in masks or len(images[folder]) != 1:
            lonely += 1
            continue
        image = images[folder][0]
        paths = tuple(tree.path(one) for one in masks[folder])
        name = f"{folder}/{image.stem}".removeprefix("./")
        if PurePosixPath(folder).name == image.stem:
            name = folder
        items.append(LabelledImage(name, _loader(paths), tree.path(image)))
    if not items:
        raise InputError(
            tr("No instance masks were found."),
            cause=tr(
                "{folder} holds no folder with images/ and masks/ of one image.",
                folder=tree.root,
            ),
            hint=tr("Each image needs a folder of its own."),
        )
    findings = [Finding(tr("objects are merged into one class"), len(items))]
    if lonely:
        findings.append(Finding(tr("folders without masks of one image"), lonely))
    return LabelledSet(tree.root, classes, tuple(items), tuple(findings))


def _folders(
    tree: FolderTree,
) -> tuple[dict[str, list[PurePosixPath]], dict[str, list[PurePosixPath]]]:
    images: dict[str, list[PurePosixPath]] = defaultdict(list)
    masks: dict[str, list[PurePosixPath]] = defaultdict(list)
    for one in tree.images:
        side = {_IMAGES: images, _MASKS: masks}.get(one.parent.name.lower())
        if side is not None:
            side[one.parent.parent.as_posix()].append(one)
    return images, masks


def _loader(paths: tuple[Path, ...]) -> Callable[[], Loaded]:
    def load() -> Loaded:
        count = np.zeros((0, 0), np.int32)
        for path in paths:
            inside = read_raster(path).values != 0
            if not count.size:
                count = np.zeros(inside.shape, np.int32)
            if inside.shape != count.shape:
                raise InputError(
                    tr("{name} was not merged.", name=path.name),
                    cause=tr(
                        "It is {shape} × {shape2} px, the masks before it {shape3} "
                        "× {shape4} px.",
                        shape=inside.shape[1],
                        shape2=inside.shape[0],
                        shape3=count.shape[1],
                        shape4=count.shape[0],
                    ),
                    hint=tr("Remove it, or export it again."),
                )
            count += inside
        labels = (count > 0).astype(np.uint8)
        overlap = int((count > 1).sum())
        words = (Finding(tr("objects overlap"), overlap, "px"),) if overlap else ()
        return Loaded(labels, findings=words)

    return load
