"""The rows of a batch as columns: a hundred thousand of them are a few arrays."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segdesk.app.batch.search import NameSearch
from segdesk.core.language import joined
from segdesk.jobs.events import ItemDone, ItemFailed, ItemStarted
from segdesk.jobs.specs import BatchItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

LOW_CONFIDENCE = 0.6

NameOf = Callable[[Path, tuple[Path, ...]], str]
ItemEvent = ItemStarted | ItemDone | ItemFailed


class RowState(IntEnum):
    """What became of one image."""

    WAITING = 0
    PREDICTING = 1
    DONE = 2
    SKIPPED = 3
    FAILED = 4


class RowFilter(StrEnum):
    """Which rows are shown, as the chips over the table say it."""

    ALL = "all"
    DONE = "done"
    FAILED = "failed"
    LOW = "low"
    WAITING = "waiting"


class RowOrder(StrEnum):
    """What the rows are sorted by; `PLACE` is the order of the batch."""

    PLACE = "place"
    SIZE = "size"
    SECONDS = "seconds"
    CONFIDENCE = "confidence"
    STATE = "state"


_HAVE_RESULT = (RowState.DONE, RowState.SKIPPED)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One image of a batch.

    Parameters
    ----------
    name
        Its path below `masks/`, `overlays/`, … without suffix.
    width, height
        In pixels; 0 while they are not known.
    seconds
        Wall time for it; 0 where nothing was done.
    shares
        Share of each class, 0-1; empty where there is no result.
    confidence
        Mean of all pixels, 0-1; None where it is not known.
    confidences
        Mean of each class; None where a class has no pixel. Empty: not known.
    error
        Why it failed, and the cure.
    """

    index: int
    source: Path
    name: str
    state: RowState
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    shares: tuple[float, ...] = ()
    confidence: float | None = None
    confidences: tuple[float | None, ...] = ()
    error: str = ""

    @property
    def has_result(self) -> bool:
        """Whether it was predicted, now or earlier."""
        return self.state in _HAVE_RESULT

    @property
    def is_low(self) -> bool:
        """Whether the model was less sure of it than is good."""
        return self.confidence is not None and self.confidence < LOW_CONFIDENCE

    @property
    def title(self) -> str:
        """Folder and file as one line: "Tile 5 / image_part_008.jpg"."""
        folder = self.name.rpartition("/")[0]
        parts = (
            (*folder.split("/"), self.source.name) if folder else (self.source.name,)
        )
        return joined(" / ", parts)


def _key(source: Path, name: str) -> str:
    """Return what a filter searches in: folder and file."""
    return f"{name.rpartition('/')[0]}/{source.name}".casefold()


