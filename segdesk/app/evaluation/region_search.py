"""The regions behind a cell of the confusion matrix, found while the user looks on."""

from segdesk.app.evaluation.look import (
    Cell,
    Found,
    FoundRegion,
    concerned,
    find_regions,
)
from segdesk.app.ports import ExecutorPort
from segdesk.app.signal import Signal
from segdesk.core.errors import SegDeskError
from segdesk.jobs.training_events import EvaluationDone, ItemEvaluated

_AT_ONCE = 8  # images in one piece of work, so that a new choice waits for few


class RegionSearch:
    """Looks for regions, some images at a time; another choice drops what is left.

    Parameters
    ----------
    executor
        Reads the masks.

    Attributes
    ----------
    changed
        Fires when cell, regions, the chosen region or a decision are others.
    """

    def __init__(self, executor: ExecutorPort) -> None:
        self.changed: Signal[()] = Signal()
        self.cell: Cell | None = None
        self.found = Found()
        self.is_busy = False
        self.place = 0
        self._executor = executor
        self._request = 0
        self._decided: dict[FoundRegion, str] = {}

    @property
    def chosen(self) -> FoundRegion | None:
        """The region that a decision is about."""
        regions = self.found.regions
        return regions[self.place] if self.place < len(regions) else None

    def look(self, done: EvaluationDone | None, cell: Cell | None) -> None:
        """Look for the regions of another cell; None: for nothing."""
        self._request += 1
        self.cell, self.found, self.place = cell, Found(), 0
        self.is_busy = False
        if done is not None and cell is not None and cell.is_error:
            items = concerned(done, cell)
            self.is_busy = bool(items)
            if items:
                self._submit(self._request, items, cell)
        self.changed.emit()

    def choose(self, place: int) -> None:
        """Choose a region by its place in the strip."""
        if 0 <= place < len(self.found.regions) and place != self.place:
            self.place = place
            self.changed.emit()

    def next(self) -> None:
        """Choose the next region that nobody has decided; from the end, the first."""
        regions = self.found.regions
        count = len(regions)
        for step in range(1, count):
            place = (self.place + step) % count
            if regions[place] not in self._decided:
                self.choose(place)
                return
        self.choose((self.place + 1) % count if count else 0)

    def decision(self, found: FoundRegion) -> str:
        """Return what was decided: "truth", "model", "paint" or ""."""
        return self._decided.get(found, "")

    def decide(self, found: FoundRegion, decision: str) -> None:
        """Take note of a decision; "" takes it back."""
        if decision:
            self._decided[found] = decision
        else:
            self._decided.pop(found, None)
        self.changed.emit()

    def _submit(
        self, request: int, items: tuple[ItemEvaluated, ...], cell: Cell
    ) -> None:
        part, rest = items[:_AT_ONCE], items[_AT_ONCE:]

        def take(found: Found) -> None:
            if request != self._request:
                return
            kept = self.chosen if self.place else None
            self.found = self.found.plus(found)
            if kept in self.found.regions:
                self.place = self.found.regions.index(kept)
            self.is_busy = bool(rest)
            if rest:
                self._submit(request, rest, cell)
            self.changed.emit()

        def fail(_error: SegDeskError) -> None:
            take(Found())

        self._executor.submit(lambda: find_regions(part, cell), take, fail)
