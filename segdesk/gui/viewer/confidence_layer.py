"""How sure the model is, as a heat map over the picture in grey: bright is unsure."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from segdesk.core.heat import grey_table, heat_table
from segdesk.core.sampling import nearest
from segdesk.gui.qimage import coloured
from segdesk.gui.viewer.place import Place

_GREY = QImage.Format.Format_Grayscale8
_INDEXED = QImage.Format.Format_Indexed8


class ConfidenceLayer:
    """Draws one confidence map for one pane."""

    def __init__(self) -> None:
        self._confidence: NDArray[np.uint8] | None = None
        self._place: Place | None = None
        self._image = QImage()

    def image(
        self, confidence: NDArray[np.uint8], place: Place, picture: QImage
    ) -> QImage:
        """Return the heat map with the picture under it, of the size of the cover.

        Parameters
        ----------
        confidence
            (H, W) of the image, 0-255 for 0-1.
        picture
            What the image layer drew for this place.
        """
        kept = self._place
        if confidence is self._confidence and kept is not None and place.same_as(kept):
            return self._image
        self._confidence, self._place = confidence, place
        if place.cover is None:
            self._image = QImage()
            return self._image
        self._image = _dark_grey(
            picture, QRect(place.cover.x, place.cover.y, *place.cover.size)
        )
        painter = QPainter(self._image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
        painter.drawImage(
            0, 0, coloured(nearest(confidence, place.cover), heat_table())
        )
        painter.end()
        return self._image


def _dark_grey(picture: QImage, part: QRect) -> QImage:
    grey = picture.copy(part).convertToFormat(_GREY)
    grey.reinterpretAsFormat(_INDEXED)
    grey.setColorTable(grey_table())
    return grey.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
