"""Which annotation of a set belongs to which image of the project."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segdesk.core.project import Project
from segdesk.formats.labelled import LabelledImage, LabelledSet

_OF_IMAGES = ("images", "image", "imgs", "img", "img_dir", "jpegimages", "leftimg8bit")
# Folders that only say what lies in them, so that they tell no two images apart.
_SAID_BY_LAYOUT = frozenset(
    {
        *_OF_IMAGES,
        *("masks", "mask", "labels", "label", "annotations", "ann_dir", "gtfine"),
        *("train", "training", "val", "valid", "validation", "test", "testing"),
    }
)


@dataclass(frozen=True, slots=True)
class Matched:
    """An annotation and the image of the project that it belongs to."""

    source: LabelledImage
    item: str


@dataclass(frozen=True, slots=True)
class Matches:
    """What came of matching a set with a project.

    Parameters
    ----------
    pairs
        In the order of the set.
    without_image
        Names that mean no image of the project.
    unclear
        Names that mean an image which another name means too, or several images.
    """

    pairs: tuple[Matched, ...]
    without_image: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


def match_images(
    labelled: LabelledSet, project: Project, items: Sequence[str], root: Path
) -> Matches:
    """Find for each annotation its image.

    The picture beside an annotation decides when it is the project's own. Else names
    decide: the path of one, without suffix and without folders like `images`, must be
    the end of the path of the other, and only one image may fit. Labels that lie in the
    project's folder are named from there where that says more.

    Parameters
    ----------
    root
        Folder from which the annotations are named.
    """
    inside = project.item_of(root) or ""
    known = frozenset(items)
    by_stem: dict[str, list[str]] = defaultdict(list)
    for item in items:
        by_stem[_key(_stem(item))[-1]].append(item)
    found: dict[str, list[LabelledImage]] = defaultdict(list)
    without, unclear = [], []
    for source in labelled.items:
        fitting = _fitting(source, project, known, by_stem)
        if len(fitting) > 1 and inside:
            there = f"{inside}/{source.name}"
            fitting = _named(there, by_stem) or fitting
        if len(fitting) == 1:
            found[fitting[0]].append(source)
        elif fitting:
            unclear.append(source.name)
        else:
            without.append(source.name)
    owner = {
        source.name: item
        for item, sources in found.items()
        for source in _owners(item, sources, project)
    }
    pairs = [
        Matched(source, owner[source.name])
        for source in labelled.items
        if source.name in owner
    ]
    taken = {source.name for sources in found.values() for source in sources}
    unclear += sorted(taken - set(owner))
    return Matches(tuple(pairs), tuple(without), tuple(unclear))


def names_without_layout(items: Sequence[str]) -> tuple[str, ...]:
    """Return names for images, without suffix and without folders like `images`.

    Such a folder stays where two images would have one name without it.
    """
    short = []
    for item in items:
        *folders, name = PurePosixPath(_stem(item)).parts
        kept = [part for part in folders if part.casefold() not in _OF_IMAGES]
        short.append("/".join((*kept, name)))
    if len({name.casefold() for name in short}) == len(short):
        return tuple(short)
    return tuple(_stem(item) for item in items)


def _fitting(
    source: LabelledImage,
    project: Project,
    known: frozenset[str],
    by_stem: Mapping[str, list[str]],
) -> list[str]:
    own = project.item_of(source.image) if source.image is not None else None
    if own in known and own is not None:
        return [own]
    return _named(source.name, by_stem)


def _named(name: str, by_stem: Mapping[str, list[str]]) -> list[str]:
    """Return the images that a name can mean."""
    key = _key(name)
    near = {item: _key(_stem(item)) for item in by_stem.get(key[-1], ())}
    same = [item for item, other in near.items() if other == key]
    return same or [item for item, other in near.items() if _is_end(other, key)]


def _owners(
    item: str, sources: list[LabelledImage], project: Project
) -> list[LabelledImage]:
    """Return the one that an image belongs to; none when that is unclear."""
    if len(sources) == 1:
        return sources
    path, key = project.image_path(item), _key(_stem(item))
    beside = [one for one in sources if one.image == path]
    same = beside or [one for one in sources if _key(one.name) == key]
    return same if len(same) == 1 else []


def _stem(item: str) -> str:
    path = PurePosixPath(item)
    return str(path.with_name(path.stem))


def _key(name: str) -> tuple[str, ...]:
    parts = PurePosixPath(name.casefold()).parts
    kept = [part for part in parts[:-1] if part not in _SAID_BY_LAYOUT]
    return (*kept, parts[-1])


def _is_end(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    length = min(len(one), len(other))
    return one[-length:] == other[-length:]
