"""Taking a change of classes back in all files of a project, on a worker."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from segdesk.app.classes.history import Histories, Rewritten
from segdesk.core.errors import StorageError
from segdesk.core.fact_map import FactMap
from segdesk.core.language import tr
from segdesk.core.project import Project
from segdesk.formats.class_remap_files import begin_return, finish, put_back
from segdesk.formats.class_remap_return import Change, Merged, merge_changed
from segdesk.formats.project_file import encode_project


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What came of it.

    Parameters
    ----------
    project
        As it is now.
    histories
        Steps of the annotations under the indices of before.
    changed
        Files that were changed in a way that could not be followed: left alone.
    """

    project: Project
    histories: Histories
    changed: tuple[Path, ...]


def take_back(
    change: Rewritten,
    project: Project,
    masks: Mapping[Path, str],
    now: Histories,
    looked_at: Callable[[int, int], None],
    kept: Collection[Path] = (),
) -> TakenBack:
    """Bring all annotations back as they were; what was painted since stays. Slow.

    Parameters
    ----------
    masks
        Items by the PNG of their annotation, as far as there may be one.
    now
        Steps of the annotations now.
    looked_at
        Takes the number of annotations that are done and their total; when it raises,
        nothing has changed.
    kept
        Backups of older changes that are wanted still.

    Raises
    ------
    StorageError
        When the backup is gone; nothing has changed then. When a disk does not take
        it; the rest is put back at the next start.
    """
    if not change.backup.is_dir():
        raise StorageError(
            tr("The change of classes was not taken back."),
            cause=tr(
                "Its copies of the annotations, in {backup}, are gone.",
                backup=change.backup,
            ),
            hint=tr("Restore them, or change the classes in the classes panel."),
        )
    before = change.before
    back = change.remap.inverse(before.classes or change.remap.classes, before.locked)
    what = Change(change.remap, back, change.histories, now)
    finish(change.backup, kept)
    there = [mask for mask in masks if mask.is_file()]
    merged = merge_changed(change.backup, there, what, looked_at)
    present = {masks[mask]: one.present for mask, one in merged.items()}
    restored = _restored(project, before, present)
    begin_return(change.backup, encode_project(restored))
    found = put_back(change.backup)
    histories = _histories(change.histories, merged, now, found.changed)
    return TakenBack(restored, histories, found.changed)


def _restored(
    project: Project, before: Project, present: Mapping[str, tuple[int, ...]]
) -> Project:
    items = {
        item: replace(facts, classes=present.get(item, before.facts(item).classes))
        for item, facts in project.items.items()
    }
    project = project.with_classes(before.classes, before.locked)
    return replace(project, items=FactMap(items))


def _histories(
    then: Histories,
    merged: Mapping[Path, Merged],
    now: Histories,
    left_alone: tuple[Path, ...],
) -> Histories:
    found = {path: kept for path, kept in now.items() if path not in then}
    found |= {path: kept for path, kept in then.items() if path not in left_alone}
    for path, one in merged.items():
        found.pop(path, None)
        if one.history is not None:
            found[path] = one.history
    return found
