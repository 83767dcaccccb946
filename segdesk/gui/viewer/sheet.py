"""What is drawn of one map of labels: codes, and the image that is made of them."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from segdesk.core.geometry import Rect
from segdesk.core.overlay import ColourTable, Indices, Palette
from segdesk.gui.qimage import Coloured


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
        self._drawn: Coloured | None = None
        self._codes: Indices = np.empty((0, 0), np.uint8)

    @property
    def image(self) -> QImage:
        """The picture; where nothing is shown it is null."""
        return self._drawn.image if self._drawn else QImage()

    @property
    def is_clear(self) -> bool:
        """Whether there are no codes to show."""
        return self._drawn is None

    @property
    def codes(self) -> Indices:
        """(h, w) of what was drawn last, unless that was nothing."""
        return self._codes

    def clear(self) -> None:
        """Show nothing, with a null image."""
        self._drawn = None

    def draw(self, codes: Indices, table: ColourTable) -> None:
        """Show other codes.

        Parameters
        ----------
        codes
            (h, w).
        """
        self._codes = codes.copy()
        self._drawn = Coloured(self._codes, table)

    def ink(self, table: ColourTable) -> None:
        """Show the same codes in other colours."""
        if self._drawn is not None:
            self._drawn = Coloured(self._codes, table)

    def patch(self, codes: Indices, at: Rect, table: ColourTable) -> None:
        """Show other codes in one part.

        Parameters
        ----------
        codes
            (h, w) of that part.
        """
        self._codes[at.slices] = codes
        if self._drawn is not None:
            self._drawn.write(codes, at, table)
