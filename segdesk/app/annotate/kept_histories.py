"""Undo survives switching images: the histories of images that were left."""

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from segdesk.core.history import BUDGET_BYTES, History


class KeptHistories:
    """Histories by annotation file, all under one budget of bytes; the oldest go first.

    A history fits only the pixels at which it was left, so it is kept with the digest
    of their file.

    Parameters
    ----------
    budget_bytes
        Room for all of them and the one in use.
    """

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._budget = budget_bytes
        self._kept: OrderedDict[Path, tuple[History, str]] = OrderedDict()

    def limit(self, budget_bytes: int) -> None:
        """Give all of them another budget; the next change drops what has no room."""
        self._budget = budget_bytes

    def put(self, path: Path, history: History, digest: str) -> None:
        """Keep a history.

        Parameters
        ----------
        digest
            Of the PNG that holds what the history leads to; "": not written yet.
        """
        self._kept.pop(path, None)
        if len(history):
            self._kept[path] = (history, digest)
        self.trim(0)

    def settle(self, path: Path, digest: str) -> None:
        """Take note of the file that was written after an image was left."""
        if path in self._kept:
            self._kept[path] = (self._kept[path][0], digest)

    def take(self, path: Path, digest: str) -> History | None:
        """Return the history of an image if its file is still the one it led to."""
        history, written = self._kept.pop(path, (None, ""))
        return history if written and written == digest else None

    def trim(self, in_use_bytes: int) -> None:
        """Drop the oldest histories until all fit beside the one in use."""
        size = in_use_bytes + sum(one.size_bytes for one, _ in self._kept.values())
        while self._kept and size > self._budget:
            _, (dropped, _) = self._kept.popitem(last=False)
            size -= dropped.size_bytes

    def snapshot(self) -> dict[Path, tuple[History, str]]:
        """Return all of them with the digests of their files."""
        return dict(self._kept)

    def replace_all(self, others: Mapping[Path, tuple[History, str]]) -> None:
        """Keep these instead: class indices mean something else now."""
        self._kept.clear()
        self._kept.update(others)
        self.trim(0)
