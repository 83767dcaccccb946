"""Which mask belongs to which image, in the layouts that people use.

Folders are known by their names. A path without those names is the key that image and
mask share: `Tile 1/images/a.jpg` and `Tile 1/masks/a.png` both have `Tile 1/a`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.labelled import Finding

_IMAGES = frozenset(
    [
        "images",
        "image",
        "imgs",
        "img",
        "img_dir",
        "jpegimages",
        "leftimg8bit",
        "imgsfine",
        "rgb",
        "pictures",
        "photos",
        "input_images",
        "inputs",
    ]
)
# The better source of labels first.
_MASKS = (
    "ann_dir",
    "masks",
    "mask",
    "segmentationclass",
    "segmentationclasspng",
    "gts",
    "gt",
    "labels",
    "label",
    "annotations",
    "annotation",
    "sem_seg",
    "seg_maps",
    "color",
    "colors",
    "colormaps",
    "v1.2",
    "v2.0",
)
_PASSED_OVER = frozenset(
    [
        "instances",
        "instance",
        "panoptic",
        "polygons",
        "segmentationobject",
        "segmentationobjectpng",
        "segmentationclassvisualization",
        "visualization",
        "viz",
        "scribbles",
    ]
)
_NOT_IN_KEY = frozenset({"gt", "sem_seg", "v1.2", "v2.0", "10k", "gtfine"})
_SPLITS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
    "testing": "test",
}
_LOSSLESS = frozenset({".png", ".bmp", ".tif", ".tiff", ".gif"})
_NONE = tr("No masks were found.")
_EXTRA_WORDS = re.compile(
    r"^(image|img|gt|mask|label)_|_(gt|img|image|mask|masks|label|labels|seg|"
    r"labelids|labeltrainids|color|instance_color_rgb|train_id)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A mask and its image.

    Parameters
    ----------
    name
        Name of the item, without suffix.
    mask
        Below the tree's root.
    image
        Below the tree's root; None when it was not found.
    split
        "train", "val", "test" or "".
    """

    name: str
    mask: PurePosixPath
    image: PurePosixPath | None
    split: str = ""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of a folder.

    Parameters
    ----------
    pairs
        In natural order.
    findings
        Images without a mask, masks without an image, folders that were left aside.
    """

    pairs: tuple[Pair, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A file with its role taken out of its path."""

    path: PurePosixPath
    key: str
    group: str


@dataclass(slots=True)
class _Sides:
    images: list[_Part] = field(default_factory=list)
    masks: dict[str, list[_Part]] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    bare: bool = False


def find_pairs(tree: FolderTree, masks: str = "") -> Pairs:
    """Pair the masks of a folder with its images.

    Parameters
    ----------
    masks
        Folder of the masks below the root, where the user says so.

    Raises
    ------
    InputError
        When no masks are found, or two folders of masks are equally good.
    """
    if tree.only is not None:
        alone = tree.ending(tree.only.suffix.lower())[0]
        return Pairs((Pair(alone.stem, alone, None, split_of(alone)),))
    sides = _Sides(bare=_is_mask_name(tree.root.name.lower()))
    wanted = masks.strip("/")
    for one in tree.images:
        _sort_in(one, sides, wanted)
    if not sides.masks:
        raise InputError(
            _NONE,
            cause=tr(
                "{folder} holds no folder of masks beside one of images.",
                folder=tree.root,
            ),
            hint=tr(
                "Name the folder of the masks, or put images into images/ and masks "
                "into masks/."
            ),
        )
    groups, left = _best_groups(sides, chosen=bool(wanted))
    findings = [
        Finding(
            tr("{name}/ was left aside for a better source", name=name),
            len(sides.masks[name]),
        )
        for name in left
    ]
    chosen = [part for name in groups for part in sides.masks[name]]
    pairs, missing = _matched(sides.images, chosen)
    used = {pair.image: pair.mask for pair in pairs}
    for pair in pairs:
        if pair.image is not None and used[pair.image] != pair.mask:
            one, other = pair.mask.parent, used[pair.image].parent
            raise _two_sources(one.as_posix(), other.as_posix())
    lonely = [one for one in sides.images if one.path not in used]
    if lonely:
        text = tr("images without a mask, such as {path}", path=lonely[0].path)
        findings.append(Finding(text, len(lonely)))
    if missing:
        findings.append(Finding(tr("masks without an image beside them"), missing))
    return Pairs(tuple(pairs), tuple(findings))


def has_pairs(tree: FolderTree) -> bool:
    """Tell by the names of folders whether there are masks."""
    if tree.only is not None:
        return tree.only.suffix.lower() in _LOSSLESS
    try:
        return bool(find_pairs(tree).pairs)
    except InputError as error:
        return error.message != _NONE


def split_of(path: PurePosixPath) -> str:
    """Return the split that a path names: "train", "val", "test" or ""."""
    for part in path.parts:
        if part.lower() in _SPLITS:
            return _SPLITS[part.lower()]
        head = re.split(r"[_\-]", part.lower())[0]
        if head in _SPLITS and _is_image_name(part.lower()):
            return _SPLITS[head]
    return ""


