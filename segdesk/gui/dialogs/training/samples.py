"""Samples as the network would see them, labels over picture."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.classes import ClassList
from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CONTROL, rounded, rounded_path
from segdesk.gui.qimage import ArrayImage, indexed_image, rgb_image
from segdesk.gui.wording import put

_COLUMNS, _ROWS, _GAP, _HIGH = 4, 2, 6, 74
_SHARE = 0.45
Picture = tuple[NDArray[np.uint8], NDArray[np.uint8]]


class SampleGrid(QWidget):
    """Eight samples in two rows; empty boxes until they are there."""

    def __init__(self) -> None:
        super().__init__()
        self._pictures: Sequence[Picture] = ()
        self._shown: list[tuple[ArrayImage, ArrayImage]] = []
        self._words = ""
        self.setFixedHeight(_ROWS * _HIGH + _GAP)
        put(self.setAccessibleName, tr("Samples after augmentation"))

    @property
    def count(self) -> int:
        """How many samples it shows."""
        return len(self._shown)

    def show_pictures(
        self, pictures: Sequence[Picture], classes: ClassList | None
    ) -> None:
        """Show other samples: (H, W, 3) RGB and (H, W) labels each."""
        if pictures is self._pictures:
            return
        self._pictures = pictures
        table = _table(classes)
        self._shown = [
            (rgb_image(image), indexed_image(labels, table))
            for image, labels in pictures[: _COLUMNS * _ROWS]
        ]
        self.update()

    def say(self, words: str) -> None:
        """Say what happens while there are no samples."""
        if words != self._words:
            self._words = words
            put(self.setAccessibleDescription, words)
            self.update()

    def sizeHint(self) -> QSize:
        """Return the designed width."""
        return QSize(388, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the samples."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        wide = (self.width() - _GAP * (_COLUMNS - 1)) / _COLUMNS
        for place in range(_COLUMNS * _ROWS):
            row, column = divmod(place, _COLUMNS)
            box = QRectF(column * (wide + _GAP), row * (_HIGH + _GAP), wide, _HIGH)
            if place < len(self._shown):
                self._draw(painter, box, *self._shown[place])
            else:
                rounded(painter, box, RADIUS_CONTROL, theme.color("raised"))
        if not self._shown and self._words:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text2"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(
                self.rect().adjusted(16, 0, -16, 0), flags, shown(self._words)
            )

    def _draw(
        self, painter: QPainter, box: QRectF, picture: ArrayImage, labels: ArrayImage
    ) -> None:
        size = picture.image.size()
        scale = max(box.width() / size.width(), box.height() / size.height())
        part = QRectF(0, 0, box.width() / scale, box.height() / scale)
        part.moveCenter(QRectF(picture.image.rect()).center())
        painter.save()
        painter.setClipPath(rounded_path(box, RADIUS_CONTROL))
        painter.drawImage(box, picture.image, part)
        painter.setOpacity(_SHARE)
        painter.drawImage(box, labels.image, part)
        painter.restore()


def _table(classes: ClassList | None) -> list[int]:
    """Return a colour for each index; what is background or ignored is clear."""
    table = [0] * 256
    if classes is not None:
        for place, colour in enumerate(classes.palette):
            if place != classes.background_index:
                table[place] = 0xFF000000 | int(colour.removeprefix("#"), 16)
    return table
