"""The annotation of one image: a label map, shapes, where they come from, history."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.edits import RasterEdit
from segdesk.core.geometry import Rect, Size
from segdesk.core.history import History, ShapeEdit, Source, SourceKind, Step
from segdesk.core.shape_index import ShapeIndex
from segdesk.core.shapes import Shape
from segdesk.core.tiles import size_of


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who made an annotation.

    Parameters
    ----------
    changed_px
        (source, pixels it changed), each source once; pixels changed twice count twice.
    """

    changed_px: tuple[tuple[Source, int], ...] = ()

    def plus(self, source: Source, pixels: int) -> "Provenance":
        """Return it with more pixels of a source, or with fewer."""
        counts = dict(self.changed_px)
        counts[source] = max(0, counts.get(source, 0) + pixels)
        return Provenance(tuple(item for item in sorted(counts.items()) if item[1]))

    @property
    def kinds(self) -> frozenset[SourceKind]:
        """Who took part; both hand and model: mixed."""
        return frozenset(source.kind for source, _ in self.changed_px)

    @property
    def models(self) -> tuple[str, ...]:
        """Ids of the models whose proposals were accepted."""
        return tuple(
            source.name
            for source, _ in self.changed_px
            if source.kind is SourceKind.MODEL
        )

    def share(self, kind: SourceKind) -> float:
        """Return the part, 0-1, of all changes that a kind of source made."""
        total = sum(pixels for _, pixels in self.changed_px)
        part = sum(pixels for source, pixels in self.changed_px if source.kind is kind)
        return part / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit, an undo or a redo did to a document.

    Parameters
    ----------
    dirty
        Parts of the label map to paint again.
    shapes_changed
        The list of shapes is another one.
    steps
        The steps that were done or undone, in that order.
    """

    dirty: tuple[Rect, ...] = ()
    shapes_changed: bool = False
    steps: tuple[Step, ...] = ()

    def then(self, other: "Change") -> "Change":
        """Return two changes as one."""
        return Change(
            self.dirty + other.dirty,
            self.shapes_changed or other.shapes_changed,
            self.steps + other.steps,
        )


Road = tuple[tuple[Step, bool], ...]
"""Steps in the order in which they are done (False) or undone (True)."""


class AnnotationDocument:
    """The annotation of one image. One writer: the thread that shows it.

    The raster is the truth: every pixel has exactly one class, or 255. Shapes are
    notes on how some of it was drawn, and stay editable.

    Parameters
    ----------
    labels
        (H, W), C-contiguous and writable; the document owns it from now on.
    unlabelled
        Value of pixels nobody has labelled: the background where there is one, or 255.
        Erasing paints it.
    shapes
        In the order in which they are painted.
    history
        Steps of before; None: none yet.

    Attributes
    ----------
    labels
        (H, W); tools paint into it and then `record` what they did.
    revision
        Grows with every change, back and forth; saved is what was written at the same
        revision.
    """

    def __init__(
        self,
        labels: NDArray[np.uint8],
        unlabelled: int = IGNORE_INDEX,
        shapes: tuple[Shape, ...] = (),
        provenance: Provenance | None = None,
        history: History | None = None,
    ) -> None:
        if labels.ndim != 2 or labels.dtype != np.uint8:
            msg = f"labels must be (H, W) uint8, not {labels.shape} {labels.dtype}"
            raise ValueError(msg)
        if not (labels.flags.c_contiguous and labels.flags.writeable):
            labels = np.array(labels, order="C")
        self.labels = labels
        self.unlabelled = unlabelled
        self.shapes = shapes
        self.provenance = provenance or Provenance()
        self.history = History() if history is None else history
        self.revision = 0
        self._index = ShapeIndex(())

    @classmethod
    def fresh(cls, size: Size, background: int | None) -> "AnnotationDocument":
        """Return an annotation in which nothing is labelled yet.

        Slow where the image is large: call it on a worker. Every page of memory is
        written once, or the first stroke would wait for them.

        Parameters
        ----------
        size
            Of the image.
        background
            Index of the background class; None or 255: the pixels are 255.
        """
        value = IGNORE_INDEX if background is None else background
        labels = np.full((size.height, size.width), value, np.uint8)
        return cls(labels, unlabelled=value)

    @property
    def size(self) -> Size:
        """Width and height of the image."""
        return size_of(self.labels)

    @property
    def index(self) -> ShapeIndex:
        """Where the shapes are."""
        if self._index.shapes is not self.shapes:
            self._index = ShapeIndex(self.shapes, self._index)
        return self._index

    def label_at(self, x: float, y: float) -> int | None:
        """Return the label under a place; None outside the image."""
        if not Rect(0, 0, *self.size).holds(x, y):
            return None
        return int(self.labels[int(y), int(x)])

    def record(self, step: Step) -> Change:
        """Add a step whose pixels are painted already; its shapes are changed now."""
        change = self._shapes_of(step, undo=False)
        dirty = tuple(e.rect for e in step.edits if isinstance(e, RasterEdit))
        self.history.push(step)
        self._count(step, 1)
        return replace(change, dirty=dirty)

    def apply(self, step: Step, *, is_painted: bool = False) -> Change:
        """Do a step that was only planned, and add it to the history.

        Parameters
        ----------
        is_painted
            Its pixels are painted already, by `paint_road`.
        """
        change = self._redo(step, is_painted=is_painted)
        self.history.push(step)
        return change

    def undo(self) -> Change | None:
        """Take the last step back; None when there is none."""
        step = self.history.undo()
        return self._undo(step) if step else None

    def redo(self) -> Change | None:
        """Bring the last undone step back; None when there is none."""
        step = self.history.redo()
        return self._redo(step) if step else None

    def road_to(self, position: int) -> Road:
        """Return what `go_to` would undo and redo, without doing it."""
        now, steps = self.history.position, self.history.steps
        if position < now:
            back = reversed(steps[max(position, 0) : now])
            return tuple((step, True) for step in back)
        return tuple((step, False) for step in steps[now:position])

    def go_to(self, position: int, *, is_painted: bool = False) -> Change:
        """Undo or redo until a number of steps is in force.

        Parameters
        ----------
        is_painted
            Their pixels are painted already, by `paint_road`.
        """
        change = Change()
        while self.history.position != min(max(position, 0), len(self.history)):
            is_back = self.history.position > position
            step = self.history.undo() if is_back else self.history.redo()
            if step is not None:
                move = self._undo if is_back else self._redo
                change = change.then(move(step, is_painted=is_painted))
        return change

    def _redo(self, step: Step, *, is_painted: bool = False) -> Change:
        if not is_painted:
            paint_road(self.labels, ((step, False),))
        self._count(step, 1)
        change = self._shapes_of(step, undo=False)
        return replace(change, dirty=tuple(edit.rect for edit in _rasters(step)))

    def _undo(self, step: Step, *, is_painted: bool = False) -> Change:
        if not is_painted:
            paint_road(self.labels, ((step, True),))
        self._count(step, -1)
        change = self._shapes_of(step, undo=True)
        return replace(change, dirty=tuple(edit.rect for edit in _rasters(step)))

    def _shapes_of(self, step: Step, *, undo: bool) -> Change:
        edits = [e for e in step.edits if isinstance(e, ShapeEdit)]
        for edit in reversed(edits) if undo else edits:
            move = edit.revert if undo else edit.apply
            self.shapes = move(self.shapes)
        return Change(shapes_changed=bool(edits), steps=(step,))

    def _count(self, step: Step, sign: int) -> None:
        self.provenance = self.provenance.plus(step.source, sign * step.changed_px)
        self.revision += 1


def paint_road(labels: NDArray[np.uint8], road: Road) -> None:
    """Do to the pixels what steps say, and nothing else.

    Parameters
    ----------
    labels
        (H, W), changed in place.
    """
    for step, is_undone in road:
        edits = _rasters(step)
        for edit in reversed(edits) if is_undone else edits:
            if is_undone:
                edit.revert(labels)
            else:
                edit.apply(labels)


def tiles_on(road: Road) -> int:
    """Return how many tiles `paint_road` writes: how long it takes."""
    return sum(len(edit.tiles) for step, _ in road for edit in _rasters(step))


def _rasters(step: Step) -> list[RasterEdit]:
    return [edit for edit in step.edits if isinstance(edit, RasterEdit)]
