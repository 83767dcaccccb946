"""Dividing the images of a project into training, validation and test."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from segdesk.core.errors import InputError
from segdesk.core.language import tr

SPLIT_NAMES = ("train", "val", "test")
_OTHER_NAMES = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
    "testing": "test",
}


@dataclass(frozen=True, slots=True)
class SeededSplit:
    """Chance decides, and the same seed decides the same again.

    Parameters
    ----------
    seed
        Any whole number.
    parts
        (split, share) pairs; the shares add up to 1.
    """

    seed: int = 0
    parts: tuple[tuple[str, float], ...] = (("train", 0.8), ("val", 0.2))


@dataclass(frozen=True, slots=True)
class FolderSplit:
    """A folder named train, val or test in an image's path decides."""


@dataclass(frozen=True, slots=True)
class ListSplit:
    """The user's lists decide.

    Parameters
    ----------
    lists
        (split, names) pairs. A name is an item's path, with or without its suffix, or
        a file name that occurs once.
    """

    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()


SplitRule = SeededSplit | FolderSplit | ListSplit


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """What a rule makes of the items, to be looked at before it is kept.

    Parameters
    ----------
    split_of
        Split by item; an item that is missing has none.
    unmatched
        Names in lists that mean no item, or more than one.
    """

    split_of: Mapping[str, str]
    unmatched: tuple[str, ...] = field(default=())

    def counts(self) -> dict[str, int]:
        """Return how many items each split has, in the usual order of splits."""
        found = list(self.split_of.values())
        names = [*SPLIT_NAMES, *sorted(set(found) - set(SPLIT_NAMES))]
        return {name: found.count(name) for name in names if name in found}


def plan_split(
    items: Sequence[str], rule: SplitRule, labelled: Collection[str] = ()
) -> SplitPlan:
    """Divide items by a rule.

    Parameters
    ----------
    labelled
        Those that have labels. Chance divides them by themselves, so that training
        and validation both get some of the few that there are.

    Raises
    ------
    InputError
        When shares do not add up to 1, or an item stands in two lists.
    """
    if isinstance(rule, SeededSplit):
        first = [item for item in items if item in labelled]
        rest = [item for item in items if item not in labelled]
        return SplitPlan(_seeded(rest, rule) | _seeded(first, rule))
    if isinstance(rule, FolderSplit):
        named = ((item, folder_split(item)) for item in items)
        return SplitPlan({item: split for item, split in named if split})
    return _listed(items, rule)


def folder_split(item: str) -> str:
    """Return the split that an item's folders name; "" when they name none."""
    for part in item.split("/")[:-1]:
        if split := _OTHER_NAMES.get(part.casefold()):
            return split
    return ""


def _seeded(items: Sequence[str], rule: SeededSplit) -> dict[str, str]:
    total = sum(share for _, share in rule.parts)
    if abs(total - 1) > 1e-6 or any(share < 0 for _, share in rule.parts):
        raise InputError(
            tr("The images were not split."),
            cause=tr("The shares add up to {total:.0%}.", total=total),
            hint=tr("Choose shares that add up to 100 %."),
        )
    # An item's place in the draw depends on its name and the seed alone, so the same
    # items fall alike on every machine and in any order.
    drawn = sorted(
        items,
        key=lambda item: hashlib.blake2b(f"{rule.seed}/{item}".encode()).digest(),
    )
    split_of: dict[str, str] = {}
    wanted = sum(share > 0 for _, share in rule.parts)
    reached, first = 0.0, 0
    for split, share in rule.parts:
        reached += share
        last = round(reached * len(drawn))
        if share and len(drawn) >= wanted:  # none is left without an item
            wanted -= 1
            last = min(max(last, first + 1), len(drawn) - wanted)
        split_of.update(dict.fromkeys(drawn[first:last], split))
        first = last
    return split_of


def _listed(items: Sequence[str], rule: ListSplit) -> SplitPlan:
    by_name: dict[str, set[str]] = {}
    for item in items:
        stem = item.rpartition(".")[0] or item
        for name in (item, stem, item.rpartition("/")[2], stem.rpartition("/")[2]):
            by_name.setdefault(name, set()).add(item)
    split_of: dict[str, str] = {}
    unmatched = []
    for split, names in rule.lists:
        for name in filter(None, (entry.strip() for entry in names)):
            found = by_name.get(name.replace("\\", "/"), set())
            if len(found) != 1:
                unmatched.append(name)
                continue
            item = next(iter(found))
            if split_of.get(item, split) != split:
                raise InputError(
                    tr("The images were not split."),
                    cause=tr(
                        "{item} stands in the lists of {other} and of {split}.",
                        item=item,
                        other=split_of[item],
                        split=split,
                    ),
                    hint=tr("Take it out of one of them."),
                )
            split_of[item] = split
    return SplitPlan(split_of, tuple(unmatched))
