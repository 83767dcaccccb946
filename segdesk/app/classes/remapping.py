"""Reordering, merging and deleting classes across all annotations, as one job."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.classes.history import (
    ClassHistory,
    ClassStep,
    Histories,
    Rewritten,
)
from segdesk.app.classes.remap_notices import left_out, not_taken_back
from segdesk.app.classes.taking_back import TakenBack, take_back
from segdesk.app.desk import Desk
from segdesk.app.ports import EnginePort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.view_state import ViewState
from segdesk.core.class_remap import (
    ClassRemap,
    deleted,
    merged,
    recoloured,
    reordered,
)
from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.geometry import Size
from segdesk.core.history_remap import StepRemap
from segdesk.core.imaging import read_size
from segdesk.core.language import tr
from segdesk.core.project import Project
from segdesk.formats.class_remap_files import (
    backups_dir,
    finish,
    is_half_changed,
    put_back,
    remap_annotations,
)
from segdesk.formats.file_mark import mark_of
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, Failed, Progress, Report

_ICON = "swap"
T = TypeVar("T")


def _nothing() -> None:
    """Go on with nothing."""


@dataclass(frozen=True, slots=True)
class _Remapped:
    """What came of a change."""

    left_out: tuple[Path, ...]
    histories: Histories
    project: Project


class ClassRemapping:
    """Gives classes other indices, in all annotations of the project or in none.

    While it works no annotation is open. It can be cancelled, which puts everything
    back, and undone afterwards.

    Parameters
    ----------
    engine
        Gives the job a thread of its own.
    """

    def __init__(
        self,
        desk: Desk,
        engine: EnginePort,
        annotations: OpenAnnotations,
        autosave: Autosave,
        shelf: ProjectShelf,
        history: ClassHistory,
    ) -> None:
        self._session = desk.session
        self._notices = desk.notices
        self._jobs = desk.jobs
        self._engine = engine
        self._annotations = annotations
        self._autosave = autosave
        self._shelf = shelf
        self._history = history
        self._finishing = Lock()
        self._turn = 0
        self._cancel = _nothing
        self.is_busy = False
        shelf.opened.connect(self._on_opened)

    def reorder(self, order: tuple[int, ...]) -> None:
        """Put the classes into another order: old indices in their new order."""
        project = self._shelf.project
        if project and project.classes:
            self._run(reordered(project.classes, project.locked, order))

    def merge(self, index: int, into: int) -> None:
        """Give the pixels of one class to another and drop the first."""
        project = self._shelf.project
        if project and project.classes and index != into:
            self._run(merged(project.classes, project.locked, index, into))

    def delete(self, index: int, into: int | None = None) -> None:
        """Drop a class.

        Parameters
        ----------
        into
            What its pixels become, 255 too; None: background, or 255 without one.

        Raises
        ------
        InputError
            When it is the only class.
        """
        project = self._shelf.project
        if project and project.classes:
            self._run(deleted(project.classes, project.locked, index, into))

    def write_colours(self) -> None:
        """Bring the colours of the classes into the palettes of all annotations.

        Indices say what a label is; palettes are what other programs show.
        """
        project = self._shelf.project
        if project and project.classes:
            self._run(recoloured(project.classes, project.locked))

    def undo(self, then: Callable[[], None] = _nothing) -> None:
        """Take the last change back, in all annotations.

        What was painted since stays, under the indices of before.

        Parameters
        ----------
        then
            Called when it is done.
        """
        step = self._history.undoable
        if step is None or step.rewritten is None or self._history.why_stuck():
            return
        change = step.rewritten
        if self._may_begin():
            self._after_saving(lambda: self._put_back(step.words, change, then))

    def redo(self, then: Callable[[], None] = _nothing) -> None:
        """Make the change once more that was taken back last.

        Parameters
        ----------
        then
            Called when it is done.
        """
        step = self._history.redoable
        if step is None or step.rewritten is None or self._history.why_stuck(redo=True):
            return
        remap = step.rewritten.remap
        if self._may_begin():
            self._after_saving(lambda: self._start(remap, then))

    def _run(self, remap: ClassRemap) -> None:
        if self._may_begin():
            self._after_saving(lambda: self._start(remap))

    def _may_begin(self) -> bool:
        if self.is_busy or not self._annotations.may_write():
            return False
        self._begin()
        return True

    def _begin(self) -> None:
        self.is_busy = True
        self._annotations.pause()
        self._autosave.flush_all()

    def _on_opened(self, project: Project | None) -> None:
        """Give up what is under way: its project is closed."""
        if self.is_busy and project is None:
            self._turn += 1
            self._cancel()
        elif self.is_busy:
            self._end()

    def _after_saving(self, go: Callable[[], None]) -> None:
        """Go on when every annotation is on disk."""
        turn = self._turn
        self._autosave.once_saved(go, lambda: turn == self._turn)

    def _start(self, remap: ClassRemap, then: Callable[[], None] | None = None) -> None:
        project = self._shelf.project
        if project is None:
            self._end()
            return
        items = self._shelf.items
        backup = backups_dir() / f"{time.time_ns()}"
        histories = self._annotations.histories.snapshot()

        def work(context: JobContext) -> _Remapped:
            masks = (project.annotation_path(item) for item in items)
            there = [mask for mask in masks if mask.is_file()]
            looked_at = _reporter(context)
            failed = remap_annotations(project.root, there, remap, backup, looked_at)
            try:
                steps = _remapped(histories, set(there).difference(failed), remap)
                changed = project.with_classes(remap.classes, remap.locked)
                changed = changed.with_mapped(dict(enumerate(remap.new_of)))
                context.check()
            except BaseException:
                put_back(backup)
                raise
            return _Remapped(failed, steps, changed)

        def done(result: _Remapped) -> None:
            self._note(Rewritten(remap, project, backup, histories), then is not None)
            self._annotations.histories.replace_all(result.histories)
            self._annotations.show_remapped(remap.table)
            view = self._session.view
            self._shelf.set_project(result.project)
            self._shelf.items_changed.emit(frozenset(result.project.items))
            self._look_as(view, project.classes, remap.classes, remap.new_of)
            self._shelf.settle(lambda: self._finish(backup))
            if result.left_out:
                self._notices.post(left_out(result.left_out))
            self._end()
            self._notices.toast(
                tr("{title}: done.", title=remap.title),
                lambda: self._undo_if_last(backup),
            )
            (then or _nothing)()

        self._work(remap.title, work, done)

    def _undo_if_last(self, backup: Path) -> None:
        step = self._history.undoable
        if step and step.rewritten and step.rewritten.backup == backup:
            self.undo()

    def _note(self, made: Rewritten, is_again: bool) -> None:
        if is_again:
            self._history.redone(made)
            return
        remap = made.remap
        icon = "palette" if remap.colours_all else _ICON
        step = ClassStep(
            remap.title, "", icon, made.before.classes, remap.classes, made
        )
        self._history.record(step)

    def _finish(self, backup: Path) -> None:
        """Keep a backup for undo, and drop those before; on a worker."""
        kept = self._history.backups

        def work(_: JobContext) -> None:
            with self._finishing:
                finish(backup, kept)

        def failed(terminal: Failed | Cancelled) -> None:
            if isinstance(terminal, Failed):
                self._notices.error(terminal)

        self._engine.start_work(work, lambda _: None, lambda _: None, failed)

    def _put_back(
        self, title: str, change: Rewritten, then: Callable[[], None]
    ) -> None:
        project = self._shelf.project
        if project is None:
            self._end()
            return
        items = self._shelf.items
        now = self._annotations.histories.snapshot()
        kept = self._history.backups

        def work(context: JobContext) -> TakenBack:
            with self._finishing:
                looked_at = _reporter(context)
                masks = {project.annotation_path(item): item for item in items}
                return take_back(change, project, masks, now, looked_at, kept)

        def done(found: TakenBack) -> None:
            self._history.undone()
            self._annotations.histories.replace_all(found.histories)
            self._annotations.show_remapped(np.array(change.remap.old_of, np.uint8))
            view, classes = self._session.view, project.classes
            self._shelf.set_project(found.project)
            self._shelf.items_changed.emit(frozenset(found.project.items))
            if change.before.classes is not None:
                self._look_as(view, classes, change.before.classes)
            if found.changed:
                self._notices.post(not_taken_back(found.changed))
            self._end()
            self._notices.toast(tr("{title}: taken back.", title=title))
            then()

        turn = self._turn

        def begin() -> None:
            if turn == self._turn:
                self._work(tr("Undo: {title}", title=title), work, done)

        # A backup that is not finished yet would bring the project file back too.
        self._shelf.settle(begin)

    def _look_as(
        self,
        view: ViewState,
        before: ClassList | None,
        after: ClassList,
        new_of: tuple[int, ...] = (),
    ) -> None:
        """Select, hide and show alone the same classes as before, by name."""
        names = before.names if before else ()
        at = {name: index for index, name in enumerate(after.names)}
        moved = {old: at[name] for old, name in enumerate(names) if name in at}
        moved[IGNORE_INDEX] = IGNORE_INDEX
        selected, solo = view.selected_class, view.solo
        hidden = frozenset(moved[old] for old in view.hidden if old in moved)
        self._session.update_view(
            hidden=hidden, solo=None if solo is None else moved.get(solo)
        )
        if selected is not None and (selected in moved or new_of):
            target = moved[selected] if selected in moved else new_of[selected]
            self._session.update_view(selected_class=target)

    def _work(
        self, title: str, work: Callable[[JobContext], T], done: Callable[[T], None]
    ) -> None:
        stops: list[Callable[[], None]] = []

        def cancel() -> None:
            for stop in stops:
                stop()

        job = self._jobs.open(title, _ICON, cancel)
        turn, self._cancel = self._turn, cancel

        def report(event: Report) -> None:
            self._jobs.report(job, event)

        def succeeded(result: T) -> None:
            self._jobs.finish(job)
            if turn == self._turn:
                done(result)

        def ended(terminal: Failed | Cancelled) -> None:
            self._jobs.close(job, terminal)
            if isinstance(terminal, Failed):
                self._notices.error(terminal)
            if turn == self._turn:
                self._end_failed(terminal)

        stops.append(self._engine.start_work(work, report, succeeded, ended))

    def _end_failed(self, terminal: Failed | Cancelled) -> None:
        """Go on as before; what could not be put back closes the project to writing."""
        project = self._shelf.project
        if isinstance(terminal, Failed) and project and is_half_changed(project.root):
            self._shelf.reopen(project.root)
        else:
            self._end()

    def _end(self) -> None:
        self.is_busy, self._cancel = False, _nothing
        self._annotations.resume()


def _remapped(histories: Histories, changed: set[Path], remap: ClassRemap) -> Histories:
    """Return histories of changed files under other indices; runs in a job."""
    found: Histories = {}
    for path, (history, _) in histories.items():
        mark = mark_of(path) if path in changed else None
        if mark is not None:
            change = StepRemap(remap, Size(*read_size(path)))
            found[path] = history.mapped(change), mark.digest
    return found


def _reporter(context: JobContext) -> Callable[[int, int], None]:
    def looked_at(done: int, total: int) -> None:
        context.check()
        context.report(Progress(done, total, "annotations"))

    return looked_at
