"""What floats over the canvas with a shadow under it."""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QWidget

from segdesk.gui.components.painting import RADIUS_CONTROL, draw_shadow

_SHADOW_REACH = (-24, -24, 24, 32)


class Floats:
    """The things that float, as long as they are visible."""

    def __init__(self) -> None:
        self._parts: list[QWidget] = []

    def add(self, part: QWidget) -> None:
        """Let another thing float."""
        self._parts.append(part)

    def cut_from(self, region: QRegion) -> QRegion:
        """Return the part of a region that nothing floats over."""
        for box in self._boxes():
            region = region.subtracted(box)
        return region

    def paint_shadows(self, painter: QPainter, exposed: QRegion) -> None:
        """Draw the shadows that lie in the exposed part."""
        for box in self._boxes():
            if exposed.intersects(box.adjusted(*_SHADOW_REACH)):
                draw_shadow(painter, QRectF(box), RADIUS_CONTROL)

    def _boxes(self) -> list[QRect]:
        return [part.geometry() for part in self._parts if part.isVisible()]
