"""Small pictures for lists, made off the window's thread and kept for a while."""

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.ports import ExecutorPort
from segdesk.core.errors import SegDeskError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_KEPT = 2000


class Thumbnails:
    """Makes thumbnails for the rows that are on screen.

    Parameters
    ----------
    executor
        Where they are made; not the one that opens images.
    size_px
        Longest side of a thumbnail; twice what a row shows, for fine screens.
    """

    def __init__(self, executor: ExecutorPort, size_px: int = 128) -> None:
        self._executor = executor
        self._size_px = size_px
        self._kept: OrderedDict[Path, Pixels | None] = OrderedDict()
        self._waiting: dict[Path, list[Callable[[Pixels | None], None]]] = {}
        self._image_sizes: dict[Path, tuple[int, int]] = {}

    def image_size(self, path: Path) -> tuple[int, int] | None:
        """Return width and height of the whole image, once its thumbnail was made."""
        return self._image_sizes.get(path)

    def request(self, path: Path, done: "Callable[[Pixels | None], None]") -> None:
        """Call `done` with (h, w, 3) RGB uint8, or None if it cannot be read."""
        if path in self._kept:
            self._kept.move_to_end(path)
            done(self._kept[path])
            return
        first = path not in self._waiting
        self._waiting.setdefault(path, []).append(done)
        if first:
            self._executor.submit(
                lambda: self._read(path),
                lambda made: self._keep(path, *made),
                lambda _error: self._keep(path, None, None),
            )

    def cancel(self, path: Path) -> None:
        """Forget a request that no row waits for any more."""
        self._waiting.pop(path, None)

    def _read(self, path: Path) -> "tuple[Pixels | None, tuple[int, int] | None]":
        from segdesk.core.imaging import read_size, read_thumbnail

        if path not in self._waiting:
            return None, None
        try:
            return read_thumbnail(path, self._size_px), read_size(path)
        except SegDeskError:
            return None, None

    def _keep(
        self, path: Path, pixels: "Pixels | None", size: tuple[int, int] | None
    ) -> None:
        waiting = self._waiting.pop(path, None)
        if waiting is None:
            return
        self._kept[path] = pixels
        if size is not None:
            self._image_sizes[path] = size
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        for done in waiting:
            done(pixels)
