"""The course of the learning rate over a run, drawn small."""

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CONTROL, rounded
from segdesk.gui.wording import put

_STEPS = 60
_WARM = 0.05


class ScheduleLine(QWidget):
    """Draws "poly", "cosine", "constant", or the recipe's usual course."""

    def __init__(self) -> None:
        super().__init__()
        self._kind = "recipe"
        self.setFixedSize(188, theme.row_px(28))
        put(self.setAccessibleName, tr("Course of the learning rate"))

    def set_kind(self, kind: str) -> None:
        """Draw another course."""
        if kind != self._kind:
            self._kind = kind
            put(self.setAccessibleDescription, kind)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame and line."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        rounded(painter, box, RADIUS_CONTROL, theme.color("field"), theme.color("line"))
        inner = box.adjusted(10, 7, -10, -7)
        line = QPolygonF()
        for step in range(_STEPS + 1):
            part = step / _STEPS
            y = inner.bottom() - inner.height() * rate_at(self._kind, part)
            line.append(QPointF(inner.left() + inner.width() * part, y))
        painter.setPen(QPen(theme.color("accent"), 1.6))
        painter.drawPolyline(line)


def rate_at(kind: str, part: float) -> float:
    """Return the share of the learning rate at a part, 0-1, of the run."""
    if part < _WARM:
        return part / _WARM
    rest = (part - _WARM) / (1 - _WARM)
    match kind:
        case "constant":
            return 1.0
        case "cosine":
            return (1 + math.cos(math.pi * rest)) / 2
        case _:
            return float((1 - rest) ** 0.9)
