"""Where a pulled dock would land."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CONTROL, rounded


class DropMark(QWidget):
    """Shows where a pulled dock would land."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the place."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        fill, edge = theme.veiled("accent", 0.18), theme.color("accent")
        rounded(painter, box, RADIUS_CONTROL, fill, edge, edge_px=2)
