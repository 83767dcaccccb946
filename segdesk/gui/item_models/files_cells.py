"""How a file looks in the grid: a larger thumbnail, its name, how far it is."""

from functools import lru_cache

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle

from segdesk.gui import icons, theme
from segdesk.gui.components.painting import RADIUS_CONTROL, rounded
from segdesk.gui.item_models.files_model import FileRow
from segdesk.gui.item_models.row_delegate import CENTRE, draw_text, ink, scaled
from segdesk.gui.item_models.status_marks import Mark

CELL_THUMBNAIL = QSize(76, 60)
_SLOT_PX = 84
_MARGINS_PX = 16
_ABOVE_PX = 5
_NAME_PX = 18
_MARK_PX = 14
_TAG_PX = 20
_SHOWN = (
    QStyle.StateFlag.State_Selected
    | QStyle.StateFlag.State_MouseOver
    | QStyle.StateFlag.State_HasFocus
)


def cell_columns(width: int) -> int:
    """Return how many cells have room beside each other."""
    return max(2, (width - _MARGINS_PX) // _SLOT_PX)


def cell_height() -> int:
    """Return the height of a cell in px."""
    return _ABOVE_PX + CELL_THUMBNAIL.height() + scaled(_NAME_PX) + 5


def paint_cell(
    painter: QPainter,
    rect: QRect,
    state: QStyle.StateFlag,
    row: FileRow,
    picture: QPixmap,
    mark: Mark | None,
) -> None:
    """Paint a cell.

    Parameters
    ----------
    picture
        Its thumbnail, or what stands in its place.
    mark
        How far it is.
    """
    selected = bool(state & QStyle.StateFlag.State_Selected)
    if state & _SHOWN:
        _paint_surface(painter, rect, state, selected=selected)
    left, top, wide = rect.x(), rect.y(), rect.width()
    x = left + (wide - CELL_THUMBNAIL.width()) // 2
    y = top + _ABOVE_PX
    painter.drawPixmap(x, y, picture)
    if mark is not None:
        ratio, colour = painter.device().devicePixelRatio(), theme.color(mark.role)
        tag = _tag(mark, colour.rgba(), theme.active().is_dark, ratio)
        inset = _TAG_PX + 2
        right, foot = x + CELL_THUMBNAIL.width(), y + CELL_THUMBNAIL.height()
        painter.drawPixmap(right - inset, foot - inset, tag)
    below = y + CELL_THUMBNAIL.height() + 1
    words = QRect(left + 3, below, wide - 6, scaled(_NAME_PX))
    pen = ink("caption", "text" if selected else "text2")
    draw_text(painter, words, row.path.stem, pen, CENTRE, Qt.TextElideMode.ElideMiddle)


@lru_cache(maxsize=32)
def _tag(mark: Mark, _rgba: int, _is_dark: bool, ratio: float) -> QPixmap:
    """Return a mark on a ground that sets it off from the picture."""
    picture = QPixmap(QSize(_TAG_PX, _TAG_PX) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    ground = QRectF(0, 0, _TAG_PX, _TAG_PX)
    rounded(painter, ground, _TAG_PX / 2, theme.veiled("panel", 0.84))
    inset = (_TAG_PX - _MARK_PX) // 2
    icon = icons.pixmap(mark.icon, mark.role, _MARK_PX, ratio)
    painter.drawPixmap(inset, inset, icon)
    painter.end()
    return picture


def _paint_surface(
    painter: QPainter, rect: QRect, state: QStyle.StateFlag, *, selected: bool
) -> None:
    area = QRectF(rect.adjusted(1, 1, -1, -1))
    if selected:
        rounded(painter, area, RADIUS_CONTROL, theme.color("sel"))
    elif state & QStyle.StateFlag.State_MouseOver:
        rounded(painter, area, RADIUS_CONTROL, theme.color("hover"))
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 5, 5)
