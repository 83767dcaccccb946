"""How a file and the head of a folder look in the files panel."""

from functools import lru_cache

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segdesk.core.item_status import ItemFacts, ItemStatus, MadeBy
from segdesk.core.language import joined, tr
from segdesk.gui import icons, theme
from segdesk.gui.components.painting import RADIUS_SMALL, rounded
from segdesk.gui.item_models.files_cells import (
    CELL_THUMBNAIL,
    cell_columns,
    cell_height,
    paint_cell,
)
from segdesk.gui.item_models.files_model import FileRow, FilesModel, FolderRow
from segdesk.gui.item_models.row_delegate import (
    RIGHT,
    Index,
    RowDelegate,
    draw_text,
    fitting,
    ink,
    paint_surface,
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
    MadeBy.HAND: tr("made by hand"),
    MadeBy.MODEL: tr("made by a model"),
    MadeBy.IMPORT: tr("made elsewhere, imported"),
    MadeBy.MIXED: tr("made by hand and by a model"),
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
        self._is_grid = False

    def set_grid(self, is_grid: bool) -> bool:
        """Show files as cells beside each other, or as rows; tells whether it is new.

        The view must lay its rows out anew then.
        """
        if is_grid is self._is_grid:
            return False
        self._is_grid = is_grid
        self._thumbnails.set_size(CELL_THUMBNAIL if is_grid else THUMBNAIL)
        return True

    def columns(self, width: int) -> int:
        """Return how many files stand beside each other."""
        return cell_columns(width) if self._is_grid else 1

    def height(self, index: Index) -> int:
        """Return the height of a row in px."""
        if isinstance(_row(index), FolderRow):
            return theme.row_px(_FOLDER_PX)
        return cell_height() if self._is_grid else theme.row_px(_FILE_PX)

    def part_at(self, rect: QRect, index: Index, position: QPoint) -> str:
        """Return "head" anywhere on the head of a folder."""
        return "head" if isinstance(_row(index), FolderRow) else ""

    def tip(self, index: Index, part: str) -> str:
        """Return the path, the size or why there is none, how far it is, by whom."""
        row = _row(index)
        words = super().tip(index, part)
        if isinstance(row, FileRow):
            words = joined("\n", (words, row.failed or row.detail))
        if not isinstance(row, FileRow) or row.facts is None:
            return words
        said = [STATUS[row.facts.status].word]
        if row.facts.made_by is not MadeBy.NOBODY:
            said.append(_made(row.facts))
        if row.facts.split:
            said.append(tr("split {split}", split=row.facts.split))
        return joined("\n", (words, joined(" · ", said)))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint a file or a head, or draw again what was painted."""
        row, rect, state = _row(index), option.rect, option.state
        if row is None:
            return
        thumbnail = None
        if isinstance(row, FileRow):
            picture = self._thumbnails.pixmap(row.path)
            if picture is not None:
                thumbnail = picture.cacheKey()
            else:
                thumbnail = -int(self._thumbnails.known(row.path))
        name = str(row.path) if isinstance(row, FileRow) else row.number
        self._pictures.draw(
            painter,
            rect,
            (name, (row, thumbnail, state)),
            lambda inside: self._paint(inside, rect, state, row),
        )

    def _paint(
        self,
        painter: QPainter,
        rect: QRect,
        state: QStyle.StateFlag,
        row: FileRow | FolderRow,
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not (self._is_grid and isinstance(row, FileRow)):
            paint_surface(painter, rect, state)
        if isinstance(row, FolderRow):
            _paint_folder(painter, rect, row)
        elif self._is_grid:
            picture = self._thumbnails.pixmap(row.path)
            if picture is None:
                picture = self._missing(painter, row, CELL_THUMBNAIL)
            paint_cell(painter, rect, state, row, picture, _mark(row))
        else:
            selected = bool(state & QStyle.StateFlag.State_Selected)
            self._paint_file(painter, rect, row, selected=selected)

    def _paint_file(
        self, painter: QPainter, rect: QRect, row: FileRow, *, selected: bool
    ) -> None:
        middle = rect.top() + rect.height() // 2
        box = QRect(QPoint(12, middle - THUMBNAIL.height() // 2), THUMBNAIL)
        picture = self._thumbnails.pixmap(row.path)
        if picture is None:
            picture = self._missing(painter, row, THUMBNAIL)
        painter.drawPixmap(box.topLeft(), picture)
        right = _paint_marks(painter, row, rect.right() - 13, middle)
        line, below = two_lines(_TEXT_LEFT, middle, right)
        pen = ink("strong" if selected else "body", "text")
        draw_text(painter, line, row.name, pen, elide=_MIDDLE)
        below.translate(0, -1)
        faint = ink("caption", "text3", tabular=True)
        words = fitting(below.width(), faint, row.detail, row.shorter)
        draw_text(painter, below, words, faint)

    def _missing(self, painter: QPainter, row: FileRow, size: QSize) -> QPixmap:
        ratio = painter.device().devicePixelRatio()
        sign = "file-x" if self._thumbnails.known(row.path) else ""
        colours = theme.color("raised").rgba(), theme.color("text3").rgba()
        return _empty_box(size.toTuple(), sign, colours, ratio)


@lru_cache(maxsize=16)
def _empty_box(
    size: tuple[int, int], sign: str, colours: tuple[int, int], ratio: float
) -> QPixmap:
    """Return what stands in the place of a thumbnail that is not there."""
    fill, ink_rgba = (QColor.fromRgba(one) for one in colours)
    picture = QPixmap(QSize(*size) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    box = QRectF(0, 0, *size)
    rounded(painter, box, RADIUS_SMALL, fill)
    if sign:
        icon = QRectF(box.center().x() - 8, box.center().y() - 8, 16, 16)
        icons.paint(painter, icon, sign, ink_rgba)
    painter.end()
    return picture


def _row(index: Index) -> FileRow | FolderRow | None:
    model = index.model()
    return model.row_at(index.row()) if isinstance(model, FilesModel) else None


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


def _made(facts: ItemFacts) -> str:
    """Return who made an annotation; models by name where they are known."""
    models = joined(", ", facts.models)
    if models and facts.made_by is MadeBy.MODEL:
        return tr("made by {models}", models=models)
    if models and facts.made_by is MadeBy.MIXED:
        return tr("made by hand and by {models}", models=models)
    return _MADE[facts.made_by]