def _sort_in(path: PurePosixPath, sides: _Sides, wanted: str) -> None:
    folders = [part.lower() for part in path.parts[:-1]]
    if wanted:
        inside = path.parent.as_posix() == wanted or path.is_relative_to(wanted)
        if inside:
            rest = path.relative_to(wanted)
            sides.masks.setdefault(wanted, []).append(_Part(path, _key(rest), wanted))
            sides.ranks[wanted] = 0
            return
    elif any(name in _PASSED_OVER for name in folders):
        return
    role = next((one for one in reversed(folders) if _role(one)), "")
    if not role and not wanted and sides.bare:
        sides.masks.setdefault("", []).append(_Part(path, _key(path), ""))
        sides.ranks[""] = 0
    if role and _is_image_name(role):
        sides.images.append(_Part(path, _key(path), ""))
    elif role and not wanted:
        place = len(folders) - 1 - folders[::-1].index(role)
        group = _group(path, place)
        sides.masks.setdefault(group, []).append(_Part(path, _key(path), group))
        sides.ranks[group] = _rank(role)


def _group(path: PurePosixPath, place: int) -> str:
    """Return the folders of a mask without splits and scenes that pairs share."""
    kept = [
        part
        for part in path.parts[: place + 1]
        if _role(part.lower()) or part.lower() in _NOT_IN_KEY
    ]
    return "/".join(kept)


def _role(name: str) -> bool:
    return _is_image_name(name) or _is_mask_name(name)


def _is_image_name(name: str) -> bool:
    return name in _IMAGES or name.endswith(("_images", "_imgs"))


def _is_mask_name(name: str) -> bool:
    ends = ("_masks", "_segmentations", "_labels", "_annotations")
    return name in _MASKS or name.endswith(ends)


def _rank(role: str) -> int:
    return _MASKS.index(role) if role in _MASKS else 0


def _key(path: PurePosixPath) -> str:
    """Return a path without roles and suffix; `train_images` leaves `train`."""
    kept = []
    for part in path.parts[:-1]:
        low = part.lower()
        if low in _IMAGES or low in _MASKS or low in _NOT_IN_KEY:
            continue
        head, _, tail = part.rpartition("_")
        kept.append(head if head and _role(f"_{tail.lower()}") else part)
    return "/".join((*kept, path.stem))


def _best_groups(sides: _Sides, *, chosen: bool) -> tuple[list[str], list[str]]:
    """Return the groups of masks to use and those that show the same otherwise."""
    ranked = sorted(sides.masks, key=lambda name: sides.ranks[name])
    used: list[str] = []
    left: list[str] = []
    keys: set[str] = set()
    for name in ranked:
        own = {part.key for part in sides.masks[name]}
        if chosen or not own & keys:
            used.append(name)
            keys |= own
        elif sides.ranks[name] == min(sides.ranks[one] for one in used):
            raise _two_sources(used[0], name)
        else:
            left.append(name)
    return used, left


def _two_sources(one: str, other: str) -> InputError:
    return InputError(
        tr("The masks were not read."),
        cause=tr(
            "{one}/ and {other}/ hold masks of the same images.", one=one, other=other
        ),
        hint=tr("Say which is meant, with --masks FOLDER."),
    )


def _matched(images: list[_Part], masks: list[_Part]) -> tuple[list[Pair], int]:
    """Match by key, then without words like `_gt`, then by file name alone."""
    tables = [
        _unique((part.key, part) for part in images),
        _unique((_plain(part.key), part) for part in images),
        _unique((_plain(part.path.stem), part) for part in images),
    ]
    pairs, missing = [], 0
    for mask in masks:
        keys = (mask.key, _plain(mask.key), _plain(mask.path.stem))
        found = None
        for key, table in zip(keys, tables, strict=True):
            found = found or table.get(key)
        missing += found is None
        name = found.key if found else mask.key
        pairs.append(_pair(name, mask.path, found.path if found else None))
    return pairs, missing


def _pair(name: str, mask: PurePosixPath, image: PurePosixPath | None) -> Pair:
    split = split_of(image or mask) or split_of(mask)
    return Pair(name, mask, image, split)


def _plain(key: str) -> str:
    folder, _, stem = key.rpartition("/")
    return f"{folder}/{_EXTRA_WORDS.sub('', stem)}"


def _unique(parts: Iterable[tuple[str, _Part]]) -> dict[str, _Part]:
    """Return parts by key; keys that several share are no keys."""
    table: dict[str, _Part] = {}
    twice: set[str] = set()
    for key, part in parts:
        if key in table:
            twice.add(key)
        table[key] = part
    return {key: part for key, part in table.items() if key not in twice}


def absolute(tree: FolderTree, path: PurePosixPath | None) -> Path | None:
    """Return a pair's file as an absolute path."""
    return None if path is None else tree.path(path)
