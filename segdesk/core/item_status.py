"""What a project knows of one image, and which images a filter means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from segdesk.core.document import Provenance
from segdesk.core.history import SourceKind


class ItemStatus(StrEnum):
    """How far the annotation of an image is."""

    UNLABELLED = "unlabelled"
    DRAFT = "draft"
    DONE = "done"
    REVIEW = "needs review"


class MadeBy(StrEnum):
    """Who made an annotation, in one word."""

    NOBODY = "nobody"
    HAND = "by hand"
    MODEL = "model"
    IMPORT = "import"
    MIXED = "mixed"


_ALONE = {
    SourceKind.HAND: MadeBy.HAND,
    SourceKind.MODEL: MadeBy.MODEL,
    SourceKind.IMPORT: MadeBy.IMPORT,
}


def made_by(provenance: Provenance) -> MadeBy:
    """Return in one word who made an annotation."""
    kinds = provenance.kinds
    if not kinds:
        return MadeBy.NOBODY
    return _ALONE[next(iter(kinds))] if len(kinds) == 1 else MadeBy.MIXED


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What a project knows of one image without reading its files.

    Parameters
    ----------
    split
        "train", "val", "test" or any other name; "": none.
    classes
        Indices of the classes in its annotation, rising.
    models
        Ids of the models whose proposals were accepted.
    size
        Width and height in pixels; None until the image was opened.
    """

    status: ItemStatus = ItemStatus.UNLABELLED
    split: str = ""
    classes: tuple[int, ...] = ()
    made_by: MadeBy = MadeBy.NOBODY
    models: tuple[str, ...] = ()
    size: tuple[int, int] | None = None


UNKNOWN_ITEM = ItemFacts()


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which images to show; every condition that is set must hold.

    Parameters
    ----------
    statuses
        Any of these; empty: all.
    class_index
        A class that must be in the annotation.
    splits
        Any of these; empty: all.
    makers
        Any of these; empty: all.
    name
        Text that the path must hold; case does not matter.
    least_px, most_px
        Limits of the longer side in pixels; images whose size is not known yet are
        left out when one is set.
    """

    statuses: frozenset[ItemStatus] = frozenset()
    class_index: int | None = None
    splits: frozenset[str] = frozenset()
    makers: frozenset[MadeBy] = frozenset()
    name: str = ""
    least_px: int | None = None
    most_px: int | None = None

    def admits(self, item: str, facts: ItemFacts) -> bool:
        """Tell whether an image is shown."""
        return (
            (not self.statuses or facts.status in self.statuses)
            and (self.class_index is None or self.class_index in facts.classes)
            and (not self.splits or facts.split in self.splits)
            and (not self.makers or facts.made_by in self.makers)
            and (not self.name or self.name.casefold() in item.casefold())
            and self._admits_size(facts.size)
        )

    def _admits_size(self, size: tuple[int, int] | None) -> bool:
        if self.least_px is None and self.most_px is None:
            return True
        if size is None:
            return False
        side = max(size)
        return (self.least_px or 0) <= side and (
            self.most_px is None or side <= self.most_px
        )


def matching(
    items: Sequence[str], facts_of: Callable[[str], ItemFacts], wanted: ItemFilter
) -> list[int]:
    """Return the indices of the items that a filter admits, in their order.

    Parameters
    ----------
    facts_of
        Says what is known of an item: `Project.facts`.
    """
    return [
        index for index, item in enumerate(items) if wanted.admits(item, facts_of(item))
    ]


def nearest(
    items: Sequence[str], start: int, step: int, wanted: Callable[[str], bool]
) -> int | None:
    """Return the next wanted item from a place, round the end once.

    Parameters
    ----------
    start
        Index of the item to leave.
    step
        1: forwards, -1: backwards.

    Returns
    -------
    index
        None when no other item is wanted.
    """
    count = len(items)
    for away in range(1, count):
        index = (start + step * away) % count
        if wanted(items[index]):
            return index
    return None
