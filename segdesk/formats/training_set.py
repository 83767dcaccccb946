"""What a training reads: pairs by split, of the training layout or of a project.

Nothing is copied or moved. Images and masks that lie in several folders, linked ones
among them, are told as groups that share their paths below two roots, which is how
mmseg's `BaseSegDataset` with a list of names wants them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.item_status import ItemStatus
from segdesk.core.language import joined, tr
from segdesk.core.project import COURSE_LAYOUT, PROJECT_FILE, Project
from segdesk.core.splits import SPLIT_NAMES, SeededSplit, plan_split
from segdesk.formats.mmseg_classes import read_classes
from segdesk.formats.mmseg_dataset import CLASSES_FILE, Pair, read_pairs
from segdesk.formats.project_file import read_project
from segdesk.formats.project_store import list_items, refreshed

__all__ = ["Pair", "PairGroup", "TrainingSet", "groups_of", "read_training_set"]

ANNOTATED = frozenset({ItemStatus.DONE, ItemStatus.DRAFT})
_FOR_TRAINING = ("train", "val")
_SEPARATORS = "_-. "
_NAMED_FILES = 3


@dataclass(frozen=True, slots=True)
class PairGroup:
    """Pairs whose files are a root, a shared stem and a suffix.

    Parameters
    ----------
    image_root, mask_root
        Absolute folders.
    image_suffix, mask_suffix
        Ends of the file names, such as ".jpg" or "_labelTrainIds.png".
    stems
        Paths below the roots without these ends, forward slashes.
    """

    image_root: Path
    mask_root: Path
    image_suffix: str
    mask_suffix: str
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Labelled images by split.

    Parameters
    ----------
    root
        Absolute path of the folder.
    classes
        Names and colours by index.
    splits
        Pairs of "train", "val", "test" and whatever else there is; none is empty.
    """

    root: Path
    classes: ClassList
    splits: Mapping[str, tuple[Pair, ...]]

    def groups(self, split: str) -> tuple[PairGroup, ...]:
        """Return the pairs of a split as groups; a split that is missing has none."""
        return groups_of(self.splits.get(split, ()))


def read_training_set(
    folder: Path,
    *,
    statuses: frozenset[ItemStatus] = ANNOTATED,
    needed: Sequence[str] = _FOR_TRAINING,
    fallback_split: SeededSplit | None = None,
) -> TrainingSet:
    """Read the classes and pairs of a folder; the pixels are not read.

    Parameters
    ----------
    folder
        A project (`segdesk.json`), or a folder in the training layout with
        `classes.json`.
    statuses
        Which images of a project take part, by how far their annotation is.
    needed
        Splits that must not be empty.
    fallback_split
        Divides a project's images when not one of them has a split; None: that is
        an error which says how to divide them.

    Raises
    ------
    InputError
        The folder, its classes or annotations are missing, a needed split is empty,
        or the files of the training layout do not pair up.
    """
    root = folder.absolute()
    if not (root / PROJECT_FILE).is_file() and root.is_dir():
        project = read_project(root)
        if project.layout in (COURSE_LAYOUT, Project(root).layout):
            return _read_layout(root, needed)
    else:
        project = read_project(root)
    classes = project.classes
    if classes is None or len(classes) < 2:
        raise _few_classes(root, classes)
    pairs = _annotated(project, statuses)
    return TrainingSet(root, classes, _by_split(root, pairs, needed, fallback_split))


def groups_of(pairs: Sequence[Pair]) -> tuple[PairGroup, ...]:
    """Sort pairs into groups that share their roots and suffixes."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for pair in pairs:
        *key, stem = _parted(pair)
        found.setdefault((key[0], key[1], key[2], key[3]), []).append(stem)
    return tuple(
        PairGroup(Path(images), Path(masks), image_end, mask_end, tuple(stems))
        for (images, masks, image_end, mask_end), stems in found.items()
    )


def _read_layout(root: Path, needed: Sequence[str]) -> TrainingSet:
    """Read the training layout, as strictly as it always was."""
    classes = read_classes(root / CLASSES_FILE)
    more = [
        name
        for name in SPLIT_NAMES
        if name not in needed
        and (root / COURSE_LAYOUT.images / name).is_dir()
        and (root / COURSE_LAYOUT.annotations / name).is_dir()
    ]
    splits = {}
    for name in needed:
        splits[name] = read_pairs(root, name)
    for name in more:
        if any((root / COURSE_LAYOUT.images / name).iterdir()):
            splits[name] = read_pairs(root, name)
    return TrainingSet(root, classes, splits)


def _annotated(
    project: Project, statuses: frozenset[ItemStatus]
) -> list[tuple[str, str, Pair]]:
    """Return (item, split, pair) of a project's images that take part."""
    listed = list_items(project)
    project = refreshed(project, listed)
    found = []
    gone = []
    for item, image in zip(listed.items, listed.paths, strict=True):
        facts = project.facts(item)
        if facts.status in statuses:
            listed.check(item)
            mask = project.annotation_path(item)
            if not mask.is_file():
                gone.append(item)
            found.append((item, facts.split, Pair(image, mask)))
    if gone:
        raise _gone_error(project.root, gone)
    if not found:
        raise InputError(
            tr("{name} cannot be trained on.", name=project.root.name),
            cause=tr(
                "None of its {items:,} images has an annotation that is {wanted}.",
                items=len(listed.items),
                wanted=joined(" or ", sorted(statuses)),
            ),
            hint=tr("Label some images first, or mark reviewed ones as done."),
        )
    return found


