"""Which files a data set has, and how they belong together; no pixels are read.

Unlike a training, which refuses at the first thing that is wrong, the survey goes on
and notes it.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.imaging import IMAGE_SUFFIXES as ANY_IMAGE
from segdesk.core.imaging import is_junk_path
from segdesk.core.language import tr
from segdesk.core.project import COURSE_LAYOUT, PROJECT_FILE, Layout, Project
from segdesk.core.splits import SPLIT_NAMES
from segdesk.formats.class_table import find_class_table
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.mmseg_classes import read_classes
from segdesk.formats.mmseg_dataset import CLASSES_FILE, IMAGE_SUFFIXES
from segdesk.formats.pairing import Pair, find_pairs
from segdesk.formats.project_file import read_project
from segdesk.formats.project_store import list_items, refreshed
from segdesk.formats.training_set import ANNOTATED

Kind = Literal["layout", "project", "folders"]
_LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db"})
_LITTER_FOLDERS = frozenset({"__macosx", ".ipynb_checkpoints"})
BACKUP_NAME = "doctor-backup-"


@dataclass(frozen=True, slots=True)
class SurveyedPair:
    """An image and its mask, and the split that they are in; "": none."""

    image: Path
    mask: Path
    split: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """The files of a data set.

    Parameters
    ----------
    root
        Absolute path of its folder.
    kind
        The training layout, a project, or any folders of images and masks.
    classes
        The classes; None where nothing names them.
    classes_problem
        Why a `classes.json` that is there cannot be used.
    without_mask, without_image
        Files that lack their counterpart.
    clashes
        Images of one name but for the suffix, which would share a mask.
    unread
        Pictures of kinds that a training does not read.
    junk
        Litter of systems and archives.
    empty
        Splits that a training needs and that hold no pair.
    """

    root: Path
    kind: Kind
    classes: ClassList | None = None
    classes_problem: str = ""
    pairs: tuple[SurveyedPair, ...] = ()
    without_mask: tuple[Path, ...] = ()
    without_image: tuple[Path, ...] = ()
    clashes: tuple[tuple[Path, ...], ...] = ()
    unread: tuple[Path, ...] = ()
    junk: tuple[Path, ...] = ()
    empty: tuple[str, ...] = ()

    @property
    def table_file(self) -> Path:
        """The file that names the classes, or would."""
        name = PROJECT_FILE if self.kind == "project" else CLASSES_FILE
        return self.root / name


def survey(folder: Path) -> Survey:
    """List the files of a data set.

    Raises
    ------
    InputError
        The folder is missing, its project file is damaged, or it holds no masks.
    """
    root = folder.absolute()
    if not root.is_dir():
        raise InputError(
            tr("The data were not checked."),
            cause=tr("{folder} is not a folder.", folder=root),
            hint=tr("Name a folder of images and masks, or a project."),
        )
    junk = tuple(sorted(_junk_below(root)))
    if (root / PROJECT_FILE).is_file():
        return _of_project(read_project(root), junk)
    if all((root / name).is_dir() for name in ("img_dir", "ann_dir")):
        return _of_layout(root, junk)
    project = read_project(root)
    if project.classes is not None and project.layout != Layout():
        return _of_project(project, junk)
    return _of_folders(root, junk)


def _of_project(project: Project, junk: tuple[Path, ...]) -> Survey:
    listed = list_items(project)
    project = refreshed(project, listed)
    pairs, gone = [], []
    clashes: dict[str, list[Path]] = {}
    for item, image in zip(listed.items, listed.paths, strict=True):
        facts = project.facts(item)
        if item in listed.shared:
            clashes.setdefault(project.layout.annotation_of(item), []).append(image)
        if facts.status not in ANNOTATED:
            continue
        mask = project.annotation_path(item)
        if mask.is_file():
            pairs.append(SurveyedPair(image, mask, facts.split))
        else:
            gone.append(image)
    return Survey(
        project.root,
        "project",
        project.classes,
        pairs=tuple(pairs),
        without_mask=tuple(gone),
        without_image=_orphans(project, listed.items),
        clashes=tuple(tuple(group) for group in clashes.values()),
        junk=junk,
        empty=_empty(pair.split for pair in pairs),
    )


def _orphans(project: Project, items: Iterable[str]) -> tuple[Path, ...]:
    """Return the masks of a project that belong to none of its images."""
    known = {project.layout.annotation_of(item) for item in items}
    end = project.layout.annotation_suffix
    found = []
    for path in _files_below(project.annotation_folder):
        if path.name.endswith(end) and not is_junk_path(path):
            name = path.relative_to(project.root).as_posix()
            if name not in known:
                found.append(path)
    return tuple(sorted(found))


def _of_layout(root: Path, junk: tuple[Path, ...]) -> Survey:
    classes, problem = _classes_of(root)
    gathered = _Gathered([], [], [], [], [])
    folders = {
        path.name
        for side in (COURSE_LAYOUT.images, COURSE_LAYOUT.annotations)
        for path in (root / side).iterdir()
        if path.is_dir() and not is_junk_path(path) and not path.name.startswith(".")
    }
    order = [*SPLIT_NAMES, *sorted(folders - set(SPLIT_NAMES))]
    for split in (name for name in order if name in folders):
        gathered.add(root, split)
    if not gathered.pairs:  # all lie in one place, not divided
        gathered = _Gathered([], [], [], [], [])
        gathered.add(root, "")
    return Survey(
        root,
        "layout",
        classes,
        problem,
        pairs=tuple(gathered.pairs),
        without_mask=tuple(gathered.without_mask),
        without_image=tuple(gathered.without_image),
        clashes=tuple(gathered.clashes),
        unread=tuple(gathered.unread),
        junk=junk,
        empty=_empty(pair.split for pair in gathered.pairs),
    )


@dataclass(slots=True)
class _Gathered:
    """What the splits of the training layout hold together."""

    pairs: list[SurveyedPair]
    without_mask: list[Path]
    without_image: list[Path]
    clashes: list[tuple[Path, ...]]
    unread: list[Path]

    def add(self, root: Path, split: str) -> None:
        """Pair the files of one split."""
        images: dict[str, list[Path]] = {}
        masks: dict[str, list[Path]] = {}
        for side, found in ((COURSE_LAYOUT.images, images), ("ann_dir", masks)):
            folder = root / side / split
            for path in sorted(_files_below(folder)):
                if path.suffix.lower() not in ANY_IMAGE or _is_hidden(path, folder):
                    continue
                if side != "ann_dir" and path.suffix.lower() not in IMAGE_SUFFIXES:
                    self.unread.append(path)
                    continue
                stem = path.relative_to(folder).with_suffix("").as_posix()
                found.setdefault(stem, []).append(path)
        for stem, paths in images.items():
            if len(paths) > 1:
                self.clashes.append(tuple(paths))
            mask = _best_mask(masks.pop(stem, []))
            if mask is None:
                self.without_mask += paths
            else:
                self.pairs += [SurveyedPair(path, mask, split) for path in paths]
        self.without_image += [path for paths in masks.values() for path in paths]


def _best_mask(paths: list[Path]) -> Path | None:
    """Return the PNG among the masks of one image, or whatever there is."""
    return min(paths, key=lambda path: path.suffix.lower() != ".png", default=None)


def _of_folders(root: Path, junk: tuple[Path, ...]) -> Survey:
    tree = FolderTree.of(root)
    pairs, lonely = [], []
    used = set()
    for one in _found_pairs(tree):
        if one.image is None:
            lonely.append(tree.path(one.mask))
            continue
        used.add(one.image)
        image = tree.path(one.image)
        pairs.append(SurveyedPair(image, tree.path(one.mask), one.split))
    folders = {PurePosixPath(one).parent for one in used}
    alone = [
        tree.path(one)
        for one in tree.images
        if one.parent in folders and one not in used
    ]
    classes, problem = _classes_of(root)
    return Survey(
        root,
        "folders",
        classes,
        "" if classes else problem,
        pairs=tuple(pairs),
        without_mask=tuple(alone),
        without_image=tuple(lonely),
        junk=junk,
    )


def _found_pairs(tree: FolderTree) -> Iterable[Pair]:
    try:
        return find_pairs(tree).pairs
    except InputError as error:
        raise InputError(
            tr("The data were not checked."),
            cause=error.cause,
            hint=tr(
                "Where the labels are those of another program, or there are several "
                "kinds, write a training set first: segdesk convert DIR --to mmseg "
                "--out DIR."
            ),
        ) from error


def _classes_of(root: Path) -> tuple[ClassList | None, str]:
    """Return the classes of `classes.json`, or why it cannot be used."""
    if not (root / CLASSES_FILE).is_file():
        with suppress(InputError):
            table = find_class_table(FolderTree.of(root), None)
            return (table.class_list() if table else None), ""
        return None, ""
    try:
        return read_classes(root / CLASSES_FILE), ""
    except InputError as error:
        with suppress(InputError):
            table = find_class_table(FolderTree.of(root), root / CLASSES_FILE)
            if table is not None:
                return table.class_list(), error.cause
        return None, error.cause


def _empty(splits: Iterable[str]) -> tuple[str, ...]:
    there = set(splits)
    return tuple(name for name in ("train", "val") if name not in there)


def _files_below(folder: Path) -> Iterable[Path]:
    for place, _, names in os.walk(folder):
        for name in names:
            yield Path(place, name)


def _is_hidden(path: Path, folder: Path) -> bool:
    inside = path.relative_to(folder)
    return is_junk_path(inside) or any(part.startswith(".") for part in inside.parts)


def _junk_below(root: Path) -> Iterable[Path]:
    for place, folders, names in os.walk(root):
        inside = any(
            part.lower() in _LITTER_FOLDERS
            for part in Path(place).relative_to(root).parts
        )
        folders[:] = [one for one in folders if not one.startswith(BACKUP_NAME)]
        for name in names:
            if inside or name.startswith("._") or name.lower() in _LITTER:
                yield Path(place, name)
