"""Changes of the classes of a project, in the order in which they were made."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.signal import Signal
from segdesk.core.class_remap import ClassRemap
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.history import History
from segdesk.core.language import plural, tr
from segdesk.core.project import Project

_MOST_REMAPS = 8  # each has copies of annotations on disk

Histories = dict[Path, tuple[History, str]]  # with the digest of the file


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a change that rewrote annotations needs to be taken back.

    Parameters
    ----------
    before
        The project just before it.
    backup
        Folder with copies of the files.
    histories
        Steps of the annotations just before it.
    """

    remap: ClassRemap
    before: Project
    backup: Path
    histories: Histories


@dataclass(frozen=True, slots=True)
class ClassStep:
    """One change of the classes, as the history shows it.

    Parameters
    ----------
    title
        A verb: "Rename class".
    detail
        Which class: "road to street".
    icon
        Name in the Phosphor set, without prefix.
    before, after
        The classes; None: there were none.
    rewritten
        None: no annotation was rewritten.
    time
        Seconds since the epoch.
    """

    title: str
    detail: str
    icon: str
    before: ClassList | None
    after: ClassList | None
    rewritten: Rewritten | None = None
    time: float = field(default_factory=time.time)

    @property
    def words(self) -> str:
        """What was done, in one line."""
        return (
            tr("{title}: {detail}", title=self.title, detail=self.detail)
            if self.detail
            else self.title
        )


class ClassHistory:
    """The changes of the classes in this sitting, and how many are in force.

    Attributes
    ----------
    changed
        Fires when there are others, or others are in force.
    """

    def __init__(self, shelf: ProjectShelf) -> None:
        self.changed: Signal[()] = Signal()
        self._shelf = shelf
        self._steps: tuple[ClassStep, ...] = ()
        self._position = 0
        self._returned_at = 0.0
        shelf.opened.connect(lambda _: self._put((), 0))

    @property
    def steps(self) -> tuple[ClassStep, ...]:
        """All changes, oldest first; those from `position` on are taken back."""
        return self._steps

    @property
    def position(self) -> int:
        """Number of changes in force."""
        return self._position

    @property
    def undoable(self) -> ClassStep | None:
        """The change that would be taken back next."""
        return self._steps[self._position - 1] if self._position else None

    @property
    def redoable(self) -> ClassStep | None:
        """The change that would be made once more next."""
        is_last = self._position == len(self._steps)
        return None if is_last else self._steps[self._position]

    @property
    def backups(self) -> tuple[Path, ...]:
        """Folders of the changes in force."""
        steps = self._steps[: self._position]
        return tuple(step.rewritten.backup for step in steps if step.rewritten)

    def record(self, step: ClassStep) -> None:
        """Add a change that was made; what was taken back before is gone."""
        steps = (*self._steps[: self._position], step)
        remaps = [at for at, one in enumerate(steps) if one.rewritten]
        if len(remaps) > _MOST_REMAPS:
            steps = steps[remaps[-_MOST_REMAPS - 1] + 1 :]
        self._put(steps, len(steps))

    def undone(self) -> None:
        """Take note that the last change was taken back."""
        self._returned_at = time.time()
        self._put(self._steps, self._position - 1)

    def redone(self, rewritten: Rewritten | None = None) -> None:
        """Take note that the next change was made once more."""
        at = self._position
        step = replace(self._steps[at], rewritten=rewritten)
        self._put((*self._steps[:at], step, *self._steps[at + 1 :]), at + 1)

    def forget_undone(self, newest: float) -> bool:
        """Drop what was taken back, when something else was done since.

        Parameters
        ----------
        newest
            When the last thing was done.

        Returns
        -------
        forgotten
            Whether there was any.
        """
        if self.redoable is None or newest <= self._returned_at:
            return False
        self._put(self._steps[: self._position], self._position)
        return True

    def refusal(self, why: str) -> InputError:
        """Return what is told when the last change cannot be taken back."""
        step = self.undoable
        return InputError(
            tr("“{step}” was not taken back.", step=step.words if step else ""),
            cause=tr("{words}.", words=why),
            hint=tr("Change the classes in the classes panel."),
        )

    def why_stuck(self, *, redo: bool = False) -> str | None:
        """Return why the classes cannot go back, or on, one change; None: they can."""
        step = self.redoable if redo else self.undoable
        project = self._shelf.project
        if step is None or project is None:
            return tr("No class was changed")
        wanted = step.before if redo else step.after
        if project.classes == wanted:
            return None if redo else self._why_held(project, step)
        return tr("The classes were changed in another way since, as by an import")

    def _why_held(self, project: Project, step: ClassStep) -> str | None:
        before = len(step.before or ())
        if step.rewritten is not None or len(step.after or ()) <= before:
            return None
        held = sum(
            any(before <= index < 255 for index in facts.classes)
            for facts in project.items.values()
        )
        if not held:
            return None
        images = plural(held, "1 image has", "{n:,} images have")
        return tr(
            "{images} pixels of {detail}; delete the class instead",
            images=images,
            detail=step.detail,
        )

    def _put(self, steps: tuple[ClassStep, ...], position: int) -> None:
        if (steps, position) != (self._steps, self._position):
            self._steps, self._position = steps, position
            self.changed.emit()
