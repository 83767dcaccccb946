"""The stage as it was painted, kept: what moves over it does not paint it again.

The outline of a large brush touches many pixels with every event. Under it the stage
is copied from here; only what was painted since is composed again.
"""

from collections.abc import Iterable
from functools import reduce

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from segdesk.gui import theme
from segdesk.gui.viewer.stage import Stage

_MOST_PARTS = 12  # beyond, one rectangle round all of them is composed faster
_SCREEN = QImage.Format.Format_RGB32


class Backdrop:
    """Paints a stage, from a copy as long as it shows the same.

    The first paint of anything else goes straight to the screen: a picture that is
    being moved would be copied for nothing.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._shown: object = None
        self._image = QImage()
        self._is_whole = False
        self._stale: list[QRect] = []

    def touch(self, parts: Iterable[QRect]) -> None:
        """Note that parts of the stage, in device pixels, are others now."""
        if self._is_whole:
            self._stale += parts

    def paint(self, painter: QPainter, exposed: Iterable[QRect]) -> None:
        """Paint the exposed parts, all in device pixels.

        Each by itself: where the clip is one rectangle Qt copies, else it hands out
        runs of pixels to other threads and waits for them.
        """
        shown = (self._stage.shown, theme.color("canvas"), theme.color("line"))
        if shown != self._shown:
            self._shown, self._is_whole = shown, False
            parts = list(exposed)
            if len(parts) > _MOST_PARTS:
                parts = [reduce(QRect.united, parts)]
            for part in parts:
                self._stage.paint(painter, part)
            return
        self._compose()
        for part in exposed:
            painter.setClipRect(part)
            painter.drawImage(part.topLeft(), self._image, part)
        painter.setClipping(False)

    def _compose(self) -> None:
        size = self._stage.size
        if self._image.width() != size.width or self._image.height() != size.height:
            self._image = QImage(size.width, size.height, _SCREEN)
            self._is_whole = False
        if self._is_whole and not self._stale:
            return
        painter = QPainter(self._image)
        parts = self._stale if self._is_whole else [QRect(0, 0, *size)]
        for part in parts:
            self._stage.paint(painter, part)
        painter.end()
        self._is_whole, self._stale = True, []
