"""How a class looks in the legend."""

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.class_parts import (
    SWATCH_PX,
    bar_track,
    draw_eye,
    draw_hatching,
    draw_ring,
    draw_swatch,
)
from segdesk.gui.item_models.classes_model import ClassesModel, ClassRow
from segdesk.gui.item_models.row_delegate import (
    CENTRE,
    Index,
    Ink,
    Role,
    RowDelegate,
    draw_bar,
    draw_number,
    draw_text,
    ink,
    scaled,
)

# Distances from the row's right end, in px.
EYE = 27
CONFIDENCE = 44
_LOCK = 49
_BAR_PX = 44
_LEAST_NAME_PX = 76  # in a narrow panel the name is worth more than the bar
_SWATCH_LEFT = 30
NAME_LEFT = 54


def share_right(*, has_locks: bool = False) -> int:
    """Return how far from the right the column of shares ends, in px."""
    return _LOCK + 18 if has_locks else CONFIDENCE + scaled(34)


def bar_left(*, has_locks: bool = False) -> int:
    """Return how far from the right the bars begin, in px."""
    return share_right(has_locks=has_locks) + scaled(48) + _BAR_PX


def name_rect(rect: QRect, *, has_locks: bool) -> QRect:
    """Return where the name stands on a row."""
    right = rect.right() + 1 - bar_left(has_locks=has_locks) - 8
    if right - NAME_LEFT < scaled(_LEAST_NAME_PX):
        right = rect.right() + 1 - share_right(has_locks=has_locks) - scaled(48) - 8
    return QRect(NAME_LEFT, rect.top(), right - NAME_LEFT, rect.height())


class ClassesDelegate(RowDelegate):
    """Paints a class: number, swatch, name, share, confidence, eye."""

    row_px = 30

    def part_at(self, rect: QRect, index: Index, position: QPoint) -> str:
        """Return "eye", "lock" or "swatch" with room round them, or ""."""
        if position.x() >= rect.right() - CONFIDENCE + 12:
            return "eye"
        row, model = index.data(Role.ROW), index.model()
        if isinstance(row, ClassRow) and row.is_ignore:
            return ""
        has_locks = isinstance(model, ClassesModel) and model.has_locks
        if has_locks and position.x() >= rect.right() - _LOCK - 5:
            return "lock"
        return "swatch" if 25 <= position.x() < NAME_LEFT - 5 else ""

    def tip(self, index: Index, part: str) -> str:
        """Return what a click on the part does, or the numbers of the row."""
        row = index.data(Role.ROW)
        if part == "eye" and isinstance(row, ClassRow):
            verb = tr("Hide") if row.visible else tr("Show")
            return tr(
                "{verb} {name}. Alt+click shows it alone.", verb=verb, name=row.name
            )
        if part == "lock" and isinstance(row, ClassRow):
            verb = tr("Unlock") if row.locked else tr("Lock")
            return tr(
                "{verb} {name}. Painting leaves a locked class alone.",
                verb=verb,
                name=row.name,
            )
        if part == "swatch":
            return tr("Double click to change the colour")
        return super().tip(index, part)

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one class."""
        row = index.data(Role.ROW)
        model = index.model()
        if not isinstance(row, ClassRow) or not isinstance(model, ClassesModel):
            return
        rect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        number = QRect(6, rect.top(), 22, rect.height())
        draw_number(painter, number, row.number, _number_ink(), CENTRE)
        _paint_swatch(painter, rect, row, selected=selected)
        left = self._paint_numbers(painter, rect, row, model)
        name = QRect(NAME_LEFT, rect.top(), left - NAME_LEFT, rect.height())
        style = "strong" if selected else "body"
        draw_text(painter, name, row.name, ink(style, _name_role(row, selected)))
        middle, left = rect.top() + rect.height() / 2, rect.right() + 1 - EYE
        is_hot = self.is_hot(index, "eye")
        draw_eye(painter, left, middle, visible=row.visible, is_hot=is_hot)
        if model.has_locks:
            hot = self.is_hot(index, "lock")
            over = self.hot_row == index.row() and not row.is_ignore
            self._paint_lock(painter, rect, row, hot=hot, over=over)

    def _paint_numbers(
        self, painter: QPainter, rect: QRect, row: ClassRow, model: ClassesModel
    ) -> int:
        """Paint share and confidence; returns where the name must end."""
        end, has_locks = rect.right() + 1, model.has_locks
        left = end - bar_left(has_locks=has_locks)
        right = end - share_right(has_locks=has_locks)
        if not has_locks:
            sure = figures.confidence(row.confidence)
            box = QRect(right, rect.top(), end - CONFIDENCE - right, rect.height())
            draw_number(painter, box, sure, ink("small", "model", tabular=True))
        pen = ink("small", "text2", tabular=True)
        if model.counts_pixels:
            count = figures.NONE if row.pixels is None else figures.number(row.pixels)
            box = QRect(left, rect.top(), right - left, rect.height())
            draw_number(painter, box, count, pen)
            return left - 8
        share = figures.NONE if row.share is None else figures.share(row.share)
        box = QRect(left, rect.top(), right - left, rect.height())
        draw_number(painter, box, share, pen)
        if left - NAME_LEFT < scaled(_LEAST_NAME_PX):
            return right - scaled(48) - 8
        top = rect.top() + rect.height() // 2 - 2
        bar = QRect(left, top, _BAR_PX, 4)
        colour = QColor(row.colour) if row.colour else theme.color("text2")
        draw_bar(painter, bar, row.share or 0.0, colour, bar_track())
        return left - 8

    def _paint_lock(
        self, painter: QPainter, rect: QRect, row: ClassRow, *, hot: bool, over: bool
    ) -> None:
        if not (row.locked or over):
            return
        middle = rect.top() + rect.height() / 2
        name = "lock-simple-fill" if row.locked else "lock-simple-open"
        box = QRectF(rect.right() + 1 - _LOCK, middle - 7, 14, 14)
        role = "text" if hot else "text2" if row.locked else "text3"
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(box.topLeft(), icons.pixmap(name, role, 14, ratio))


def _number_ink() -> Ink:
    return ink("small", "text3", tabular=True)


def _name_role(row: ClassRow, selected: bool) -> str:
    if not row.visible:
        return "text2" if selected else "text3"
    return "text"


def _paint_swatch(
    painter: QPainter, rect: QRect, row: ClassRow, *, selected: bool
) -> None:
    top = rect.top() + (rect.height() - SWATCH_PX) / 2
    box = QRectF(_SWATCH_LEFT, top, SWATCH_PX, SWATCH_PX)
    if row.is_ignore:
        draw_hatching(painter, box)
    else:
        draw_swatch(painter, box, row.colour, visible=row.visible)
    if selected:
        draw_ring(painter, box)
