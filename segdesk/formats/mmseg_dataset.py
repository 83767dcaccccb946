"""The training layout: `img_dir/{train,val}`, `ann_dir/{train,val}`, `classes.json`.

Pictures and masks are paired by their path without suffix. A mask is a PNG with one
band whose value, or palette index, is the class; 255 is ignored. `classes.json` is

    {"classes": [{"name": "background", "color": "#8A8F98"}, {"name": "nucleus"}]}

in the order of the indices; a colour may be left out, and a plain list of names will
do.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import InputError
from segdesk.core.language import joined, tr
from segdesk.formats.mmseg_classes import read_classes

if TYPE_CHECKING:
    from PIL import Image

Split = Literal["train", "val"]

CLASSES_FILE = "classes.json"
MASK_SUFFIX = ".png"
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"})

_NAMED_FILES = 3
_EXIF_ORIENTATION = 0x0112
_FIRST_TURNED = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture and its mask."""

    image: Path
    mask: Path


@dataclass(frozen=True, slots=True)
class MmsegDataset:
    """A data set in the training layout, paired.

    Parameters
    ----------
    root
        Absolute path of its folder.
    classes
        What `classes.json` says.
    train, val
        The pairs of each split, sorted, never empty.
    """

    root: Path
    classes: ClassList
    train: tuple[Pair, ...]
    val: tuple[Pair, ...]

    def image_suffixes(self, split: Split) -> tuple[str, ...]:
        """Return the suffixes of a split's pictures as written, sorted."""
        pairs = self.train if split == "train" else self.val
        return tuple(sorted({pair.image.suffix for pair in pairs}))


def read_mmseg_dataset(root: Path) -> MmsegDataset:
    """Read the classes of a data set and pair its files; the pixels are not read.

    Parameters
    ----------
    root
        Folder with `img_dir`, `ann_dir` and `classes.json`.

    Raises
    ------
    InputError
        A folder or `classes.json` is missing or unreadable, a split is empty, or a
        picture has no mask or a mask no picture.
    """
    root = root.absolute()
    if not root.is_dir():
        raise InputError(
            tr("The data set was not opened."),
            cause=tr("{root} is not a folder.", root=root),
            hint=tr("Name the folder that holds img_dir, ann_dir and classes.json."),
        )
    return MmsegDataset(
        root,
        read_classes(root / CLASSES_FILE),
        read_pairs(root, "train"),
        read_pairs(root, "val"),
    )


def read_pairs(root: Path, split: str) -> tuple[Pair, ...]:
    """Pair the files of one split; the pixels are not read.

    Parameters
    ----------
    split
        Name of a folder in `img_dir` and in `ann_dir`.

    Returns
    -------
    pairs
        Sorted by their path without suffix, at least one.

    Raises
    ------
    InputError
        As `read_mmseg_dataset`.
    """
    folders = root / "img_dir" / split, root / "ann_dir" / split
    for folder in folders:
        if not folder.is_dir():
            raise InputError(
                tr("The data set was not opened."),
                cause=tr(
                    "{root} holds no {folder}.",
                    root=root,
                    folder=folder.relative_to(root).as_posix(),
                ),
                hint=tr(
                    "It needs img_dir/train, img_dir/val, ann_dir/train and "
                    "ann_dir/val."
                ),
            )
    images: dict[str, Path] = {}
    for stem, path in _files(folders[0], IMAGE_SUFFIXES):
        if stem in images:
            raise InputError(
                tr("The data set was not opened."),
                cause=tr(
                    "{name} and {other} in img_dir/{split} would share one mask.",
                    name=images[stem].name,
                    other=path.name,
                    split=split,
                ),
                hint=tr("Rename one of them."),
            )
        images[stem] = path
    masks = dict(_files(folders[1], frozenset({MASK_SUFFIX})))
    _check_both_ways(split, images, masks)
    if not images:
        raise InputError(
            tr("The data set was not opened."),
            cause=tr(
                "img_dir/{split} of {root} holds no pictures.", split=split, root=root
            ),
            hint=tr("Put some pictures and their masks into both splits."),
        )
    return tuple(Pair(images[stem], masks[stem]) for stem in sorted(images))


def check_headers(dataset: MmsegDataset, most: int) -> None:
    """Compare masks with their pictures by what their files begin with; no pixels.

    Parameters
    ----------
    most
        How many pairs of each split are looked at.

    Raises
    ------
    InputError
        A picture or a mask cannot be opened, has several bands, or the sizes differ.
    """
    for pair in (*dataset.train[:most], *dataset.val[:most]):
        with _opened_mask(pair):
            pass


