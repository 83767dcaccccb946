"""The borders of superpixels, as thin lines over the picture."""

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage

from segdesk.app.tools.preview import Cells
from segdesk.core.geometry import Cover
from segdesk.core.overlay import Indices
from segdesk.core.sampling import part_of, shown_part
from segdesk.gui.qimage import coloured
from segdesk.gui.viewer.place import Place

_LEAST_PX = 6  # smaller cells on screen would be one grey
_LIGHT, _DARK = 0x8CFFFFFF, 0x59000000
_TABLE = (0, (_LIGHT >> 24) * 0x01010101, _DARK)  # premultiplied


class CellsLayer:
    """Draws the cells of one block for one pane."""

    def __init__(self) -> None:
        self._cells: Cells | None = None
        self._place: Place | None = None
        self._image = QImage()
        self._at = QPoint()

    def image(self, cells: Cells, place: Place) -> tuple[QImage, QPoint]:
        """Return the borders, premultiplied, and their place in device pixels."""
        kept = self._place
        if cells is not self._cells or kept is None or not place.same_as(kept):
            self._cells, self._place = cells, place
            self._image = QImage()
            is_seen = cells.size_px * place.transform.scale >= _LEAST_PX * place.ratio
            if place.cover is not None and is_seen:
                self._draw(cells, place.cover)
        return self._image, self._at

    def _draw(self, cells: Cells, cover: Cover) -> None:
        seen = shown_part(cover, cells.rect)
        if not seen.area:
            return
        part = part_of(cover, seen)
        rows, columns = part.rows - cells.rect.y, part.columns - cells.rect.x
        numbers = cells.numbers[rows[:, None], columns[None, :]]
        self._image = coloured(_borders(numbers), _TABLE)
        self._at = QPoint(cover.x + seen.x, cover.y + seen.y)


def _borders(numbers: np.ndarray) -> Indices:
    """Return 1 on the last pixel of a cell, 2 on the first of the next."""
    found: Indices = np.zeros(numbers.shape, np.uint8)
    across = numbers[:, 1:] != numbers[:, :-1]
    down = numbers[1:] != numbers[:-1]
    found[:, 1:][across] = 2
    found[1:][down] = 2
    found[:, :-1][across] = 1
    found[:-1][down] = 1
    return found
