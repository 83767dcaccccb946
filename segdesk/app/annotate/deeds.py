"""What was done, in one line: steps of the open annotation and changes of classes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.classes.editing import ClassEditing
from segdesk.app.classes.history import ClassHistory, ClassStep
from segdesk.app.classes.remapping import ClassRemapping
from segdesk.app.notices import Notices
from segdesk.app.signal import Signal
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.errors import SegDeskError
from segdesk.core.history import History, Step
from segdesk.core.language import tr

if TYPE_CHECKING:
    from segdesk.app.scribble.book import ScribbleBook

Deed = Step | ClassStep


class Deeds:
    """Undo, redo and going to a step, over both kinds of deeds.

    Steps belong to one image, changes of classes to all of them. Both keep their own
    order, so either can go back without the other; time says which is next.

    Attributes
    ----------
    changed
        Fires when there are other deeds, or others are in force.
    scribbles
        Deeds that are no steps; theirs come first while they are the newest.
    """

    def __init__(
        self,
        annotations: OpenAnnotations,
        annotating: Annotating,
        editing: ClassEditing,
        remapping: ClassRemapping,
        history: ClassHistory,
        notices: Notices,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.scribbles: ScribbleBook | None = None
        self._annotations = annotations
        self._annotating = annotating
        self._editing = editing
        self._remapping = remapping
        self._classes = history
        self._notices = notices
        annotating.history_changed.connect(self._on_history_changed)
        history.changed.connect(self.changed.emit)

    @property
    def steps(self) -> tuple[Deed, ...]:
        """All deeds, oldest first; those from `position` on are taken back."""
        steps, changes = self._steps, self._classes.steps
        if not changes:
            return steps
        image_at, class_at = self._image_at, self._classes.position
        return (
            *_by_time(steps[:image_at], changes[:class_at]),
            *_by_time(steps[image_at:], changes[class_at:]),
        )

    @property
    def position(self) -> int:
        """Number of deeds in force."""
        return self._image_at + self._classes.position

    @property
    def dropped(self) -> int:
        """Number of the oldest steps that there was no room for."""
        history = self._history
        return history.dropped if history else 0

    def undo(self) -> None:
        """Take the last deed back; a change of classes that is held fast is passed."""
        if self.scribbles is not None and self._is_scribble_next():
            self.scribbles.undo()
        elif self._is_class_next():
            self._undo_classes()
        else:
            self._annotating.undo()

    def redo(self) -> None:
        """Do the last deed once more that was taken back."""
        change, step = self._classes.redoable, self._redoable
        if self.scribbles is not None and self.scribbles.redoable is not None:
            self.scribbles.redo()
        elif change is None or (step is not None and step.time < change.time):
            self._annotating.redo()
        else:
            self._redo_classes(lambda: None)

    def why_no_undo(self) -> str | None:
        """Return why nothing can be taken back, or None."""
        if self._remapping.is_busy:
            return tr("Classes are being changed")
        if self._is_scribble_next() or self._is_class_next():
            return None
        if self._undoable is not None:
            return None
        return tr("There is nothing to undo")

    def why_no_redo(self) -> str | None:
        """Return why nothing can be done once more, or None."""
        if self._remapping.is_busy:
            return tr("Classes are being changed")
        if self._redoable is not None:
            return None
        if self.scribbles is not None and self.scribbles.redoable is not None:
            return None
        if self._classes.redoable is None:
            return tr("There is nothing to redo")
        return self._classes.why_stuck(redo=True)

    def why_no_class_undo(self) -> str | None:
        """Return why the last change of classes cannot be taken back, or None."""
        return self._classes.why_stuck()

    def undo_classes(self) -> None:
        """Take the last change of classes back, whatever was done since."""
        self._undo_classes()

    def go_to(self, position: int) -> None:
        """Undo or redo until a number of deeds is in force.

        Changes of classes that rewrite annotations are done one after the other; what
        is held fast ends it, and says why.
        """
        if self._remapping.is_busy:
            return
        wanted = self.steps[:position]
        changes = sum(isinstance(deed, ClassStep) for deed in wanted)
        steps = len(wanted) - changes
        if steps < self._image_at:
            self._annotating.go_to(steps)
        self._go_to_classes(changes, lambda: self._forth(steps))

    def _forth(self, steps: int) -> None:
        if steps > self._image_at:
            self._annotating.go_to(steps)

    def _go_to_classes(self, wanted: int, then: Callable[[], None]) -> None:
        now = self._classes.position
        if wanted == now:
            then()
            return

        def go_on() -> None:
            if self._classes.position != now:
                self._when_open(lambda: self._go_to_classes(wanted, then))

        if wanted < now:
            self._undo_classes(go_on)
        else:
            self._redo_classes(go_on)

    def _when_open(self, then: Callable[[], None]) -> None:
        """Call it when the annotation on screen is read again after a rewriting."""
        if self._annotations.current is None or not self._annotations.is_stale:
            then()
            return

        def look(_: object) -> None:
            if not self._annotations.is_stale:
                stop()
                then()

        stop = self._annotations.opened.connect(look)

    def _undo_classes(self, then: Callable[[], None] = lambda: None) -> None:
        step, why = self._classes.undoable, self._classes.why_stuck()
        try:
            if step is not None and step.rewritten is not None:
                if why is not None:
                    raise self._classes.refusal(why)
                self._remapping.undo(then)
            else:
                self._editing.undo()
                then()
        except SegDeskError as error:
            self._notices.error(error)

    def _redo_classes(self, then: Callable[[], None]) -> None:
        step = self._classes.redoable
        if step is not None and step.rewritten is not None:
            self._remapping.redo(then)
        else:
            self._editing.redo()
            then()

    def _is_class_next(self) -> bool:
        change, step = self._classes.undoable, self._undoable
        if change is None or (step is not None and step.time > change.time):
            return False
        return self._classes.why_stuck() is None

    def _is_scribble_next(self) -> bool:
        """Tell whether a scribble is the newest deed; what is half drawn goes first."""
        deed = None if self.scribbles is None else self.scribbles.undoable
        tool = self._annotating.tool
        if deed is None or (tool is not None and tool.is_open):
            return False
        others = (self._classes.undoable, self._undoable)
        return all(one is None or one.time <= deed.time for one in others)

    @property
    def _history(self) -> History | None:
        document = self._annotating.document
        return document.history if document else None

    @property
    def _steps(self) -> tuple[Step, ...]:
        return self._history.steps if self._history else ()

    @property
    def _image_at(self) -> int:
        return self._history.position if self._history else 0

    @property
    def _undoable(self) -> Step | None:
        return self._history.undoable if self._history else None

    @property
    def _redoable(self) -> Step | None:
        return self._history.redoable if self._history else None

    def _on_history_changed(self) -> None:
        last = self._undoable
        if last is not None and self._classes.forget_undone(last.time):
            self._forget_orphans()
        self.changed.emit()

    def _forget_orphans(self) -> None:
        """Drop undone steps of classes that will not come back."""
        count = len(self._editing.classes or ())
        histories = [one for one, _ in self._annotations.histories.snapshot().values()]
        for history in (*histories, *((self._history,) if self._history else ())):
            undone = history.steps[history.position :]
            indices = {step.class_index for step in undone} - {None, IGNORE_INDEX}
            if any(index is not None and index >= count for index in indices):
                history.forget_undone()


def _by_time(
    steps: tuple[Step, ...], changes: tuple[ClassStep, ...]
) -> tuple[Deed, ...]:
    """Return both in the order of time; each keeps its own order."""
    found: list[Deed] = []
    at = 0
    for change in changes:
        while at < len(steps) and steps[at].time <= change.time:
            found.append(steps[at])
            at += 1
        found.append(change)
    return (*found, *steps[at:])
