"""Undo and redo: steps under a budget of bytes."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from segdesk.core.edits import RasterEdit
from segdesk.core.shapes import Shape

BUDGET_BYTES = 64_000_000


class SourceKind(StrEnum):
    """Who made labels."""

    HAND = "hand"
    MODEL = "model"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Who made labels.

    Parameters
    ----------
    name
        The model's id or the imported file; "" for work by hand.
    """

    kind: SourceKind = SourceKind.HAND
    name: str = ""


BY_HAND = Source()


@dataclass(frozen=True, slots=True)
class ShapeEdit:
    """One shape added, replaced or taken away.

    Parameters
    ----------
    index
        Its place in the list of shapes.
    before, after
        None before: it is inserted there. None after: it is removed.
    """

    index: int
    before: Shape | None
    after: Shape | None

    @property
    def size_bytes(self) -> int:
        """Memory that it takes, about."""
        return sum(
            120 * len(shape.handles)
            + (len(shape.underlay.packed) if shape.underlay else 0)
            for shape in (self.before, self.after)
            if shape
        )

    def apply(self, shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """Return the shapes after the edit."""
        return _exchanged(shapes, self.index, self.before, self.after)

    def revert(self, shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """Return the shapes before the edit."""
        return _exchanged(shapes, self.index, self.after, self.before)


def _exchanged(
    shapes: tuple[Shape, ...], index: int, old: Shape | None, new: Shape | None
) -> tuple[Shape, ...]:
    after = index if old is None else index + 1
    return (*shapes[:index], *(() if new is None else (new,)), *shapes[after:])


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the user did, as the history shows it.

    Parameters
    ----------
    title
        A verb or a tool: "Brush", "Accept region".
    icon
        Name in the Phosphor set, without prefix.
    class_index
        The class it painted; None when there is not one alone.
    edits
        What it changed, in order.
    source
        Who made the new labels.
    time
        Seconds since the epoch.
    """

    title: str
    icon: str
    class_index: int | None
    edits: tuple[RasterEdit | ShapeEdit, ...]
    source: Source = BY_HAND
    time: float = field(default_factory=time.time)

    @property
    def size_bytes(self) -> int:
        """Memory that it takes, about."""
        return sum(edit.size_bytes for edit in self.edits) + 200

    @property
    def changed_px(self) -> int:
        """Number of pixels that it changed."""
        return sum(
            edit.changed_px for edit in self.edits if isinstance(edit, RasterEdit)
        )


class History:
    """The steps of one annotation, oldest first, and how many of them are in force.

    Parameters
    ----------
    budget_bytes
        Room for all steps. The oldest are dropped beyond it; the last one always stays.
    """

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._budget = budget_bytes
        self._steps: list[Step] = []
        self._position = 0
        self._size = 0
        self._dropped = 0
        self._latest: dict[tuple[int, int], bytes] = {}

    @classmethod
    def of(
        cls, steps: Iterable[Step], position: int, dropped: int = 0, budget: int = 0
    ) -> "History":
        """Return a history of steps, as far as its budget holds them.

        Parameters
        ----------
        position
            How many of the steps are in force.
        dropped
            Number of older steps that are gone.
        budget
            Bytes; 0: the usual ones.
        """
        history = cls(budget or BUDGET_BYTES)
        for step in steps:
            history.push(step)
        history._position = max(0, position - history._dropped)
        history._dropped += dropped
        return history

    def __len__(self) -> int:
        """Return the number of steps, undone ones counted."""
        return len(self._steps)

    def __iter__(self) -> Iterator[Step]:
        """Iterate over all steps, undone ones too."""
        return iter(self._steps)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps; those from `position` on are undone."""
        return tuple(self._steps)

    @property
    def position(self) -> int:
        """Number of steps in force."""
        return self._position

    @property
    def dropped(self) -> int:
        """Number of the oldest steps that the budget has cost."""
        return self._dropped

    @property
    def size_bytes(self) -> int:
        """Memory that all steps take, about."""
        return self._size

    @property
    def undoable(self) -> Step | None:
        """The step that undo would take back."""
        return self._steps[self._position - 1] if self._position else None

    @property
    def redoable(self) -> Step | None:
        """The step that redo would bring back."""
        if self._position == len(self._steps):
            return None
        return self._steps[self._position]

    def limit(self, budget_bytes: int) -> None:
        """Give the steps another budget; the next step drops what has no room."""
        self._budget = budget_bytes

    def push(self, step: Step) -> None:
        """Add a step that was done; what was undone before is gone."""
        self.forget_undone()
        self._share(step)
        self._steps.append(step)
        self._size += step.size_bytes
        drop = 0
        while self._size > self._budget and drop < len(self._steps) - 1:
            self._size -= self._steps[drop].size_bytes
            drop += 1
        del self._steps[:drop]
        self._dropped += drop
        self._position = len(self._steps)

    def undo(self) -> Step | None:
        """Go one step back and return the step to revert; None at the start."""
        step = self.undoable
        if step is not None:
            self._position -= 1
        return step

    def redo(self) -> Step | None:
        """Go one step on and return the step to apply; None at the end."""
        step = self.redoable
        if step is not None:
            self._position += 1
        return step

    def mapped(self, change: Callable[[Step], Step]) -> "History":
        """Return the same history of other steps, as far as its budget holds them."""
        steps = (change(step) for step in self._steps)
        return History.of(steps, self._position, self._dropped, self._budget)

    def forget_undone(self) -> None:
        """Drop the steps that were taken back."""
        for gone in self._steps[self._position :]:
            self._size -= gone.size_bytes
        del self._steps[self._position :]

    def clear(self) -> None:
        """Forget all steps."""
        self._steps.clear()
        self._latest.clear()
        self._position = self._size = self._dropped = 0

    def _share(self, step: Step) -> None:
        """Keep a tile once that is the end of one step and the start of another."""
        for edit in step.edits:
            for tile in edit.tiles if isinstance(edit, RasterEdit) else ():
                key = tile.row, tile.column
                if tile.before == self._latest.get(key):
                    tile.share(self._latest[key])
                self._latest[key] = tile.after
