"""Small pictures for lists, made off the window's thread and kept for a while."""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.ports import ExecutorPort
from segdesk.app.signal import Signal
from segdesk.core.errors import SegDeskError
from segdesk.core.image_view import AS_STORED, ImageView
from segdesk.core.mapped import MAPPED_PIXELS

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Bare = tuple[Pixels, tuple[int, int]]

_KEPT = 2000


@dataclass(frozen=True, slots=True)
class LabelSource:
    """What lies over an image in its thumbnail.

    Parameters
    ----------
    annotation
        Its index PNG.
    rgb
        Colour of each class, 0-255.
    hidden
        Index of a class that is not shown.
    """

    annotation: Path
    rgb: tuple[tuple[int, int, int], ...]
    hidden: int | None


class Thumbnails:
    """Makes thumbnails for the rows that are on screen.

    Parameters
    ----------
    executor
        Where they are made; not the one that opens images.
    size_px
        Longest side of a thumbnail; twice what a row shows, for fine screens.

    Attributes
    ----------
    renewed
        Fires with an image whose thumbnail is another one now; None: many may be.
    labels_of
        Tells what lies over an image.
    view
        Bands and stretch of the images; `forget` those that had another one.
    """

    def __init__(self, executor: ExecutorPort, size_px: int = 128) -> None:
        self._executor = executor
        self._size_px = size_px
        self.renewed: Signal[Path | None] = Signal()
        self.labels_of: Callable[[Path], LabelSource | None] = lambda _path: None
        self._kept: OrderedDict[Path, tuple[Pixels | None, LabelSource | None]]
        self._kept = OrderedDict()
        self._waiting: dict[Path, list[Callable[[Pixels | None], None]]] = {}
        self._image_sizes: dict[Path, tuple[int, int]] = {}
        self.view: ImageView = AS_STORED
        # Of huge images, without labels: their own worker is the only one to touch it.
        self._bare: dict[Path, tuple[tuple[int, ImageView], Bare]] = {}

    def image_size(self, path: Path) -> tuple[int, int] | None:
        """Return width and height of the whole image, once its thumbnail was made."""
        return self._image_sizes.get(path)

    def request(self, path: Path, done: "Callable[[Pixels | None], None]") -> None:
        """Call `done` with (h, w, 3) RGB uint8, or None if it cannot be read."""
        labels = self.labels_of(path)
        pixels, under = self._kept.get(path, (None, None))
        if path in self._kept and under == labels:
            self._kept.move_to_end(path)
            done(pixels)
            return
        first = path not in self._waiting
        self._waiting.setdefault(path, []).append(done)
        if first:
            self._executor.submit(
                lambda: self._read(path, labels),
                lambda made: self._keep(path, labels, *made),
                lambda _error: self._keep(path, labels, None, None),
            )

    def cancel(self, path: Path) -> None:
        """Forget a request that no row waits for any more."""
        self._waiting.pop(path, None)

    def renew(self, path: Path | None) -> None:
        """Make a thumbnail again when it is asked for; None: where labels changed."""
        if path is not None:
            self._kept.pop(path, None)
        self.renewed.emit(path)

    def renew_those(self, are_others: "Callable[[Path], bool]") -> None:
        """Make those of some images again when they are asked for."""
        for path in [path for path in self._kept if are_others(path)]:
            del self._kept[path]
        self.renewed.emit(None)

    def forget(self) -> None:
        """Make all thumbnails again when they are asked for."""
        self._kept.clear()
        self.renewed.emit(None)

    def _read(
        self, path: Path, labels: LabelSource | None
    ) -> "tuple[Pixels | None, tuple[int, int] | None]":
        from segdesk.core.freed_memory import hand_back

        if path not in self._waiting:
            return None, None
        try:
            pixels, size = self._read_bare(path)
        except (SegDeskError, OSError):
            return None, None
        shown = pixels if labels is None else _tinted(pixels, labels)
        hand_back(size[0] * size[1])
        return shown, size

    def _read_bare(self, path: Path) -> "Bare":
        """Read a small picture, that of a huge image only once."""
        from segdesk.core.imaging import read_size, read_thumbnail

        view = self.view
        stamp = (path.stat().st_mtime_ns, view)
        kept = self._bare.get(path)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        bare = read_thumbnail(path, self._size_px, view), read_size(path)
        if bare[1][0] * bare[1][1] >= MAPPED_PIXELS:
            self._bare[path] = stamp, bare
        return bare

    def _keep(
        self,
        path: Path,
        labels: LabelSource | None,
        pixels: "Pixels | None",
        size: tuple[int, int] | None,
    ) -> None:
        waiting = self._waiting.pop(path, None)
        if waiting is None:
            return
        self._kept[path] = pixels, labels
        if size is not None:
            self._image_sizes[path] = size
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        for done in waiting:
            done(pixels)


def _tinted(pixels: "Pixels", labels: LabelSource) -> "Pixels":
    import numpy as np

    from segdesk.formats.label_preview import tinted

    palette = np.array(labels.rgb, np.uint8)
    return tinted(pixels, labels.annotation, palette, labels.hidden)
