"""Thumbnails of the rows on screen, cut and rounded, ready to be drawn."""

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segdesk.app.files.thumbnails import Thumbnails

_KEPT = 400
_RADIUS = 4


class ThumbnailCache(QObject):
    """Asks for thumbnails of what is on screen, and for nothing else.

    Parameters
    ----------
    source
        Makes thumbnails off the window's thread.
    size
        Width and height in logical px.
    """

    arrived = Signal(object)  # path

    def __init__(self, source: "Thumbnails", size: QSize) -> None:
        super().__init__()
        self._source = source
        self._size = size
        self._ratio = 1.0
        self._asked: set[Path] = set()
        self._kept: OrderedDict[Path, QPixmap | None] = OrderedDict()
        self._cut_from: dict[Path, NDArray[np.uint8]] = {}
        self._stale: set[Path] = set()  # shown until the other one is there
        self._wanted: Sequence[Path] = ()
        source.renewed.connect(self._on_renewed)

    def want(self, paths: Sequence[Path], ratio: float) -> None:
        """Ask for what is missing of `paths`, and no longer for anything else.

        Parameters
        ----------
        ratio
            Device pixels per logical px of the screen that shows them.
        """
        if ratio != self._ratio:
            self._ratio = ratio
            self._kept.clear()
            self._cut_from.clear()
        self._wanted, wanted = paths, set(paths)
        for path in self._asked - wanted:
            self._source.cancel(path)
        self._asked &= wanted
        for path in paths:
            is_there = path in self._kept and path not in self._stale
            if not is_there and path not in self._asked:
                self._asked.add(path)
                self._source.request(path, partial(self._keep, path))

    def set_size(self, size: QSize) -> None:
        """Cut to another size from now on; width and height in logical px."""
        if size != self._size:
            wanted = self._wanted
            self._size = size
            self.clear()
            self.want(wanted, self._ratio)

    def clear(self) -> None:
        """Forget everything, because other files are shown."""
        self.want((), self._ratio)
        self._kept.clear()
        self._cut_from.clear()
        self._stale.clear()

    def known(self, path: Path) -> bool:
        """Tell whether the answer is there."""
        return path in self._kept

    def pixmap(self, path: Path) -> QPixmap | None:
        """Return a thumbnail, or None while there is none."""
        return self._kept.get(path)

    def _on_renewed(self, path: Path | None) -> None:
        self._stale.update(self._kept if path is None else {path} & set(self._kept))
        if path is None or path in self._wanted:
            self.want(self._wanted, self._ratio)

    def _keep(self, path: Path, pixels: "NDArray[np.uint8] | None") -> None:
        self._asked.discard(path)
        self._stale.discard(path)
        if pixels is None:
            self._kept[path] = None
            self._cut_from.pop(path, None)
        elif self._cut_from.get(path) is pixels:  # nothing came of being asked anew
            return
        else:
            self._kept[path] = self._cut(pixels)
            self._cut_from[path] = pixels
        while len(self._kept) > _KEPT:
            gone, _ = self._kept.popitem(last=False)
            self._cut_from.pop(gone, None)
        self.arrived.emit(path)

    def _cut(self, pixels: "NDArray[np.uint8]") -> QPixmap:
        """Return the middle of a picture that fills the size, with round corners."""
        height, width = pixels.shape[:2]
        picture = QImage(
            pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888
        )
        whole = QRectF(0, 0, self._size.width(), self._size.height())
        scale = max(whole.width() / width, whole.height() / height)
        part = QRectF(0, 0, whole.width() / scale, whole.height() / scale)
        part.moveCenter(QRectF(0, 0, width, height).center())
        cut = QPixmap(self._size * self._ratio)
        cut.setDevicePixelRatio(self._ratio)
        cut.fill(Qt.GlobalColor.transparent)
        rounded = QPainterPath()
        rounded.addRoundedRect(whole, _RADIUS, _RADIUS)
        painter = QPainter(cut)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.setClipPath(rounded)
        painter.drawImage(whole, picture, part)
        painter.end()
        return cut