def check_masks(
    dataset: MmsegDataset, looked_at: Callable[[int, int], None] | None = None
) -> None:
    """Read every mask and compare it with its picture and the classes.

    Parameters
    ----------
    looked_at
        Takes the number of masks that are done and their total; may raise to end it.

    Raises
    ------
    InputError
        A mask cannot be read, has several bands, has another size than its picture,
        or holds a label that `classes.json` does not name.
    """
    beyond: dict[Path, int] = {}
    only_255: list[Path] = []
    pairs = (*dataset.train, *dataset.val)
    for number, pair in enumerate(pairs, 1):
        labels = _read_mask(pair)
        counts = np.bincount(labels.ravel(), minlength=IGNORE_INDEX + 1)
        present = np.flatnonzero(counts[:IGNORE_INDEX])
        if present.size and present[-1] >= len(dataset.classes):
            beyond[pair.mask] = int(present[-1])
        elif present.size == 1 and present[0] == 0 and counts[IGNORE_INDEX]:
            only_255.append(pair.mask)
        if looked_at:
            looked_at(number, len(pairs))
    if beyond:
        raise _beyond_error(beyond, len(dataset.classes))
    if len(only_255) == len(pairs):
        raise InputError(
            tr("The data set cannot be trained on."),
            cause=tr(
                "Every mask holds 0 and 255 only, and 255 means ignored: "
                "nothing but {names!r} would be learned.",
                names=dataset.classes.names[0],
            ),
            hint=tr("Save the masks with 1 where they hold 255."),
        )


def _files(folder: Path, suffixes: frozenset[str]) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith((".", "__MACOSX")) for part in relative.parts)
        if not hidden and path.suffix.lower() in suffixes and path.is_file():
            yield relative.with_suffix("").as_posix(), path


def _check_both_ways(
    split: str, images: dict[str, Path], masks: dict[str, Path]
) -> None:
    for have, lack, here, there in (
        (images, masks, f"img_dir/{split}", f"ann_dir/{split}"),
        (masks, images, f"ann_dir/{split}", f"img_dir/{split}"),
    ):
        missing = [have[stem] for stem in sorted(have.keys() - lack.keys())]
        if missing:
            noun = tr("masks (.png)") if have is images else "pictures"
            raise InputError(
                tr("The data set was not opened."),
                cause=tr(
                    "{missing} of {have} files in {here} have no counterpart "
                    "in {there}: {some}.",
                    missing=len(missing),
                    have=len(have),
                    here=here,
                    there=there,
                    some=_some(missing),
                ),
                hint=tr(
                    "Add the {noun} under the same names, or remove these files.",
                    noun=noun,
                ),
            )


def _some(paths: list[Path]) -> str:
    named = joined(", ", (path.name for path in paths[:_NAMED_FILES]))
    more = len(paths) - _NAMED_FILES
    return tr("{named} and {more} more", named=named, more=more) if more > 0 else named


def _read_mask(pair: Pair) -> NDArray[np.uint8]:
    with _opened_mask(pair) as mask:
        return np.asarray(mask, dtype=np.uint8)


@contextmanager
def _opened_mask(pair: Pair) -> "Iterator[Image.Image]":
    """Open a mask that fits its picture; what Pillow raises becomes our own error."""
    from PIL import Image

    try:
        with Image.open(pair.mask) as mask:
            _check_fit(pair, mask)
            yield mask
    except (OSError, SyntaxError) as error:
        raise InputError(
            tr("The data set cannot be trained on."),
            cause=tr(
                "{name} or its mask cannot be read: {error}",
                name=pair.image.name,
                error=error,
            ),
            hint=tr("Replace the damaged file, or remove the pair."),
            detail=str(error),
        ) from error


def _check_fit(pair: Pair, mask: "Image.Image") -> None:
    if mask.mode not in {"L", "P", "1"}:
        raise InputError(
            tr("{name} cannot be trained on.", name=pair.mask.name),
            cause=tr(
                "It is a picture of mode {mode}; a mask has one band of 8 "
                "bits whose value is the class.",
                mode=mask.mode,
            ),
            hint=tr("Convert it to a mask of class indices."),
        )
    size = _shown_size(pair.image)
    if mask.size != size:
        raise InputError(
            tr("{name} cannot be trained on.", name=pair.mask.name),
            cause=tr(
                "The mask is {width}×{height} px, its picture {size}×{size2} px.",
                width=mask.width,
                height=mask.height,
                size=size[0],
                size2=size[1],
            ),
            hint=tr("Export the mask again at the picture's size."),
        )


def _shown_size(path: Path) -> tuple[int, int]:
    """Return (width, height) after the turn that the picture's EXIF asks for."""
    from PIL import Image

    with Image.open(path) as image:
        width, height = image.size
        turned = image.getexif().get(_EXIF_ORIENTATION, 1) >= _FIRST_TURNED
    return (height, width) if turned else (width, height)


def _beyond_error(beyond: dict[Path, int], classes: int) -> InputError:
    highest = max(beyond.values())
    return InputError(
        tr("The data set cannot be trained on."),
        cause=tr(
            "{beyond} masks hold labels up to {highest}, but "
            "classes.json names {classes} classes (0 to {classes2}): "
            "{some}.",
            beyond=len(beyond),
            highest=highest,
            classes=classes,
            classes2=classes - 1,
            some=_some(sorted(beyond)),
        ),
        hint=tr(
            "Name every class in classes.json, or use 255 for pixels to be ignored."
        ),
    )
