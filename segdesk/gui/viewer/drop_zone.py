"""What the viewer shows without an image, and while files are dragged over it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.app.commands import CommandRegistry
from segdesk.core.language import shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.components import Button, Kind, Label
from segdesk.gui.components.painting import RADIUS_DIALOG, RADIUS_NOTICE, rounded
from segdesk.gui.viewer.cards import paint_card
from segdesk.gui.wording import put

_ZONE = QSize(560, 264)
_TOP_SHARE = 1 / 6  # of the free height; notices come in at the foot
_TILE_PX, _ICON_PX = 56, 26
_DASH_PX = (10.0, 4.8)
_EDGE_PX = 2.0
_FORMATS = tr("JPEG, PNG, TIFF, WebP, BMP, GIF")
_BUTTONS = (
    ("file.open_folder", Kind.PRIMARY),
    ("file.open_files", Kind.DEFAULT),
    ("file.open_sample", Kind.GHOST),
)


class DropZone(QWidget):
    """Where images come in: a place to drop them, and three buttons."""

    def __init__(self, commands: CommandRegistry, parent: QWidget) -> None:
        super().__init__(parent)
        self._commands = commands
        self._lit = False
        self._box = QWidget(self)
        self._box.resize(_ZONE)
        column = QVBoxLayout(self._box)
        column.setContentsMargins(16, 38 + _TILE_PX + 17, 16, 42)
        column.setSpacing(0)
        centre = Qt.AlignmentFlag.AlignHCenter
        title = Label(tr("Drop images or a folder"), "heading")
        formats = Label(_FORMATS, "small", "text2")
        column.addWidget(title, 0, centre)
        column.addSpacing(9)
        column.addWidget(formats, 0, centre)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addStretch(1)
        self._buttons = {
            command_id: self._button(command_id, kind) for command_id, kind in _BUTTONS
        }
        for button in self._buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        put(self.setAccessibleName, tr("Drop images or a folder"))
        put(self.setAccessibleDescription, _FORMATS)

    def set_lit(self, lit: bool) -> None:
        """Show that what is dragged may be dropped."""
        if lit != self._lit:
            self._lit = lit
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the zone in the middle, a little above it."""
        super().resizeEvent(event)
        free = self.size() - self._box.size()
        self._box.move(
            max(0, free.width() // 2), max(0, round(free.height() * _TOP_SHARE))
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, dashed edge and tile."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("canvas"))
        box = QRectF(self._box.geometry())
        fill = theme.mix("text", "canvas", 0.018)
        edge = theme.veiled("line2", 0.8)
        if self._lit:
            fill, edge = theme.mix("accent", "canvas", 0.12), theme.color("accent")
        rounded(painter, box, RADIUS_DIALOG, fill)
        painter.setPen(_dashed(edge))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = _EDGE_PX / 2
        painter.drawRoundedRect(
            box.adjusted(half, half, -half, -half), RADIUS_DIALOG, RADIUS_DIALOG
        )
        tile = QRectF(box.center().x() - _TILE_PX / 2, box.y() + 38, _TILE_PX, _TILE_PX)
        rounded(painter, tile, RADIUS_NOTICE, theme.mix("text", "canvas", 0.08))
        inset = (_TILE_PX - _ICON_PX) / 2
        spot = tile.adjusted(inset, inset, -inset, -inset)
        icons.paint(painter, spot, "download-simple", theme.color("text2"))

    def _button(self, command_id: str, kind: Kind) -> Button:
        command = self._commands[command_id]
        key = command.keys[0] if command.keys else ""
        button = Button(command.title, kind, icon=command.icon, key=key, height=32)
        put(button.setAccessibleDescription, command.tip)
        button.clicked.connect(lambda: self._commands.run(command_id))
        return button


class DropVeil(QWidget):
    """Lies over the picture while files are dragged over it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        put(self.setAccessibleName, tr("Drop to open"))
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw tint, dashed edge and what a drop does."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(9, 9, -9, -9)
        rounded(painter, box, RADIUS_DIALOG, theme.veiled("accentFill", 0.18))
        painter.setPen(_dashed(theme.color("accent")))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, RADIUS_DIALOG, RADIUS_DIALOG)
        tag = QRectF(0, 0, 148, 36)
        tag.moveCenter(box.center())
        paint_card(painter, tag)
        icons.paint(
            painter,
            QRectF(tag.x() + 16, tag.center().y() - 8, 16, 16),
            "download-simple",
            theme.color("hudText"),
        )
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.color("hudText"))
        painter.drawText(
            tag.adjusted(40, 0, 0, 0),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            shown(tr("Drop to open")),
        )


def _dashed(colour: QColor) -> QPen:
    pen = QPen(colour, _EDGE_PX)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([length / _EDGE_PX for length in _DASH_PX])
    return pen