def _by_split(
    root: Path,
    found: list[tuple[str, str, Pair]],
    needed: Sequence[str],
    fallback: SeededSplit | None,
) -> dict[str, tuple[Pair, ...]]:
    if not any(split for _, split, _ in found):
        if fallback is None:
            raise InputError(
                tr("{name} cannot be trained on.", name=root.name),
                cause=tr(
                    "Its {found:,} annotated images are not divided into train "
                    "and val.",
                    found=len(found),
                ),
                hint=tr(
                    "Divide them in the files panel with Split, by chance, by folders "
                    "or by lists."
                ),
            )
        drawn = plan_split([item for item, _, _ in found], fallback).split_of
        found = [(item, drawn.get(item, ""), pair) for item, _, pair in found]
    splits: dict[str, list[Pair]] = {}
    for _, split, pair in found:
        if split:
            splits.setdefault(split, []).append(pair)
    if missing := [name for name in needed if name not in splits]:
        have = joined(", ", (f"{name} {len(pairs)}" for name, pairs in splits.items()))
        raise InputError(
            tr("{name} cannot be trained on.", name=root.name),
            cause=tr(
                "No annotated image is in {wanted}; there are {found}.",
                wanted=joined(" or ", missing),
                found=have or tr("none in any split"),
            ),
            hint=tr("Divide the images anew, or label some of that split."),
        )
    order = [*SPLIT_NAMES, *sorted(splits)]
    return {
        name: tuple(splits[name]) for name in dict.fromkeys(order) if name in splits
    }


def _parted(pair: Pair) -> tuple[str, str, str, str, str]:
    """Return image root, mask root, their suffixes and the shared stem."""
    image, mask = pair.image.as_posix(), pair.mask.as_posix()
    image_head, _, image_name = image.rpartition("/")
    mask_head, _, mask_name = mask.rpartition("/")
    stem = _shared_stem(image_name, mask_name)
    ends = image_name[len(stem) :], mask_name[len(stem) :]
    image_parts, mask_parts = image_head.split("/"), mask_head.split("/")
    shared = 0
    most = min(len(image_parts), len(mask_parts)) - 1
    while shared < most and image_parts[-1 - shared] == mask_parts[-1 - shared]:
        shared += 1
    inside = [*image_parts[len(image_parts) - shared :], stem]
    return (
        "/".join(image_parts[: len(image_parts) - shared]) + "/",
        "/".join(mask_parts[: len(mask_parts) - shared]) + "/",
        *ends,
        "/".join(inside),
    )


def _shared_stem(image: str, mask: str) -> str:
    """Return what the names of an image and its mask begin with: a whole word.

    `a.jpg` and `a.png` share `a`, `a_leftImg8bit.png` and `a_gtFine.png` share `a`.
    """
    image_stem, mask_stem = (name.rpartition(".")[0] for name in (image, mask))
    if image_stem == mask_stem:
        return image_stem
    alike = 0
    for one, other in zip(image_stem, mask_stem, strict=False):
        if one != other:
            break
        alike += 1
    shared = image_stem[:alike]
    if shared in (image_stem, mask_stem):
        return shared
    cut = max(shared.rfind(letter) for letter in _SEPARATORS)
    return shared[:cut] if cut > 0 else ""


def _few_classes(root: Path, classes: ClassList | None) -> InputError:
    count = len(classes) if classes else 0
    return InputError(
        tr("{name} cannot be trained on.", name=root.name),
        cause=tr(
            "Its project names {count} classes; a training needs two "
            "or more, background among them.",
            count=count,
        ),
        hint=tr("Name the classes in the classes panel."),
    )


def _gone_error(root: Path, gone: list[str]) -> InputError:
    named = joined(", ", gone[:_NAMED_FILES])
    if len(gone) > _NAMED_FILES:
        named += tr(" and {gone} more", gone=len(gone) - _NAMED_FILES)
    return InputError(
        tr("{name} cannot be trained on.", name=root.name),
        cause=tr(
            "The annotations of {gone:,} images are gone: {named}.",
            gone=len(gone),
            named=named,
        ),
        hint=tr("Put them back, or open the project and label these images again."),
    )
