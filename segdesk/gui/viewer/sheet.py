"""What is drawn of one map of labels: codes, and the image that is made of them."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage, QPainter

from segdesk.core.geometry import Rect
from segdesk.core.overlay import ColourTable, Indices, Palette
from segdesk.gui.qimage import coloured

_REPLACE = QPainter.CompositionMode.CompositionMode_Source


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of an overlay.

    Parameters
    ----------
    palette
        (R, G, B) of each class.
    opacity
        Of the fill, 0-1.
    """

    palette: Palette
    opacity: float


class Sheet:
    """Codes at screen size and their picture, drawn anew as a whole or in parts."""

    def __init__(self) -> None:
        self.image = QImage()
        self._codes: Indices = np.empty((0, 0), np.uint8)

    @property
    def is_clear(self) -> bool:
        """Whether there are no codes to show."""
        return self.image.isNull()

    @property
    def codes(self) -> Indices:
        """(h, w) of what was drawn last, unless that was nothing."""
        return self._codes

    def clear(self) -> None:
        """Show nothing, with a null image."""
        self.image = QImage()

    def draw(self, codes: Indices, table: ColourTable) -> None:
        """Show other codes.

        Parameters
        ----------
        codes
            (h, w).
        """
        self._codes = codes.copy()
        self.image = coloured(self._codes, table)

    def ink(self, table: ColourTable) -> None:
        """Show the same codes in other colours."""
        if self.is_clear:
            return
        self.image = coloured(self._codes, table)

    def patch(self, codes: Indices, at: Rect, table: ColourTable) -> None:
        """Show other codes in one part.

        Parameters
        ----------
        codes
            (h, w) of that part.
        """
        self._codes[at.slices] = codes
        painter = QPainter(self.image)
        painter.setCompositionMode(_REPLACE)
        painter.drawImage(at.x, at.y, coloured(codes, table))
        painter.end()
