"""What of an image of a batch is to be done, and doing it, from any thread."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import SegDeskError
from segdesk.core.label_map import class_stats
from segdesk.engine.batch.item import (
    ItemMaker,
    Known,
    LoadedItem,
    MadeItem,
    known_of,
    wants_confidence,
)
from segdesk.formats.outputs import BATCH_FILES, output_path
from segdesk.formats.png_mask import read_mask
from segdesk.formats.prediction_ledger import Entry, Ledger, stamp_of
from segdesk.jobs.specs import BatchItem, BatchSpec

if TYPE_CHECKING:
    from segdesk.engine.order import RawPrediction


@dataclass(frozen=True, slots=True)
class Task:
    """An image whose turn it is.

    Parameters
    ----------
    earlier
        What the ledger says of its name.
    need_bytes
        Memory that it takes, about.
    """

    index: int
    item: BatchItem
    earlier: Entry | None = None
    need_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Started:
    """The network has begun with an image."""

    task: Task


@dataclass(frozen=True, slots=True)
class Finished:
    """An image came to its end.

    Parameters
    ----------
    entry
        What is done; None: it failed.
    skipped
        Everything was there already.
    remade
        What was missing was made of its mask.
    notes
        Sentences on what was converted.
    error
        Why it failed.
    """

    task: Task
    entry: Entry | None = None
    skipped: bool = False
    remade: bool = False
    notes: tuple[str, ...] = ()
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is left of an image.

    Parameters
    ----------
    known
        What is known of its content.
    kinds
        What is to be written.
    kept
        What is known of it and stays.
    """

    known: Known | None
    kinds: tuple[str, ...]
    kept: Entry | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A loaded image and what is to be written of it.

    Parameters
    ----------
    kept
        What is known of it and stays.
    labels
        Its labels, from its mask; None: it must be predicted.
    """

    task: Task
    loaded: LoadedItem
    kinds: tuple[str, ...]
    kept: Entry | None = None
    labels: NDArray[np.uint8] | None = None


class ItemWork:
    """Does the images of one batch and writes down what is done.

    Parameters
    ----------
    spec
        The batch.
    maker
        Predicts and writes.
    ledger
        What is done.
    way
        Which model predicts in which way; see `made_by`.
    """

    def __init__(
        self, spec: BatchSpec, maker: ItemMaker, ledger: Ledger, way: str
    ) -> None:
        self._spec = spec
        self._maker = maker
        self._ledger = ledger
        self._way = way
        self._sure = wants_confidence(spec)

    def settled(self, task: Task) -> Entry | None:
        """Return what is done where nothing is left, without reading the image.

        None: something is left, or only its content can tell.
        """
        entry = task.earlier
        if entry is None or entry.stamp is None:
            return None
        try:
            if stamp_of(task.item.source) != entry.stamp:
                return None
        except OSError:
            return None
        # None would mean that the whole image is to be done again.
        return entry if self._left(entry, task.item) == () else None

    def plan(self, task: Task) -> Plan | Finished:
        """Find out what is left of an image; its bytes are read, not decoded."""
        entry, known = task.earlier, None
        if entry is not None and entry.made_by == self._way:
            known = _content(task.item.source)
        if entry is None or known is None or entry.digest != known.digest:
            return Plan(known, self._spec.save)
        kinds = self._left(entry, task.item)
        if kinds is None:  # the confidence of everything is missing
            return Plan(known, self._spec.save)
        if not kinds:
            return Finished(task, entry, skipped=True)
        return Plan(known, kinds, self._without(entry, kinds))

    def load(self, task: Task) -> Ready | Finished:
        """Read an image unless nothing is left to do.

        Raises
        ------
        SegDeskError
            When it cannot be read.
        """
        plan = self.plan(task)
        if isinstance(plan, Finished):
            return plan
        loaded = self._maker.load(task.item, plan.known)
        labels = None
        if plan.kept is not None and not self._needs_network(plan.kinds):
            labels = self._from_mask(plan.kept, task)
        return Ready(task, loaded, plan.kinds, plan.kept, labels)

    def predict(
        self, ready: Ready, check: Callable[[], None]
    ) -> "RawPrediction | None":
        """Predict a loaded image; None: its labels are known."""
        if ready.labels is not None:
            return None
        return self._maker.predict(ready.loaded, check)

    def predict_together(
        self, several: Sequence[Ready], check: Callable[[], None]
    ) -> "list[RawPrediction | None] | None":
        """Predict loaded images of one size at once; see `predict`.

        None: each must be predicted alone.
        """
        unknown = [ready.loaded for ready in several if ready.labels is None]
        found = self._maker.predict_together(unknown, check)
        if found is None:
            return None
        raws = iter(found)
        return [next(raws) if one.labels is None else None for one in several]

    def write(
        self, ready: Ready, raw: "RawPrediction | None", seconds: float
    ) -> Finished:
        """Write the files of an image, then its line in the ledger.

        Raises
        ------
        SegDeskError
            When the disk does not take them; the image is not done then.
        """
        if raw is None:
            from segdesk.engine.order import RawPrediction

            assert ready.labels is not None  # noqa: S101 - `predict` looked
            raw = RawPrediction(ready.labels, None, {})
        made = self._maker.write(ready.loaded, raw, ready.kinds, seconds)
        done = self.record(ready.task, made, ready.kept)
        return replace(done, remade=ready.labels is not None)

    def record(self, task: Task, made: MadeItem, kept: Entry | None = None) -> Finished:
        """Write down that an image is done."""
        entry = made.entry
        if kept is not None:
            entry = msgspec.structs.replace(
                entry,
                files={**kept.files, **entry.files},
                pieces={**kept.pieces, **entry.pieces},
                confidences=entry.confidences or kept.confidences,
            )
        whole = self._ledger.add(entry, made.pieces)
        return Finished(task, whole, notes=made.notes)

    def whole(
        self, task: Task, check: Callable[[], None], began: Callable[[], None]
    ) -> Finished:
        """Do all of an image in the caller's thread.

        Parameters
        ----------
        check
            Raises to cancel.
        began
            Called when the network begins.
        """
        ready = self.load(task)
        if isinstance(ready, Finished):
            return ready
        check()
        began()
        began_s = time.perf_counter()
        raw = self.predict(ready, check)
        return self.write(ready, raw, time.perf_counter() - began_s)

    # ------------------------------------------------------------ what is left

    def _left(self, entry: Entry, item: BatchItem) -> tuple[str, ...] | None:
        """Return the kinds that are not there; None: the whole image is to be done."""
        if entry.made_by != self._way or (self._sure and not entry.confidences):
            return None
        return tuple(
            kind for kind in self._spec.save if not self._is_there(kind, entry, item)
        )

    def _is_there(self, kind: str, entry: Entry, item: BatchItem) -> bool:
        if kind in BATCH_FILES:
            return self._ledger.piece(entry, kind) is not None
        made = entry.files.get(kind)
        if made is None or made.way != self._maker.writer.way(kind, item.source):
            return False
        path = output_path(self._spec.out_dir, kind, item.name)
        return _size(path) == made.size

    def _without(self, entry: Entry, kinds: tuple[str, ...]) -> Entry:
        files = {kind: one for kind, one in entry.files.items() if kind not in kinds}
        pieces = {kind: one for kind, one in entry.pieces.items() if kind not in kinds}
        return msgspec.structs.replace(entry, files=files, pieces=pieces)

    def _needs_network(self, kinds: tuple[str, ...]) -> bool:
        sure = {"confidence", "confidence16", "measurements", "review"}
        return not sure.isdisjoint(kinds) or "mask" in kinds

    def _from_mask(self, entry: Entry, task: Task) -> NDArray[np.uint8] | None:
        """Return the labels in an image's mask, where it is as it was written."""
        made = entry.files.get("mask")
        path = output_path(self._spec.out_dir, "mask", task.item.name)
        if made is None or _size(path) != made.size:
            return None
        try:
            labels = read_mask(path)
        except SegDeskError:
            return None
        stats = class_stats(labels, len(entry.counts))
        same = (labels.shape[1], labels.shape[0]) == tuple(entry.size)
        return labels if same and tuple(stats.counts) == entry.counts else None


def _content(source: Path) -> Known | None:
    try:
        return known_of(source)
    except OSError:
        return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
