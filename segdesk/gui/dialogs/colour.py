"""A small card to choose a class's colour from: safe swatches and a hex field."""

import re

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from segdesk.core.classes import SAFE_COLOURS
from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.components import Button, Field, Label
from segdesk.gui.components.corners import cut_corners, make_see_through
from segdesk.gui.components.painting import RADIUS_CARD, RADIUS_SMALL, rounded
from segdesk.gui.wording import put

_COLUMNS = 10
_SHOWN = 20
_CELL = 26
_HEX = re.compile(r"#?[0-9A-Fa-f]{6}")


def parse_hex(text: str) -> str | None:
    """Return "#RRGGBB" for what was typed, or None."""
    typed = text.strip()
    if not _HEX.fullmatch(typed):
        return None
    return f"#{typed.removeprefix('#').upper()}"


class SwatchGrid(QWidget):
    """Colours in a grid, chosen by click or by arrows and Enter."""

    chosen = Signal(str)
    aimed = Signal(str)

    def __init__(self, colours: tuple[str, ...], current: str) -> None:
        super().__init__()
        self._colours = colours
        self._current = current
        self._at = colours.index(current) if current in colours else 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        put(self.setAccessibleName, tr("Safe colours"))
        put(self.setAccessibleDescription, self._colours[self._at])
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Return the size of all cells."""
        rows = -(-len(self._colours) // _COLUMNS)
        return QSize(_COLUMNS * _CELL, rows * _CELL)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the swatches, the current one checked, the aimed one ringed."""
        del event
        painter = QPainter(self)
        for place, colour in enumerate(self._colours):
            box = QRectF(self._cell(place)).adjusted(4, 4, -4, -4)
            rounded(painter, box, RADIUS_SMALL, QColor(colour))
            if colour == self._current:
                is_light = QColor(colour).lightnessF() > 0.5
                ink = theme.color("hud" if is_light else "onFill")
                icons.paint(painter, box.adjusted(3, 3, -3, -3), "check-bold", ink)
            if place == self._at and self.hasFocus():
                ring = box.adjusted(-3, -3, 3, 3)
                edge = theme.color("accent")
                rounded(painter, ring, RADIUS_SMALL + 2, None, edge, edge_px=2)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the swatch under the cursor."""
        place = self._place(event.position().toPoint())
        if place is not None:
            self.chosen.emit(self._colours[place])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk by arrows, choose by Enter or Space."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -_COLUMNS,
            Qt.Key.Key_Down: _COLUMNS,
        }
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self._colours[self._at])
        elif Qt.Key(event.key()) in steps:
            to = self._at + steps[Qt.Key(event.key())]
            if 0 <= to < len(self._colours):
                self._at = to
                put(self.setAccessibleDescription, self._colours[to])
                self.aimed.emit(self._colours[to])
                self.update()
        else:
            super().keyPressEvent(event)

    def _cell(self, place: int) -> QRect:
        row, column = divmod(place, _COLUMNS)
        return QRect(column * _CELL, row * _CELL, _CELL, _CELL)

    def _place(self, point: QPoint) -> int | None:
        if not self.rect().contains(point):
            return None
        place = point.y() // _CELL * _COLUMNS + point.x() // _CELL
        return place if place < len(self._colours) else None


class ColourPopup(QFrame):
    """The card; it closes by itself when a colour is chosen or Esc is pressed.

    Parameters
    ----------
    title
        What gets the colour: "Road".
    current
        "#RRGGBB" now.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget, title: str, current: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        make_see_through(self)
        put(self.setAccessibleName, tr("Colour of {title}", title=title))
        self.grid = SwatchGrid(SAFE_COLOURS[:_SHOWN], current.upper())
        self.field = Field(tr("Colour as hex"), "#RRGGBB")
        put(self.field.setText, current.upper())
        self.field.setFixedWidth(104)
        self._set = Button(tr("Set"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(
            Label(tr("Colour of {title}", title=title), "smallStrong", "text2")
        )
        column.addWidget(self.grid)
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(self.field)
        row.addWidget(self._set)
        row.addStretch(1)
        column.addLayout(row)
        self.grid.chosen.connect(self._choose)
        self.grid.aimed.connect(self.field.setText)
        self.field.textChanged.connect(self._on_field_text_changed)
        self.field.returnPressed.connect(self._on_set_clicked)
        self._set.clicked.connect(self._on_set_clicked)

    def open_at(self, position: QPoint) -> None:
        """Show the card at a place on the screen, whole."""
        self.adjustSize()
        area = self.screen().availableGeometry()
        x = min(position.x(), area.right() - self.width())
        y = min(position.y(), area.bottom() - self.height())
        self.move(max(area.left(), x), max(area.top(), y))
        self.show()
        self.grid.setFocus(Qt.FocusReason.PopupFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corners round."""
        super().resizeEvent(event)
        cut_corners(self, RADIUS_CARD)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        box = QRectF(self.rect())
        raised, line = theme.color("raised"), theme.color("line2")
        rounded(QPainter(self), box, RADIUS_CARD, raised, line)

    def _on_field_text_changed(self, text: str) -> None:
        good = parse_hex(text) is not None
        self.field.set_state("" if good else "bad")
        self._set.setEnabled(good)

    def _on_set_clicked(self) -> None:
        colour = parse_hex(self.field.text())
        if colour is not None:
            self._choose(colour)

    def _choose(self, colour: str) -> None:
        self.chosen.emit(colour)
        self.close()
