"""Finding images of a batch by words, a part of them at a time."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from segdesk.core.language import joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 20_000  # names: some milliseconds


class NameSearch:
    """Tells which names have all words of a text; case does not matter.

    Where any name has the words one behind the other, only such ones are meant.

    Parameters
    ----------
    keys
        What is searched, in small letters. More may come later.
    text
        Words with spaces between them.
    """

    def __init__(self, keys: Sequence[str], text: str) -> None:
        self.text = text
        self._keys = keys
        words = text.casefold().split()
        self._phrase = joined(" ", words)
        self._words = words if len(words) > 1 else []
        self._together = bytearray()  # 1 where a name has them
        self._apart = bytearray()

    def steps(self) -> Iterator[None]:
        """Search on, some thousand names at each step."""
        if not self._phrase:
            return
        for _ in self._grown(self._together, [self._phrase]):
            yield
        if self._words and 1 not in self._together:
            for _ in self._grown(self._apart, self._words):
                yield

    @property
    def found(self) -> "NDArray[np.bool_] | None":
        """Which names have the words, also those that came since; None: all do."""
        if not self._phrase:
            return None
        for _ in self.steps():
            pass
        is_apart = bool(self._words) and 1 not in self._together
        said = bytes(self._apart if is_apart else self._together)
        return np.frombuffer(said, np.bool_)

    def _grown(self, found: bytearray, words: Sequence[str]) -> Iterator[None]:
        """Look at the names that were not looked at yet."""
        while len(found) < len(self._keys):
            part = self._keys[len(found) : len(found) + _AT_ONCE]
            first, *others = words
            has = [first in key for key in part]
            for word in others:
                has = [one and word in key for one, key in zip(has, part, strict=True)]
            found += bytes(has)
            yield
