"""A mapping that is never changed, and still takes a new entry at little cost."""

from collections.abc import Iterator, Mapping
from itertools import chain
from math import isqrt

from segdesk.core.item_status import ItemFacts

_LEAST_PARTS = 8
_FULL = 4  # entries in a part, over the number of parts, before there are more parts


class FactMap(Mapping[str, ItemFacts]):
    """Facts by item, in no particular order.

    Copying a hundred thousand entries for each new one would stall the window. Here the
    entries lie in about as many parts as a part has entries; `put` copies one part and
    the list of them. Threads may read a map while others are made from it.

    Parameters
    ----------
    facts
        Copied.
    """

    __slots__ = ("_count", "_parts")

    def __init__(self, facts: Mapping[str, ItemFacts]) -> None:
        number = max(_LEAST_PARTS, isqrt(len(facts)))
        parts: list[dict[str, ItemFacts]] = [{} for _ in range(number)]
        for item, known in facts.items():
            parts[hash(item) % number][item] = known
        self._parts = parts
        self._count = len(facts)

    @classmethod
    def of(cls, facts: Mapping[str, ItemFacts]) -> "FactMap":
        """Return a map as it is, or a map of what another mapping holds."""
        return facts if isinstance(facts, FactMap) else cls(facts)

    def put(self, item: str, facts: ItemFacts) -> "FactMap":
        """Return it with other facts on one item."""
        parts = self._parts
        place = hash(item) % len(parts)
        part = parts[place]
        new: FactMap = FactMap.__new__(FactMap)
        new._parts = parts.copy()
        new._parts[place] = {**part, item: facts}
        new._count = self._count + (item not in part)
        is_full = new._count > _FULL * len(parts) ** 2
        return FactMap(new) if is_full else new

    def __getitem__(self, item: str) -> ItemFacts:
        """Return what is known of an item."""
        return self._parts[hash(item) % len(self._parts)][item]

    def __iter__(self) -> Iterator[str]:
        """Go through the items."""
        return chain.from_iterable(self._parts)

    def __len__(self) -> int:
        """Return the number of items."""
        return self._count

    def __eq__(self, other: object) -> bool:
        """Tell whether both know the same."""
        if isinstance(other, FactMap) and len(self._parts) == len(other._parts):
            return self._parts == other._parts
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]
