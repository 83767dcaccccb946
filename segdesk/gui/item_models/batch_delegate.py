"""How the rows of a batch look: thumbnail, a bar of classes, a state with its icon."""

from functools import lru_cache

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segdesk.app.batch_rows import BatchRow, RowState
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
    BatchTableModel,
    state_words,
)
from segdesk.gui.item_models.row_delegate import LEFT, Index, Role, draw_text, ink
from segdesk.gui.item_models.table_view import INK_ROLE, TableDelegate
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


class BatchDelegate(TableDelegate):
    """Paints the cells of a batch.

    Parameters
    ----------
    thumbnails
        Holds the pictures that have arrived.
    """

    def __init__(self, thumbnails: ThumbnailCache) -> None:
        super().__init__(COLUMNS)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return a row's height."""
        del option, index
        return QSize(60, theme.row_px(BATCH_ROW_PX))

    def paint_surface(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint the part of the row's rounded surface that lies under a cell."""
        rect = option.rect
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        role = ""
        if option.state & QStyle.StateFlag.State_Selected:
            role = "sel"
        elif index.row() == self.hot_row:
            role = "hover"
        if not role:
            painter.fillRect(line, theme.color("line"))
            return
        is_first, is_last = index.column() == IMAGE, index.column() == STATE
        if not (is_first or is_last):
            painter.fillRect(rect.adjusted(0, 1, 0, -1), theme.color(role))
            return
        painter.setClipRect(rect)
        far = 2 * RADIUS_CONTROL
        box = QRectF(rect).adjusted(
            4 if is_first else -far, 1, -4 if is_last else far, -1
        )
        rounded(painter, box, RADIUS_CONTROL, theme.color(role))

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint what is in a cell."""
        row, column, rect = index.data(Role.ROW), index.column(), option.rect
        if not isinstance(row, BatchRow):
            return
        if column == IMAGE:
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            self._paint_image(painter, rect, row, selected=selected)
        elif column == CLASSES:
            model = index.model()
            classes = model.classes if isinstance(model, BatchTableModel) else None
            paint_shares(painter, rect.adjusted(8, 0, -8, 0), row.shares, classes)
        elif column == STATE:
            _paint_state(painter, rect, row, str(index.data(INK_ROLE)))
        else:
            super().paint_cell(painter, option, index)

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
        role = "text2" if row.state is RowState.WAITING else "text"
        pen = ink("strong" if selected else "body", role)
        draw_text(painter, box, row.title, pen, elide=_MIDDLE)


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


def _paint_state(painter: QPainter, rect: QRect, row: BatchRow, role: str) -> None:
    name, icon_role = _ICONS[row.state]
    if row.is_low and row.has_result:
        name, icon_role = "warning", "warn"
    top = rect.top() + (rect.height() - _ICON) // 2
    ratio = painter.device().devicePixelRatioF()
    picture = icons.pixmap(name, icon_role, _ICON, ratio)
    painter.drawPixmap(rect.left() + 8, top, picture)
    box = rect.adjusted(8 + _ICON + 8, 0, -12, 0)
    draw_text(painter, box, state_words(row), ink("small", role), LEFT)


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
