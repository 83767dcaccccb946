"""Label maps of a set that were made once: it is looked at first, and written later."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import overload

import numpy as np

from segdesk.core.shapes import Shape
from segdesk.formats.labelled import Loaded

_ROOM_BYTES = 64_000_000
_State = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Packed:
    """What was made of a file in a state, without its shapes."""

    state: _State
    bare: Loaded
    size: tuple[int, int]
    labels: bytes


class _ReadAgain(Sequence[Shape]):
    """Shapes of a file that are read when they are asked for."""

    def __init__(self, read: Callable[[], Loaded]) -> None:
        self._read = read

    @cached_property
    def _shapes(self) -> tuple[Shape, ...]:
        return tuple(self._read().shapes)

    def __len__(self) -> int:
        return len(self._shapes)

    @overload
    def __getitem__(self, index: int) -> Shape: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Shape]: ...

    def __getitem__(self, index: int | slice) -> Shape | Sequence[Shape]:
        return self._shapes[index]


class KeptLabels:
    """Keeps the label maps of annotation files, packed, under a budget.

    Many thousand polygons take longer to read and to draw than all else that is done
    with them. What has no room, and what was changed meanwhile, is made anew.

    Parameters
    ----------
    room_bytes
        For all label maps together.
    """

    def __init__(self, room_bytes: int = _ROOM_BYTES) -> None:
        self._room = room_bytes
        self._kept: dict[Path, _Packed] = {}

    def load(self, file: Path, read: Callable[[], Loaded]) -> Loaded:
        """Return what a file says, from what is kept if it is still the same.

        Parameters
        ----------
        read
            Reads the file and draws its shapes.
        """
        state = _state_of(file)
        kept = self._kept.get(file)
        if kept is not None and kept.state == state:
            flat = np.frombuffer(zlib.decompress(kept.labels), np.uint8)
            labels = flat.reshape(kept.size).copy()
            return replace(kept.bare, labels=labels, shapes=_ReadAgain(read))
        loaded = read()
        if kept is None and state is not None:
            self._keep(file, state, loaded)
        return loaded

    def _keep(self, file: Path, state: _State, loaded: Loaded) -> None:
        packed = zlib.compress(np.ascontiguousarray(loaded.labels).data, 1)
        if len(packed) > self._room:
            return
        self._room -= len(packed)
        height, width = loaded.labels.shape
        bare = replace(loaded, labels=np.empty((0, 0), np.uint8), shapes=())
        self._kept[file] = _Packed(state, bare, (height, width), packed)


def _state_of(file: Path) -> _State | None:
    try:
        found = file.stat()
    except OSError:  # the reader has the words for it
        return None
    return found.st_mtime_ns, found.st_size
