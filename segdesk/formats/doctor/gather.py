"""Reading the facts of many pairs at once, and keeping those of unchanged files.

Decoding leaves the interpreter's lock, so threads use all cores, need no start-up and
no copies between processes, and work the same in a frozen program.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from segdesk.formats.doctor.facts import (
    ImageFacts,
    MaskFacts,
    PairFacts,
    read_image_facts,
    read_mask_facts,
)
from segdesk.formats.doctor.survey import SurveyedPair

LookedAt = Callable[[int, int], None]
_MOST_THREADS = 16
_MEASURED = 400
_Stamp = tuple[int, int]
_Facts = TypeVar("_Facts")


class FactReader:
    """Reads facts; a file that did not change is not read again."""

    def __init__(self) -> None:
        self._images: dict[Path, tuple[_Stamp, ImageFacts]] = {}
        self._masks: dict[Path, tuple[_Stamp, MaskFacts]] = {}

    def read(
        self, pairs: Sequence[SurveyedPair], looked_at: LookedAt
    ) -> tuple[PairFacts, ...]:
        """Return the facts of pairs in their order.

        Parameters
        ----------
        looked_at
            Takes the number of pairs that are done and their total; may raise to end
            it, and then nothing more is read.
        """
        threads = min(_MOST_THREADS, os.cpu_count() or 1)
        step = max(1, len(pairs) // _MEASURED)
        waiting: list[Future[PairFacts]] = []
        found: list[PairFacts] = []
        looked_at(0, len(pairs))
        pool = ThreadPoolExecutor(threads, "doctor")
        try:
            for place, pair in enumerate(pairs):
                measured = place % step == 0
                waiting.append(pool.submit(self._one, pair, measured=measured))
            for future in waiting:
                found.append(future.result())
                looked_at(len(found), len(pairs))
        finally:
            pool.shutdown(cancel_futures=True)
        return tuple(found)

    def _one(self, pair: SurveyedPair, *, measured: bool) -> PairFacts:
        image = self._known(self._images, pair.image)
        if image is None:
            image = read_image_facts(pair.image)
            self._images[pair.image] = _stamp(pair.image), image
        mask = self._known(self._masks, pair.mask)
        if mask is None:
            mask = read_mask_facts(pair.mask, regions=measured)
            self._masks[pair.mask] = _stamp(pair.mask), mask
        return PairFacts(image, mask, pair.split)

    @staticmethod
    def _known(known: dict[Path, tuple[_Stamp, _Facts]], path: Path) -> _Facts | None:
        stamp, facts = known.get(path, (None, None))
        return facts if stamp is not None and stamp == _stamp(path) else None


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return (0, -1)
    return found.st_mtime_ns, found.st_size
