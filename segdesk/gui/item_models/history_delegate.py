"""How a step looks in the history."""

import time

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segdesk.gui import icons, theme
from segdesk.gui.item_models.history_model import HistoryRow, ago
from segdesk.gui.item_models.row_delegate import (
    RIGHT,
    Index,
    Role,
    RowDelegate,
    draw_text,
    ink,
    text_width,
)

_TEXT_LEFT = 38
_GAP = 8


class HistoryDelegate(RowDelegate):
    """Paints icon, title, class and age of a step; what was taken back is dim."""

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one step."""
        row = index.data(Role.ROW)
        if not isinstance(row, HistoryRow):
            return
        rect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        title_role = "outline" if row.is_undone else "text"
        soft_role = "outline" if row.is_undone else "text2" if selected else "text3"
        middle = rect.top() + rect.height() / 2
        mark = QRectF(14, middle - 7, 14, 14)
        icons.paint(painter, mark, row.icon, theme.color(soft_role))
        right = rect.right() - 11
        if row.time is not None:
            pen = ink("caption", soft_role, tabular=True)
            words = ago(time.time() - row.time)
            width = text_width(words, pen.font)
            box = QRect(right - width, rect.top(), width + 1, rect.height())
            draw_text(painter, box, words, pen, RIGHT)
            right -= width + _GAP
        pen = ink("strong" if selected else "body", title_role)
        width = min(text_width(row.title, pen.font) + 1, right - _TEXT_LEFT)
        box = QRect(_TEXT_LEFT, rect.top(), width, rect.height())
        draw_text(painter, box, row.title, pen)
        left = _TEXT_LEFT + width + _GAP
        if row.detail and right - left > 20:
            box = QRect(left, rect.top(), right - left, rect.height())
            draw_text(painter, box, row.detail, ink("small", soft_role))
