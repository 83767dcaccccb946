"""How an entry of the review queue looks."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segdesk.core.language import shown
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_SMALL, rounded, rounded_path
from segdesk.gui.item_models.moving_rows import MovingDelegate
from segdesk.gui.item_models.review_model import ReviewRow
from segdesk.gui.item_models.row_delegate import (
    RIGHT,
    Index,
    Role,
    draw_number,
    draw_text,
    ink,
    text_width,
    two_lines,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPixmap

    from segdesk.app.review.entry import ReviewEntry

PICTURE = (52, 44)
_LEFT = 12
_GAP = 10


class ReviewDelegate(MovingDelegate):
    """Paints an entry: its picture, what it is, why it is there, its score.

    Parameters
    ----------
    picture
        Returns the picture of an entry; None while there is none.
    """

    row_px = 60

    def __init__(self, picture: "Callable[[ReviewEntry], QPixmap | None]") -> None:
        super().__init__()
        self._picture = picture

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one entry."""
        row = index.data(Role.ROW)
        if not isinstance(row, ReviewRow):
            return
        rect = option.rect
        middle = rect.top() + rect.height() // 2
        box = QRect(_LEFT, middle - PICTURE[1] // 2, *PICTURE)
        self._paint_picture(painter, box, row)
        right = rect.right() - 13
        pen = ink("smallStrong", "model", tabular=True)
        width = text_width(row.score, pen.font) + 2
        left = box.right() + 1 + _GAP
        line, below = two_lines(left, middle, right)
        place = QRect(right - width, line.top(), width, line.height())
        draw_number(painter, place, row.score, pen, RIGHT)
        line.setRight(place.left() - 8)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        draw_text(
            painter,
            line,
            shown(row.title),
            ink("strong" if selected else "body", "text"),
        )
        draw_text(painter, below, shown(row.why), ink("caption", "text2"))

    def _paint_picture(self, painter: QPainter, box: QRect, row: ReviewRow) -> None:
        picture = self._picture(row.entry)
        if picture is None:
            rounded(painter, QRectF(box), RADIUS_SMALL, theme.color("raised"))
            return
        painter.save()
        painter.setClipPath(rounded_path(QRectF(box), RADIUS_SMALL))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(box, picture)
        painter.restore()
