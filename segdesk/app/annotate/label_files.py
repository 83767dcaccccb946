"""Telling labels from images by their names. Slow: call it on a worker."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from segdesk.core.errors import InputError
from segdesk.core.imaging import find_images
from segdesk.core.project import Project
from segdesk.formats.folder_tree import FolderTree

_HALF = 0.5


def are_labels(folder: Path, project: Project, items: Sequence[str]) -> bool:
    """Tell whether a folder holds labels of a project's images, rather than images.

    It does when it has label files and no images, or when its images are others than
    the project's and at least half of them have their names.
    """
    try:
        tree = FolderTree.of(folder)
    except InputError:  # told when it is opened
        return False
    if not tree.images:
        return bool(tree.ending(".json", ".xml", ".txt"))
    own = {project.image_path(item) for item in items}
    if any(tree.path(image) in own for image in tree.images):
        return False
    stems = {PurePosixPath(item).stem for item in items}
    known = sum(_has_stem(image.stem, stems) for image in tree.images)
    return known >= _HALF * len(tree.images)


def has_images(folder: Path) -> bool:
    """Tell whether images lie in a folder itself."""
    try:
        return bool(find_images(folder, recursive=False))
    except InputError:
        return False


def _has_stem(stem: str, stems: set[str]) -> bool:
    """Tell whether a name is that of an image, with something behind it or not."""
    while stem not in stems:
        stem, mark, _ = stem.rpartition("_")
        if not mark:
            return False
    return True
