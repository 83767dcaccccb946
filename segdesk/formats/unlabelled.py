"""The images of a project that nobody has labelled."""

from pathlib import Path

from segdesk.core.item_status import ItemStatus
from segdesk.formats.project_file import read_project
from segdesk.formats.project_store import list_items, refreshed


def unlabelled_images(root: Path) -> tuple[tuple[Path, str], ...]:
    """Return each image without an annotation, and its name without suffix.

    Images that are kept for measuring (of the splits val and test) are left out. Slow
    for large folders: call it on a worker.

    Raises
    ------
    InputError
        The folder is no project.
    ImageReadError
        It cannot be listed.
    """
    project = read_project(root)
    listed = list_items(project)
    project = refreshed(project, listed)
    found = []
    for item, path in zip(listed.items, listed.paths, strict=True):
        facts = project.facts(item)
        if facts.status is ItemStatus.UNLABELLED and facts.split in {"", "train"}:
            found.append((path, str(Path(item).with_suffix("").as_posix())))
    return tuple(found)
