"""The row below the classes in which a new one is named."""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_SMALL, rounded
from segdesk.gui.item_models.classes_delegate import NAME_LEFT
from segdesk.gui.item_models.name_editor import NameEditor
from segdesk.gui.wording import put

_ROW_PX = 30


class NewClassRow(QWidget):
    """A swatch with the colour that the class will get, and a field for its name."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.row_px(_ROW_PX))
        self.editor = NameEditor(tr("Name of the new class"), self)
        put(self.editor.setPlaceholderText, tr("Name of the new class"))
        self._colour = ""
        self.hide()

    def open(self, colour: str) -> None:
        """Appear, ready to be typed into."""
        self._colour = colour
        self.show()
        width = max(96, self.width() - NAME_LEFT - 12)
        self.editor.open_at(QRect(NAME_LEFT, 0, width, self.height()), "")

    def set_colour(self, colour: str) -> None:
        """Show the colour that suits what is typed."""
        self._colour = colour
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the field the width of the row."""
        super().resizeEvent(event)
        self.editor.setFixedWidth(max(96, self.width() - NAME_LEFT - 6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the swatch."""
        del event
        box = QRectF(30, (self.height() - 14) / 2, 14, 14)
        rounded(QPainter(self), box, RADIUS_SMALL, QColor(self._colour))
