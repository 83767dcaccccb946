"""The peer of `paint.py`: a viewer that blends and paints all of it for each dab."""

import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from paint_times import CLASSES, Times
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from segdesk.core.cv import load_cv2

if TYPE_CHECKING:
    from segdesk.app.files.opened_image import OpenedImage

PEER_ROUNDS = 5


class BlendingView(QWidget):
    """The peer: mixes the whole image and paints the part in view."""

    def __init__(self, pixels: NDArray[np.uint8], labels: NDArray[np.uint8]) -> None:
        super().__init__()
        self._pixels, self._labels = pixels, labels
        self._palette = np.zeros((256, 3), np.uint8)
        self._palette[: len(CLASSES)] = CLASSES.rgb
        self._pixmap = QPixmap()

    def dab(self, turn: int, size: int) -> None:
        """Paint a dab, blend everything again, and paint."""
        cv2 = load_cv2()
        place = (2000 + 40 * turn, 3000 + 10 * turn)
        cv2.circle(self._labels, place, size // 2, 1 + turn % 7, -1)
        colours = self._palette[self._labels]
        mixed = cv2.addWeighted(self._pixels, 0.55, colours, 0.45, 0)
        height, width = mixed.shape[:2]
        image = QImage(
            mixed.data, width, height, 3 * width, QImage.Format.Format_RGB888
        )
        self._pixmap = QPixmap.fromImage(image)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint all of it."""
        del event
        whole = QRectF(self._pixmap.rect())
        QPainter(self).drawPixmap(QRectF(self.rect()), self._pixmap, whole)


def measure_peer(
    app: QApplication, image: "OpenedImage", labels: NDArray[np.uint8], size: int
) -> Times:
    """Take the times of the peer."""
    peer = BlendingView(image.pixels, labels)
    peer.resize(1014, 850)
    peer.show()
    app.processEvents()
    times = Times()
    for turn in range(PEER_ROUNDS):
        start, begin = time.perf_counter(), time.thread_time()
        peer.dab(turn, size)
        app.processEvents()
        work = (time.thread_time() - begin) * 1000
        app.sync()
        times.add("move", (time.perf_counter() - start) * 1000, work)
    return times
