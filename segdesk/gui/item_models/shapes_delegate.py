"""How a shape looks in the list of shapes."""

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.components.painting import RADIUS_SMALL, rounded
from segdesk.gui.item_models.class_parts import draw_hatching
from segdesk.gui.item_models.row_delegate import (
    RIGHT,
    Index,
    Role,
    RowDelegate,
    draw_text,
    ink,
    text_width,
)
from segdesk.gui.item_models.shapes_model import ShapeRow

_EYE = 27  # from the right
_KIND = QRect(14, 0, 14, 14)
_SWATCH = QRect(36, 0, 12, 12)
_TEXT_LEFT = 56
_GAP = 8


class ShapesDelegate(RowDelegate):
    """Paints a shape: kind, swatch, class, size, eye."""

    def part_at(self, rect: QRect, index: Index, position: QPoint) -> str:
        """Return "eye" with room round it, or ""."""
        return "eye" if position.x() >= rect.right() - _EYE - 5 else ""

    def tip(self, index: Index, part: str) -> str:
        """Return what a click on the eye does, or kind and size."""
        row = index.data(Role.ROW)
        if part == "eye" and isinstance(row, ShapeRow):
            if row.is_hidden:
                return tr("Let it be taken hold of on the picture again")
            return tr("Leave it alone on the picture; its pixels stay")
        return super().tip(index, part)

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one shape."""
        row = index.data(Role.ROW)
        if not isinstance(row, ShapeRow):
            return
        rect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        soft = "text2" if selected else "text3"
        middle = rect.top() + rect.height() / 2
        mark = QRectF(_KIND.left(), middle - 7, 14, 14)
        icons.paint(painter, mark, row.icon, theme.color(soft))
        swatch = QRectF(_SWATCH.left(), middle - 6, 12, 12)
        if row.colour:
            rounded(painter, swatch, RADIUS_SMALL, QColor(row.colour))
        else:
            draw_hatching(painter, swatch)
        right = self._paint_eye(painter, rect, row, index)
        pen = ink("caption", soft, tabular=True)
        width = text_width(row.size, pen.font)
        box = QRect(right - width, rect.top(), width + 1, rect.height())
        draw_text(painter, box, row.size, pen, RIGHT)
        room = right - width - _GAP - _TEXT_LEFT
        name = QRect(_TEXT_LEFT, rect.top(), room, rect.height())
        role = soft if row.is_hidden else "text"
        draw_text(
            painter, name, row.class_name, ink("strong" if selected else "body", role)
        )

    def _paint_eye(
        self, painter: QPainter, rect: QRect, row: ShapeRow, index: Index
    ) -> int:
        """Paint the eye; returns where the size must end."""
        middle = rect.top() + rect.height() / 2
        left = rect.right() + 1 - _EYE
        name = "eye-slash" if row.is_hidden else "eye"
        role = "text" if self.is_hot(index, "eye") else "text3"
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(
            QRectF(left, middle - 8, 16, 16).topLeft(),
            icons.pixmap(name, role, 16, ratio),
        )
        return left - _GAP
