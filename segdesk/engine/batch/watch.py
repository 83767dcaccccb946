"""Images that arrive in folders while a batch waits for them.

The folders are looked through again and again. That needs no library, and works where
a system tells of no changes: on network drives and in containers, which is where
cameras and scanners put their files.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.errors import ImageReadError
from segdesk.formats.output_names import FoundImage, TakenNames
from segdesk.formats.outputs import SUFFIXES, images_below
from segdesk.formats.prediction_ledger import Ledger
from segdesk.jobs.specs import BatchItem, BatchSpec

_EVERY_S = 1.0
# A file counts as whole when it stayed the same for so long.
_SETTLED_S = 1.0
# At most this part of the time is spent on looking.
_SHARE = 0.2

_Look = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Arrived:
    """An image whose turn has come.

    Parameters
    ----------
    index
        Its place; one that changed comes again under the same.
    """

    index: int
    item: BatchItem


class Watcher:
    """Gives images as they arrive, None while nothing does; it has no end.

    Parameters
    ----------
    spec
        The batch; its items come before what arrives.
    ledger
        Images that it knows keep their names.
    """

    def __init__(self, spec: BatchSpec, ledger: Ledger) -> None:
        self._spec = spec
        self._taken = TakenNames(SUFFIXES)
        self._names = {entry.path: entry.item_name for entry in ledger.entries()}
        self._given: dict[Path, tuple[int, str, _Look | None]] = {}
        for index, item in enumerate(spec.items):
            self._taken.take(item.name)
            self._given[item.source] = index, item.name, _look(item.source)
        self._seen: dict[Path, tuple[_Look, float]] = {}
        self._ready: list[FoundImage] = []
        self._next_s = 0.0

    def __iter__(self) -> Iterator[Arrived | None]:
        """Look and give, for ever."""
        while True:
            if not self._ready and time.monotonic() >= self._next_s:
                began_s = time.monotonic()
                self._ready = self._new()
                self._ready.reverse()
                now_s = time.monotonic()
                self._next_s = now_s + max(_EVERY_S, (now_s - began_s) / _SHARE)
            yield self._arrived(self._ready.pop()) if self._ready else None

    def _new(self) -> list[FoundImage]:
        """Look through the folders; what is there no more is not waited for."""
        found = list(self._found())
        new = [one for one in found if self._is_new(one)]
        for gone in self._seen.keys() - {one.source for one in found}:
            del self._seen[gone]
        return new

    def _found(self) -> Iterator[FoundImage]:
        for folder in self._spec.watch:
            # A drive that is away for a while comes back with its files.
            with suppress(ImageReadError):
                yield from images_below(
                    folder, self._spec.out_dir, recursive=self._spec.recursive
                )

    def _is_new(self, found: FoundImage) -> bool:
        """Tell whether an image is whole and not as it was when it was given."""
        path = found.source
        look = _look(path)
        known = self._given.get(path)
        if look is None or not look[0] or (known is not None and known[2] == look):
            return False
        now_s = time.monotonic()
        before, since_s = self._seen.get(path, (None, now_s))
        if before != look:
            self._seen[path] = look, now_s
            # One that lay there long before needs no second look.
            return time.time_ns() - look[1] > _SETTLED_S * 2e9
        return now_s - since_s >= _SETTLED_S

    def _arrived(self, found: FoundImage) -> Arrived:
        path = found.source
        self._seen.pop(path, None)
        known = self._given.get(path)
        if known is None:
            index, name = len(self._given), self._name(found)
        else:
            index, name, _ = known
        self._given[path] = index, name, _look(path)
        return Arrived(index, BatchItem(path, name))

    def _name(self, found: FoundImage) -> str:
        whole = found.relative.as_posix()
        earlier = self._names.get(found.source)
        wanted = [] if earlier is None else [earlier]
        return self._taken.take(
            *wanted, whole.removesuffix(found.relative.suffix), whole
        )


def _look(path: Path) -> _Look | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_size, facts.st_mtime_ns
