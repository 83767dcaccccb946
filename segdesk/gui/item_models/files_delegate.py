"""How a file and the head of a folder look in the files panel."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segdesk.core.item_status import ItemStatus, MadeBy
from segdesk.gui import icons, theme
from segdesk.gui.components.painting import RADIUS_SMALL, rounded
from segdesk.gui.item_models.files_model import FileRow, FolderRow
from segdesk.gui.item_models.row_delegate import (
    RIGHT,
    Index,
    Role,
    RowDelegate,
    draw_text,
    ink,
    text_width,
    two_lines,
)
from segdesk.gui.item_models.row_pictures import RowPictures
from segdesk.gui.item_models.status_marks import (
    MAKERS,
    PROPOSED,
    STATUS,
    UNREADABLE,
    Mark,
)
from segdesk.gui.item_models.thumbnail_cache import ThumbnailCache

THUMBNAIL = QSize(50, 40)
_FILE_PX = 52
_FOLDER_PX = 28
_TEXT_LEFT = 72
_MADE = {
    MadeBy.HAND: "by hand",
    MadeBy.MODEL: "by a model",
    MadeBy.IMPORT: "elsewhere, imported",
    MadeBy.MIXED: "by hand and by a model",
}
_MIDDLE = Qt.TextElideMode.ElideMiddle


class FilesDelegate(RowDelegate):
    """Paints files with their thumbnails, and heads of folders.

    Parameters
    ----------
    thumbnails
        Holds the pictures that have arrived.
    """

    def __init__(self, thumbnails: ThumbnailCache) -> None:
        super().__init__()
        self._thumbnails = thumbnails
        self._pictures = RowPictures()

    def height(self, index: Index) -> int:
        """Return the height of a row in px."""
        is_folder = isinstance(index.data(Role.ROW), FolderRow)
        return theme.row_px(_FOLDER_PX if is_folder else _FILE_PX)

    def part_at(self, rect: QRect, index: Index, position: QPoint) -> str:
        """Return "head" anywhere on the head of a folder."""
        return "head" if isinstance(index.data(Role.ROW), FolderRow) else ""

    def tip(self, index: Index, part: str) -> str:
        """Return the path, why it failed, how far it is and who made its labels."""
        row = index.data(Role.ROW)
        words = super().tip(index, part)
        if isinstance(row, FileRow) and row.failed:
            words = f"{words}\n{row.failed}"
        if not isinstance(row, FileRow) or row.facts is None:
            return words
        said = [str(row.facts.status).capitalize()]
        if row.facts.made_by is not MadeBy.NOBODY:
            said.append(f"made {_MADE[row.facts.made_by]}")
        if row.facts.split:
            said.append(f"split {row.facts.split}")
        return "\n".join((words, " · ".join(said)))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint a file or a head, or draw again what was painted."""
        row = index.data(Role.ROW)
        picture = (
            self._thumbnails.pixmap(row.path) if isinstance(row, FileRow) else None
        )
        thumbnail = picture.cacheKey() if picture is not None else None
        if thumbnail is None and isinstance(row, FileRow):
            thumbnail = -int(self._thumbnails.known(row.path))
        self._pictures.draw(
            painter,
            option.rect,
            (row, thumbnail, option.state),
            lambda inside: RowDelegate.paint(self, inside, option, index),
        )

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint what is on a file's row, or on a head."""
        row = index.data(Role.ROW)
        if isinstance(row, FolderRow):
            _paint_folder(painter, option.rect, row)
        elif isinstance(row, FileRow):
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            self._paint_file(painter, option.rect, row, selected=selected)

    def _paint_file(
        self, painter: QPainter, rect: QRect, row: FileRow, *, selected: bool
    ) -> None:
        middle = rect.top() + rect.height() // 2
        box = QRect(QPoint(12, middle - THUMBNAIL.height() // 2), THUMBNAIL)
        picture = self._thumbnails.pixmap(row.path)
        if picture is not None:
            painter.drawPixmap(box.topLeft(), picture)
        else:
            rounded(painter, QRectF(box), RADIUS_SMALL, theme.color("raised"))
            if self._thumbnails.known(row.path):
                icon = QRectF(box.center().x() - 7.5, box.center().y() - 7.5, 16, 16)
                icons.paint(painter, icon, "file-x", theme.color("text3"))
        right = _paint_marks(painter, row, rect.right() - 13, middle)
        line, below = two_lines(_TEXT_LEFT, middle, right)
        pen = ink("strong" if selected else "body", "text")
        draw_text(painter, line, row.name, pen, elide=_MIDDLE)
        below.translate(0, -1)
        draw_text(painter, below, row.detail, ink("caption", "text3", tabular=True))


def _paint_marks(painter: QPainter, row: FileRow, right: int, middle: int) -> int:
    """Paint status and provenance; returns where the name must end."""
    mark = _mark(row)
    if mark is None:
        return right
    _paint_icon(painter, right - 15, middle - 8, 16, mark.icon, mark.role)
    right -= 24
    is_done = row.facts is not None and row.facts.status is ItemStatus.DONE
    for icon in reversed(MAKERS[row.facts.made_by] if row.facts and is_done else ()):
        _paint_icon(painter, right - 11, middle - 7, 14, icon, "text3")
        right -= 20
    return right


def _paint_icon(
    painter: QPainter, x: int, y: int, size: int, name: str, role: str
) -> None:
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(x, y, icons.pixmap(name, role, size, ratio))


def _mark(row: FileRow) -> Mark | None:
    if row.failed:
        return UNREADABLE
    is_new = row.facts is None or row.facts.status is ItemStatus.UNLABELLED
    if row.has_proposal and is_new:
        return PROPOSED
    return STATUS[row.facts.status] if row.facts else None


def _paint_folder(painter: QPainter, rect: QRect, row: FolderRow) -> None:
    middle = rect.top() + rect.height() / 2
    caret = "caret-down" if row.is_open else "caret-right"
    icons.paint(painter, QRectF(10, middle - 6, 12, 12), caret, theme.color("text3"))
    icons.paint(painter, QRectF(28, middle - 7, 14, 14), "folder", theme.color("text3"))
    count = row.words
    pen = ink("caption", "text3", tabular=True)
    width = text_width(count, pen.font)
    right = rect.right() - 13
    draw_text(
        painter,
        QRect(right - width, rect.top(), width + 1, rect.height()),
        count,
        pen,
        RIGHT,
    )
    name = QRect(47, rect.top(), right - width - 8 - 47, rect.height())
    draw_text(painter, name, row.name, ink("strong", "text2"), elide=_MIDDLE)
