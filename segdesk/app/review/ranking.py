"""The queue made of what the engine measured. Slow: workers call it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from segdesk.app.review.choice import Choice
from segdesk.app.review.entry import Key, QueueKind, ReviewEntry, is_covered
from segdesk.core.classes import ClassList
from segdesk.core.errors import SegDeskError
from segdesk.core.geometry import Rect
from segdesk.core.review_measure import Part, ReviewMeasure
from segdesk.core.review_ranking import rank, rarity_of
from segdesk.formats.mmseg_classes import read_classes
from segdesk.formats.outputs import CLASSES_FILE, output_path
from segdesk.formats.prediction_ledger import read_entries, storable

MOST = 200
_ANCHORS = 150
_SMALL_PX = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOrder:
    """What a queue shall be made of.

    Parameters
    ----------
    out_dir
        Where the engine wrote its results.
    items
        (image file, name of its results), in the order of the project.
    num_classes
        Of the model.
    decided
        What was decided on already.
    labelled
        Files of images that have labels: what is like them is told less by.
    """

    out_dir: Path
    items: tuple[tuple[Path, str], ...]
    kind: QueueKind
    num_classes: int
    decided: frozenset[Key] = frozenset()
    labelled: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class RankedQueue:
    """A queue.

    Parameters
    ----------
    entries
        Best first, not more than `MOST`.
    gone
        Images that were measured and are not there any more.
    measured
        Images of which measures are there.
    classes
        Those of the model that ranked; None: nothing is measured yet.
    """

    entries: tuple[ReviewEntry, ...] = ()
    gone: tuple[Path, ...] = ()
    measured: int = 0
    classes: ClassList | None = None


@dataclass(slots=True)
class _Found:
    """What could be an entry, in three lists of one length."""

    paths: list[Path] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def add(self, path: Path, name: str, part: Part) -> None:
        self.paths.append(path)
        self.names.append(name)
        self.parts.append(part)


def rank_project(choice: Choice, out_dir: Path, decided: frozenset[Key]) -> RankedQueue:
    """Rank what of a project is not labelled, as far as it is measured.

    Parameters
    ----------
    out_dir, decided
        As in `QueueOrder`.
    """
    try:
        classes = read_classes(out_dir / CLASSES_FILE)
    except SegDeskError:  # nothing is measured yet
        return RankedQueue()
    order = QueueOrder(
        out_dir=out_dir,
        items=tuple((one.source, one.name) for one in choice.planned()),
        kind=choice.kind,
        num_classes=len(classes),
        decided=decided,
        labelled=choice.labelled_paths(),
    )
    return replace(rank_queue(order), classes=classes)


def rank_queue(order: QueueOrder) -> RankedQueue:
    """Read what was measured and put it into the order of its use."""
    boxes = _by_path(order.decided)
    is_whole = order.kind is QueueKind.IMAGES
    found, gone, measured = _Found(), [], 0
    known: list[Sequence[float]] = []
    for path, name in order.items:
        measure = read_measure(order.out_dir, name)
        if measure is None:
            continue
        if not path.is_file():
            gone.append(path)
            continue
        measured += 1
        done = boxes.get(str(path), ())
        for part in (measure.whole,) if is_whole else measure.parts:
            if any(is_covered(part.box, box) for box in done):
                known.append(part.looks)
            else:
                found.add(path, name, part)
    rarity = rarity_of(_shares(order), order.num_classes)
    known += [] if not is_whole else _looks_of(order.labelled)
    ranks = rank(found.parts, rarity, known, MOST)
    entries = tuple(
        ReviewEntry(
            found.paths[one.index],
            found.names[one.index],
            found.parts[one.index],
            is_whole,
            one,
        )
        for one in ranks
    )
    return RankedQueue(entries, tuple(gone), measured)


def read_measure(out_dir: Path, name: str) -> ReviewMeasure | None:
    """Return what was measured of an image; None: nothing yet."""
    try:
        text = output_path(out_dir, "review", name).read_bytes()
        return msgspec.json.decode(text, type=ReviewMeasure)
    except (OSError, msgspec.MsgspecError):
        return None


def _by_path(decided: frozenset[Key]) -> Mapping[str, tuple[Rect, ...]]:
    boxes: dict[str, tuple[Rect, ...]] = {}
    for path, box in decided:
        boxes[path] = (*boxes.get(path, ()), Rect(*box))
    return boxes


def _shares(order: QueueOrder) -> dict[int, float]:
    """Return how much each class takes of what was predicted."""
    names = {storable(name) for _, name in order.items}
    counts: dict[str, tuple[int, ...]] = {
        entry.name: entry.counts
        for entry in read_entries(order.out_dir)
        if entry.name in names
    }
    total = sum(map(sum, counts.values())) or 1
    shares: dict[int, float] = {}
    for one in counts.values():
        for index, count in enumerate(one):
            shares[index] = shares.get(index, 0.0) + count / total
    return shares


def _looks_of(paths: Sequence[Path]) -> list[Sequence[float]]:
    """Return what some labelled images look like; all, where they are few."""
    from segdesk.core.descriptor import describe
    from segdesk.core.imaging import read_thumbnail

    step = max(1, -(-len(paths) // _ANCHORS))
    looks: list[Sequence[float]] = []
    for path in paths[::step]:
        try:
            looks.append(describe(read_thumbnail(path, _SMALL_PX)).tolist())
        except (SegDeskError, OSError):  # it tells nothing, then
            continue
    return looks
