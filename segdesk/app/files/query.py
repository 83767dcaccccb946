"""What is typed into the filter of the files: names, and words for what is known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from segdesk.core.item_status import ItemFilter, ItemStatus
from segdesk.core.language import joined
from segdesk.core.splits import SPLIT_NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segdesk.app.files.filter import FileIndex
    from segdesk.app.files.states import FileStates

_STATUS_WORDS = {
    "unlabelled": ItemStatus.UNLABELLED,
    "unlabeled": ItemStatus.UNLABELLED,
    "draft": ItemStatus.DRAFT,
    "drafts": ItemStatus.DRAFT,
    "review": ItemStatus.REVIEW,
    "done": ItemStatus.DONE,
}
_SPLIT_WORDS = {"training": "train", "validation": "val", "testing": "test"}
_REVIEW = "needs review"


@dataclass(frozen=True, slots=True)
class FileQuery:
    """What was typed into the filter of the files.

    Parameters
    ----------
    text
        The words that mean names.
    wanted
        What words such as `class:road` ask for; None: nothing.
    either
        Words that mean a name or what is known of a file, and what they ask for.
    """

    text: str
    wanted: ItemFilter | None = None
    either: tuple[tuple[str, ItemFilter], ...] = ()

    def mask(self, index: "FileIndex", states: "FileStates") -> "NDArray[np.bool_]":
        """Return (N,) which files have what the words but `text` ask for."""
        count = len(index.keys)
        mask = np.ones(count, np.bool_)
        if self.wanted is not None:
            mask &= states.admitted(self.wanted)
        for word, meant in self.either:
            known = states.admitted(meant)
            known[index.matching(word)] = True
            mask &= known
        return mask


@dataclass(slots=True)
class _Asked:
    """What the words read so far ask for."""

    words: list[str] = field(default_factory=list)
    either: list[tuple[str, ItemFilter]] = field(default_factory=list)
    class_index: int | None = None
    splits: frozenset[str] = frozenset()
    least: int | None = None
    most: int | None = None

    @property
    def wanted(self) -> ItemFilter | None:
        """What all of them must have."""
        wanted = ItemFilter(
            class_index=self.class_index,
            splits=self.splits,
            least_px=self.least,
            most_px=self.most,
        )
        return None if wanted == ItemFilter() else wanted


def parse_query(text: str, class_names: Sequence[str]) -> FileQuery:
    """Read what was typed.

    `class:road`, `split:val`, `>2000` and `<500` pixels ask for what is known of a
    file. Names of classes and of splits, and words for a status, mean that or a part
    of the name. All else is part of the name. A class goes by its name or, after
    `class:`, by its beginning; sizes mean the longer side.
    """
    asked = _Asked()
    names = [name.strip().casefold() for name in class_names]
    for word in text.replace(_REVIEW, "review").split():
        if not _is_condition(word, names, asked):
            meant = _meant(word.casefold(), names)
            if meant is None:
                asked.words.append(word)
            else:
                asked.either.append((word, meant))
    return FileQuery(joined(" ", asked.words), asked.wanted, tuple(asked.either))


def _is_condition(word: str, names: list[str], asked: _Asked) -> bool:
    head, _, rest = word.casefold().partition(":")
    side = _pixels(word[1:])
    if head == "class" and rest:
        asked.class_index = _class_index(rest, names)
    elif head == "split" and rest:
        asked.splits |= {"" if rest == "none" else rest}
    elif word[0] == ">" and side is not None:
        asked.least = side + 1
    elif word[0] == "<" and side is not None:
        asked.most = side - 1
    else:
        return False
    return True


def _meant(word: str, names: list[str]) -> ItemFilter | None:
    """Return what else than a name a word may mean."""
    split = _SPLIT_WORDS.get(word, word)
    if split in SPLIT_NAMES:
        return ItemFilter(splits=frozenset({split}))
    if word in _STATUS_WORDS:
        return ItemFilter(statuses=frozenset({_STATUS_WORDS[word]}))
    return ItemFilter(class_index=names.index(word)) if word in names else None


def _pixels(text: str) -> int | None:
    digits = text.casefold().removesuffix("px").replace(",", "")
    return int(digits) if digits.isdecimal() else None


def _class_index(wanted: str, names: list[str]) -> int:
    if wanted in names:
        return names.index(wanted)
    begun = (index for index, name in enumerate(names) if name.startswith(wanted))
    return next(begun, -1)
