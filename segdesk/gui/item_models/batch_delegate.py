"""How the rows of a batch look: thumbnail, a bar of classes, a state with its icon."""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem

from segdesk.app.batch.rows import BatchRow, RowState
from segdesk.core.classes import ClassList
from segdesk.gui import icons, theme
from segdesk.gui.components.painting import (
    RADIUS_CONTROL,
    RADIUS_SMALL,
    rounded,
    rounded_path,
)
from segdesk.gui.item_models.batch_model import (
    CLASSES,
    COLUMNS,
    IMAGE,
    STATE,
    cell_ink,
    cell_text,
    state_words,
)
from segdesk.gui.item_models.row_delegate import (
    LEFT,
    RIGHT,
    Index,
    draw_number,
    draw_text,
    ink,
)
from segdesk.gui.item_models.row_pictures import RowPictures
from segdesk.gui.item_models.table_view import TableDelegate
from segdesk.gui.item_models.thumbnail_cache import ThumbnailCache

THUMBNAIL = QSize(44, 34)
BATCH_ROW_PX = 44
TEXT_LEFT = 68
THUMBNAIL_LEFT = 12
_BAR_PX = 9
_LEAST_SHARE = 0.002
_ICON = 14
_ICONS = {
    RowState.WAITING: ("clock", "text3"),
    RowState.PREDICTING: ("spinner-gap", "model"),
    RowState.DONE: ("check-circle", "ok"),
    RowState.SKIPPED: ("check-circle", "text3"),
    RowState.FAILED: ("x-circle", "bad"),
}
_MIDDLE = Qt.TextElideMode.ElideMiddle


@dataclass(frozen=True, slots=True)
class RowLook:
    """What the looks of a row depend on but for the image itself.

    Parameters
    ----------
    columns
        (left, width) of each column in px; width 0: it is hidden.
    classes
        Give the colours of the bar.
    """

    columns: tuple[tuple[int, int], ...]
    classes: ClassList | None
    is_selected: bool = False
    is_hot: bool = False


class BatchDelegate(TableDelegate):
    """Paints whole rows of a batch; one that was painted is copied.

    Parameters
    ----------
    thumbnails
        Holds the pictures that have arrived.
    """

    def __init__(self, thumbnails: ThumbnailCache) -> None:
        super().__init__(COLUMNS)
        self._thumbnails = thumbnails
        self._pictures = RowPictures()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return a row's height."""
        del option, index
        return QSize(60, theme.row_px(BATCH_ROW_PX))

    def draw_row(
        self, painter: QPainter, rect: QRect, row: BatchRow, look: RowLook
    ) -> None:
        """Paint a row, or draw again what was painted."""
        picture = self._thumbnails.pixmap(row.source)
        known = self._thumbnails.known(row.source)
        thumbnail = -int(known) if picture is None else picture.cacheKey()
        self._pictures.draw(
            painter,
            rect,
            (row.index, (row, look, thumbnail)),
            lambda inside: self._paint_row(inside, rect, row, look),
        )

    def _paint_row(
        self, painter: QPainter, rect: QRect, row: BatchRow, look: RowLook
    ) -> None:
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        if look.is_selected or look.is_hot:
            role = "sel" if look.is_selected else "hover"
            box = QRectF(rect).adjusted(4, 1, -4, -1)
            rounded(painter, box, RADIUS_CONTROL, theme.color(role))
        else:
            painter.fillRect(line, theme.color("line"))
        for column, (left, width) in enumerate(look.columns):
            if not width:
                continue
            cell = QRect(rect.left() + left, rect.top(), width, rect.height())
            if column == IMAGE:
                self._paint_image(painter, cell, row, selected=look.is_selected)
            elif column == CLASSES:
                bar = cell.adjusted(8, 0, -8, 0)
                paint_shares(painter, bar, row.shares, look.classes)
            elif column == STATE:
                _paint_state(painter, cell, row)
            else:
                _paint_text(painter, cell, row, column)

    def _paint_image(
        self, painter: QPainter, rect: QRect, row: BatchRow, *, selected: bool
    ) -> None:
        middle = rect.top() + rect.height() // 2
        at = QPoint(rect.left() + THUMBNAIL_LEFT, middle - THUMBNAIL.height() // 2)
        picture = self._thumbnails.pixmap(row.source)
        if picture is None:
            sign = "image" if self._thumbnails.known(row.source) else ""
            colours = theme.color("raised").rgba(), theme.color("text3").rgba()
            picture = _empty(sign, colours, painter.device().devicePixelRatioF())
        painter.drawPixmap(at, picture)
        box = rect.adjusted(TEXT_LEFT, 0, -8, 0)
        pen = ink("strong" if selected else "body", cell_ink(row, IMAGE))
        draw_text(painter, box, row.title, pen, elide=_MIDDLE)


def _paint_text(painter: QPainter, rect: QRect, row: BatchRow, column: int) -> None:
    text = cell_text(row, column)
    if text:
        is_number = COLUMNS[column].is_number
        pen = ink("small", cell_ink(row, column), tabular=is_number)
        box = rect.adjusted(8, 0, -8, 0)
        draw_number(painter, box, text, pen, RIGHT if is_number else LEFT)


def paint_shares(
    painter: QPainter,
    rect: QRect,
    shares: tuple[float, ...],
    classes: ClassList | None,
) -> None:
    """Paint the shares of classes as parts of one bar.

    Parameters
    ----------
    rect
        The bar stands in its middle and takes its width.
    """
    if not shares or classes is None:
        return
    bar = QRectF(rect.left(), 0, rect.width(), _BAR_PX)
    bar.moveTop(rect.top() + round((rect.height() - _BAR_PX) / 2))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(rounded_path(bar, _BAR_PX / 3))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.fillRect(bar, theme.color("line2"))
    x = bar.left()
    for share, colour in zip(shares, classes.palette, strict=False):
        if share < _LEAST_SHARE:
            continue
        width = share * bar.width()
        painter.fillRect(QRectF(x, bar.top(), width, bar.height()), QColor(colour))
        x += width
    painter.restore()


def _paint_state(painter: QPainter, rect: QRect, row: BatchRow) -> None:
    name, icon_role = _ICONS[row.state]
    if row.is_low and row.has_result:
        name, icon_role = "warning", "warn"
    top = rect.top() + (rect.height() - _ICON) // 2
    ratio = painter.device().devicePixelRatioF()
    picture = icons.pixmap(name, icon_role, _ICON, ratio)
    painter.drawPixmap(rect.left() + 8, top, picture)
    box = rect.adjusted(8 + _ICON + 8, 0, -12, 0)
    pen = ink("small", cell_ink(row, STATE))
    draw_text(painter, box, state_words(row), pen, LEFT)


@lru_cache(maxsize=8)
def _empty(sign: str, colours: tuple[int, int], ratio: float) -> QPixmap:
    """Return what stands in the place of a thumbnail that is not there."""
    fill, ink_rgba = (QColor.fromRgba(one) for one in colours)
    picture = QPixmap(THUMBNAIL * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    box = QRectF(0, 0, THUMBNAIL.width(), THUMBNAIL.height())
    rounded(painter, box, RADIUS_SMALL, fill)
    if sign:
        spot = QRectF(box.center().x() - 7, box.center().y() - 7, 14, 14)
        icons.paint(painter, spot, sign, ink_rgba)
    painter.end()
    return picture