class BatchRows:
    """What is known of the images of a batch.

    Parameters
    ----------
    items
        In the order of the batch. Slow for many: make it on a worker.

    Attributes
    ----------
    name_of
        Names an image that arrives, by its file and what was written of it.
    """

    def __init__(self, items: "Sequence[BatchItem]") -> None:
        self.sources = [item.source for item in items]
        self.names = [item.name for item in items]
        self.name_of: NameOf = lambda source, _outputs: source.stem
        self._keys = [_key(item.source, item.name) for item in items]
        self._places = {source: place for place, source in enumerate(self.sources)}
        count = len(items)
        self._states: NDArray[np.uint8] = np.zeros(count, np.uint8)
        self._sizes: NDArray[np.int32] = np.zeros((count, 2), np.int32)
        self._seconds: NDArray[np.float32] = np.zeros(count, np.float32)
        self._sure: NDArray[np.float32] = np.full(count, np.nan, np.float32)
        self._shares: NDArray[np.float16] = np.zeros((0, 0), np.float16)
        self._confidences: NDArray[np.float16] = np.zeros((0, 0), np.float16)
        self._errors: dict[int, str] = {}

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.sources)

    def items(self) -> "tuple[BatchItem, ...]":
        """Return the images as the items of a batch."""
        pairs = zip(self.sources, self.names, strict=True)
        return tuple(BatchItem(source, name) for source, name in pairs)

    def row(self, index: int) -> BatchRow:
        """Return what is known of one image."""
        sure = float(self._sure[index])
        state = RowState(int(self._states[index]))
        has_shares = len(self._shares) and state in _HAVE_RESULT
        width, height = (int(side) for side in self._sizes[index])
        return BatchRow(
            index,
            self.sources[index],
            self.names[index],
            state,
            width,
            height,
            float(self._seconds[index]),
            tuple(self._shares[index].tolist()) if has_shares else (),
            None if np.isnan(sure) else sure,
            self._sure_of_classes(index) if has_shares else (),
            self._errors.get(index, ""),
        )

    def index_of(self, source: Path) -> int | None:
        """Return the place of an image in the batch; None: it is not in it."""
        return self._places.get(source)

    # ------------------------------------------------------------ what is said

    def take(self, *events: ItemEvent) -> None:
        """Take in what the engine says of images, in the order in which it was said.

        An image beyond the last one arrived in a watched folder and becomes a row.
        """
        self._grow(events)
        known = [event for event in events if 0 <= event.index < len(self)]
        begun = [event.index for event in known if isinstance(event, ItemStarted)]
        if begun:
            waits = ~np.isin(self._states[begun], _HAVE_RESULT)
            self._states[np.array(begun)[waits]] = RowState.PREDICTING
        done = {event.index: event for event in known if isinstance(event, ItemDone)}
        if done:
            self._take_done(list(done.values()))
        for event in known:
            if isinstance(event, ItemFailed):
                self._states[event.index] = RowState.FAILED
                told = (event.cause or event.message, event.hint)
                self._errors[event.index] = joined(" ", filter(None, told))

    def rest(self) -> None:
        """Let images that were begun wait again: the batch is over."""
        self._states[self._states == RowState.PREDICTING] = RowState.WAITING

    def retry(self) -> None:
        """Let images that failed or were begun wait again."""
        self.rest()
        self._states[self._states == RowState.FAILED] = RowState.WAITING
        self._errors.clear()

    # ------------------------------------------------------------ what is asked

    def counts(self) -> dict[RowFilter, int]:
        """Return how many images each filter lets through."""
        by_state = np.bincount(self._states, minlength=len(RowState))
        return {
            RowFilter.ALL: len(self),
            RowFilter.DONE: int(by_state[RowState.DONE] + by_state[RowState.SKIPPED]),
            RowFilter.FAILED: int(by_state[RowState.FAILED]),
            RowFilter.LOW: int(self._is_low().sum()),
            RowFilter.WAITING: int(
                by_state[RowState.WAITING] + by_state[RowState.PREDICTING]
            ),
        }

    @property
    def finished(self) -> int:
        """How many images are done or failed."""
        return int((self._states >= RowState.DONE).sum())

    @property
    def worked(self) -> int:
        """How many images were predicted and not skipped."""
        return int((self._states == RowState.DONE).sum())

    @property
    def pixels(self) -> int:
        """Pixels of the images that were predicted and not skipped."""
        worked = self._sizes[self._states == RowState.DONE].astype(np.int64)
        return int((worked[:, 0] * worked[:, 1]).sum())

    def search(self, text: str) -> NameSearch:
        """Return a search for words in folders and names."""
        return NameSearch(self._keys, text)

    def matching(
        self,
        wanted: RowFilter = RowFilter.ALL,
        text: "str | NameSearch" = "",
        order: RowOrder = RowOrder.PLACE,
        *,
        descending: bool = False,
    ) -> "NDArray[np.intp]":
        """Return the indices of the images that are shown, in their order.

        Parameters
        ----------
        text
            Words that must all occur in folder or name; see `NameSearch`.
        """
        search = self.search(text) if isinstance(text, str) else text
        named, mask = search.found, self._mask(wanted)
        found = np.flatnonzero(mask if named is None else mask & named)
        if order is RowOrder.PLACE:
            return found[::-1] if descending else found
        values = self._values(order)[found]
        known = ~np.isnan(values)
        ranked = np.argsort(-values if descending else values, kind="stable")
        return found[np.concatenate((ranked[known[ranked]], ranked[~known[ranked]]))]

    # ------------------------------------------------------------ inside

    def _grow(self, events: tuple[ItemEvent, ...]) -> None:
        """Make rows of images that arrived."""
        for event in events:
            if event.index != len(self) or event.source is None:
                continue
            outputs = event.outputs if isinstance(event, ItemDone) else ()
            name = self.name_of(event.source, outputs)
            self._places[event.source] = len(self)
            self.sources.append(event.source)
            self.names.append(name)
            self._keys.append(_key(event.source, name))
        more = len(self) - len(self._states)
        if not more:
            return
        self._states = np.pad(self._states, (0, more))
        self._sizes = np.pad(self._sizes, ((0, more), (0, 0)))
        self._seconds = np.pad(self._seconds, (0, more))
        self._sure = np.pad(self._sure, (0, more), constant_values=np.nan)
        wider = ((0, more), (0, 0))
        if len(self._shares):
            self._shares = np.pad(self._shares, wider)
        if len(self._confidences):
            self._confidences = np.pad(self._confidences, wider)

    def _take_done(self, events: list[ItemDone]) -> None:
        at = np.array([event.index for event in events])
        skipped = np.array([event.skipped or event.remade for event in events])
        # One that was done in this sitting stays as it was.
        again = skipped & (self._states[at] == RowState.DONE)
        seconds = np.array([event.seconds for event in events], np.float32)
        self._seconds[at] = np.where(again, self._seconds[at], seconds)
        states = np.where(skipped & ~again, RowState.SKIPPED, RowState.DONE)
        self._states[at] = states.astype(np.uint8)
        self._sizes[at] = [event.size for event in events]
        sure = np.array([event.mean_confidence for event in events], np.float32)
        keeps = again & np.isnan(sure)
        self._sure[at] = np.where(keeps, self._sure[at], sure)
        for event in events:
            self._errors.pop(event.index, None)
        shares = {event.index: event.shares for event in events if event.shares}
        self._shares = self._kept(self._shares, shares)
        confidences = {
            event.index: event.confidences for event in events if event.confidences
        }
        self._confidences = self._kept(self._confidences, confidences)

    def _kept(
        self,
        columns: "NDArray[np.float16]",
        values: "Mapping[int, Sequence[float | None]]",
    ) -> "NDArray[np.float16]":
        if not values:
            return columns
        count = len(next(iter(values.values())))
        fitting = {at: one for at, one in values.items() if len(one) == count}
        if columns.shape[1] != count:
            columns = np.full((len(self), count), np.nan, np.float16)
        columns[list(fitting)] = np.array(list(fitting.values()), np.float16)
        return columns

    def _sure_of_classes(self, index: int) -> tuple[float | None, ...]:
        if not len(self._confidences):
            return ()
        values = self._confidences[index].tolist()
        return tuple(None if np.isnan(value) else value for value in values)

    def _is_low(self) -> "NDArray[np.bool_]":
        done = np.isin(self._states, _HAVE_RESULT)
        low: NDArray[np.bool_] = done & (self._sure < LOW_CONFIDENCE)
        return low

    def _mask(self, wanted: RowFilter) -> "NDArray[np.bool_]":
        states = self._states
        match wanted:
            case RowFilter.ALL:
                return np.ones(len(self), np.bool_)
            case RowFilter.DONE:
                return np.isin(states, _HAVE_RESULT)
            case RowFilter.FAILED:
                return np.asarray(states == RowState.FAILED)
            case RowFilter.LOW:
                return self._is_low()
            case RowFilter.WAITING:
                return np.asarray(states < RowState.DONE)

    def _values(self, order: RowOrder) -> "NDArray[np.float64]":
        """Return what the rows are sorted by; NaN where it is not known."""
        match order:
            case RowOrder.SIZE:
                sizes = self._sizes.astype(np.float64)
                values = sizes[:, 0] * sizes[:, 1]
            case RowOrder.SECONDS:
                values = self._seconds.astype(np.float64)
            case RowOrder.CONFIDENCE:
                return self._sure.astype(np.float64)
            case _:
                return self._states.astype(np.float64)
        values[values == 0] = np.nan
        return values
