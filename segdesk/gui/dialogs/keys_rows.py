"""The rows of the list of keys: all keys of a command, the user's own marked."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF
from PySide6.QtCore import Qt as QtNames
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segdesk.app.keys.names import shown
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CONTROL, draw_caps, rounded
from segdesk.gui.palette_rows import PaletteDelegate, PaletteModel, draw_row
from segdesk.gui.palette_search import Row

if TYPE_CHECKING:
    from segdesk.app.keys.keymap import Keymap

_PAD = 18
_GAP = 14

HELD_ROWS = (
    Row("view.pan_held", tr("Pan"), tr("while the key is down"), "hand"),
    Row(
        "view.hide_held",
        tr("Hide the overlay"),
        tr("while the key is down"),
        "eye-slash",
    ),
)
POINTER_ROWS = tuple(
    Row("", title, "", icon, key)
    for title, icon, key in (
        (tr("Zoom at the cursor"), "magnifying-glass-plus", tr("Wheel")),
        (tr("Pan with the mouse"), "hand", tr("Middle button")),
        (tr("Erase"), "eraser", tr("Right button")),
        (tr("Pick a class"), "eyedropper", "Ctrl+Click"),
        (tr("Straight line with the brush"), "paint-brush", "Shift+Click"),
        (tr("Size of the brush"), "circle", "Ctrl+Wheel"),
        (tr("Opacity of the overlay"), "drop", "Ctrl+Shift+Wheel"),
        (tr("Accept region with the hand"), "cursor", "Shift+Click"),
        (tr("Accept by lasso with the hand"), "scribble-loop", "Shift+Drag"),
        (tr("Next area of the window"), "layout", "F6"),
        (tr("Back to the picture"), "arrow-bend-up-left", "Esc"),
    )
)


class KeysDelegate(PaletteDelegate):
    """Draws a command with all its keys; a dot says that they are the user's own."""

    def __init__(self, keymap: "Keymap", parent: QObject) -> None:
        super().__init__(parent)
        self._keymap = keymap

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one line."""
        model = index.model()
        row = model.row_at(index.row()) if isinstance(model, PaletteModel) else None
        if row is None or not row.id:
            super().paint(painter, option, index)
            return
        painter.save()
        box = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            plate = box.adjusted(6, 1, -6, -1)
            rounded(painter, plate, RADIUS_CONTROL, theme.color("sel"))
        right = box.right() - _PAD
        if self._keymap.is_own(row.id):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QtNames.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(QPointF(box.x() + 11, box.center().y()), 2.5, 2.5)
        for key in reversed(self._keymap.shown_all(row.id)):
            middle = box.center().y()
            right = draw_caps(painter, right, middle, shown(key)) - _GAP
        box.setRight(right + _PAD)
        draw_row(painter, box, row, chosen=False)
        painter.restore()
