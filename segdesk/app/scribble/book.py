"""The scribbles of the image on screen: drawn, erased, taken back, kept on disk."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.desk import Desk
from segdesk.app.ports import ExecutorPort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.signal import Signal
from segdesk.app.tools.ink import Ink, InkPhase
from segdesk.core.classes import ClassList
from segdesk.core.scribbles import Scribble, Scribbles, erased, renumbered, way_rect

if TYPE_CHECKING:
    from segdesk.app.annotate.open_annotation import OpenAnnotation, Place
    from segdesk.core.geometry import Rect
    from segdesk.core.shapes import Point

_MOST_DEEDS = 200


@dataclass(frozen=True, slots=True)
class ScribbleDeed:
    """A scribble that was drawn, or some that were erased or cleared.

    Parameters
    ----------
    time
        Seconds since the epoch.
    """

    before: Scribbles
    after: Scribbles
    time: float = field(default_factory=time.time)


class ScribbleBook:
    """Holds the scribbles of the image on screen, on the window's thread.

    Each deed is written at once, on a worker, beside the annotation: what is killed
    loses the stroke under the pen at most.

    Parameters
    ----------
    executor
        Reads and writes, in order of arrival.

    Attributes
    ----------
    changed
        Fires when a deed is done, taken back or read.
    inked
        Fires with the part of the image where scribbles look different; None: all.
    is_as_read
        They come from an earlier sitting or visit, and nothing was drawn since.
    """

    def __init__(
        self,
        desk: Desk,
        executor: ExecutorPort,
        annotations: OpenAnnotations,
        annotating: Annotating,
        shelf: ProjectShelf,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.inked: Signal[Rect | None] = Signal()
        self._session = desk.session
        self._notices = desk.notices
        self._executor = executor
        self._annotations = annotations
        self._annotating = annotating
        self._shelf = shelf
        self._place: Place | None = None
        self._kept: Scribbles = ()
        self._open: Scribble | None = None
        self._erased_from: Scribbles | None = None
        self._last: Point | None = None
        self._done: list[ScribbleDeed] = []
        self._undone: list[ScribbleDeed] = []
        self.is_as_read = False
        self._names: tuple[str, ...] = ()
        annotations.opened.connect(self._on_opened)
        annotating.inked.connect(self._take)
        desk.session.classes_changed.connect(self._on_classes)

    # ------------------------------------------------------------ what is so

    @property
    def scribbles(self) -> Scribbles:
        """All of them, in the order of their drawing; the open one comes last."""
        return self._kept if self._open is None else (*self._kept, self._open)

    @property
    def is_shown(self) -> bool:
        """Whether they are to be seen: while the tool is in the hand."""
        return self._annotating.choices.tool == "scribble"

    @property
    def is_open(self) -> bool:
        """Whether the pen is down."""
        return self._open is not None or self._erased_from is not None

    @property
    def place(self) -> "Place | None":
        """The image that they are of."""
        return self._place

    @property
    def undoable(self) -> ScribbleDeed | None:
        """What undo takes back; nothing while the tool is not in the hand."""
        return self._done[-1] if self._done and self.is_shown else None

    @property
    def redoable(self) -> ScribbleDeed | None:
        """What redo brings back."""
        return self._undone[-1] if self._undone and self.is_shown else None

    # ------------------------------------------------------------ what to do

    def clear(self) -> None:
        """Take all scribbles of the image away; undo brings them back."""
        if self._kept and self._annotations.may_write():
            self._do(())

    def undo(self) -> None:
        """Take the last deed back."""
        if self._done and self._annotations.may_write():
            deed = self._done.pop()
            self._undone.append(deed)
            self._set(deed.before)

    def redo(self) -> None:
        """Do the last deed once more that was taken back."""
        if self._undone and self._annotations.may_write():
            deed = self._undone.pop()
            self._done.append(deed)
            self._set(deed.after)

    # ------------------------------------------------------------ ink

    def _take(self, ink: Ink) -> None:
        match ink.phase:
            case InkPhase.BEGIN:
                self._begin(ink)
            case InkPhase.ON:
                self._go_on(ink)
            case InkPhase.END:
                self._go_on(ink)
                self._end()
            case InkPhase.DROP:
                self._drop()

    def _begin(self, ink: Ink) -> None:
        self.is_as_read = False
        if ink.class_index is None:
            self._erased_from = self._kept
        else:
            self._open = Scribble(ink.class_index, ink.width, ())
        self._last = None
        self._go_on(ink)

    def _go_on(self, ink: Ink) -> None:
        if not ink.points:
            return
        way = ink.points if self._last is None else (self._last, *ink.points)
        self._last = ink.points[-1]
        part = way_rect(way, ink.width)
        if self._open is not None:
            self._open = self._open.longer(ink.points)
        elif self._erased_from is not None:
            left = erased(self._kept, way, ink.width)
            if left == self._kept:
                return
            self._kept, part_of = left, (one.rect for one in self._kept)
            for rect in part_of:
                part = part.joined(rect) if rect.shared(part).area else part
        self.inked.emit(part)

    def _end(self) -> None:
        if self._open is not None:
            drawn, self._open = self._open, None
            self._do((*self._kept, drawn))
        elif self._erased_from is not None:
            before, self._erased_from = self._erased_from, None
            if before != self._kept:
                left, self._kept = self._kept, before
                self._do(left)

    def _drop(self) -> None:
        if self._erased_from is not None:
            self._kept = self._erased_from
        self._open = self._erased_from = None
        self.inked.emit(None)

    def _do(self, after: Scribbles) -> None:
        self._undone.clear()
        self._done.append(ScribbleDeed(self._kept, after))
        del self._done[:-_MOST_DEEDS]
        self._set(after)

    def _set(self, scribbles: Scribbles) -> None:
        self._kept, self.is_as_read = scribbles, False
        self._write()
        self.inked.emit(None)
        self.changed.emit()

    # ------------------------------------------------------------ files

    def _on_opened(self, annotation: "OpenAnnotation | None") -> None:
        place = annotation.place if annotation else None
        if place == self._place:
            return
        self._place = place
        self._kept, self._open, self._erased_from = (), None, None
        self._done.clear()
        self._undone.clear()
        classes = self._classes
        self._names = classes.names if classes else ()
        self.inked.emit(None)
        self.changed.emit()
        if place is not None and classes is not None:
            self._read(place, classes)

    def _read(self, place: "Place", classes: ClassList) -> None:
        from segdesk.formats.scribble_file import read_scribbles, scribbles_path

        path = scribbles_path(place.path)

        def arrived(found: Scribbles) -> None:
            if place == self._place and found and not self._kept:
                self._kept, self.is_as_read = found, True
                self.inked.emit(None)
                self.changed.emit()

        self._executor.submit(
            lambda: read_scribbles(path, classes), arrived, self._notices.error
        )

    def _write(self) -> None:
        place, classes = self._place, self._classes
        if place is None or classes is None:
            return
        from segdesk.formats.scribble_file import scribbles_path, write_scribbles

        path, kept = scribbles_path(place.path), self._kept
        store = self._shelf.store
        if store is not None and not store.is_project:
            self._shelf.make()
        self._executor.submit(
            lambda: write_scribbles(path, place.image.name, kept, classes),
            lambda _: None,
            self._notices.error,
        )

    @property
    def _classes(self) -> ClassList | None:
        project = self._shelf.project
        return (project.classes if project else None) or self._session.classes

    def _on_classes(self, classes: ClassList | None) -> None:
        """Follow classes that are moved, renamed or deleted."""
        before = self._names
        if classes is None or not self._place or classes.names == before:
            return
        self._names = classes.names
        places = _new_places(before, classes.names)
        if not self._kept or all(old == new for old, new in places.items()):
            return
        self._kept = renumbered(self._kept, places)
        self._done.clear()  # they tell of the old numbers
        self._undone.clear()
        self._write()
        self.inked.emit(None)
        self.changed.emit()


def _new_places(before: tuple[str, ...], now: tuple[str, ...]) -> dict[int, int]:
    """Return where classes are now: by name, and one that is renamed stays."""
    places = {at: now.index(name) for at, name in enumerate(before) if name in now}
    gone = [at for at in range(len(before)) if at not in places]
    if len(before) == len(now) and len(gone) == 1 and before[gone[0]] not in now:
        free = set(range(len(now))) - set(places.values())
        places[gone[0]] = free.pop()
    return places
