"""The classes of a frame: share, and an eye; most of the frame first or by number."""

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from segdesk.core.classes import ClassList
from segdesk.gui import icons
from segdesk.gui.components.painting import RADIUS_SMALL, rounded
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.classes_delegate import bar_track
from segdesk.gui.item_models.row_delegate import (
    Index,
    Role,
    RowDelegate,
    draw_bar,
    draw_number,
    draw_text,
    ink,
)

_NOTHING = QModelIndex()
_SWATCH, NAME_LEFT, _BAR_WIDTH = 14, 52, 44
# Distances from the row's right end, in px.
EYE_PX, SHARE_PX, BAR_PX = 30, 44, 98


@dataclass(frozen=True, slots=True)
class VideoClassRow:
    """A class as its row shows it; `share` of the frame's pixels, 0-1."""

    index: int
    name: str
    colour: str
    share: float
    visible: bool


class VideoClassesModel(QAbstractListModel):
    """All classes of the model that predicts, in the order of their indices.

    Attributes
    ----------
    hidden
        Indices of classes that the picture leaves out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.hidden: frozenset[int] = frozenset()
        self.by_share = False
        self._classes: ClassList | None = None
        self._shares: tuple[float, ...] = ()
        self._rows: tuple[VideoClassRow, ...] = ()

    def show_shares(
        self, classes: ClassList | None, shares: tuple[float, ...] | None
    ) -> None:
        """Show the shares of another frame; None: they are not known."""
        shares = shares or ()
        if classes == self._classes and shares == self._shares:
            return
        if classes != self._classes:
            ground = classes.background_index if classes else None
            self.hidden = frozenset(() if ground is None else (ground,))
        self._classes, self._shares = classes, shares
        self._refresh()

    def toggle(self, index: int) -> None:
        """Show a class in the picture, or leave it out."""
        self.hidden = self.hidden ^ {index}
        self._refresh()

    def sort(
        self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder
    ) -> None:
        """Put the largest first, or go by number."""
        del column
        self.by_share = order == Qt.SortOrder.DescendingOrder
        self._refresh()

    def row_at(self, place: int) -> VideoClassRow | None:
        """Return the class of a row."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row's value or its words."""
        row = self.row_at(index.row())
        if role == Role.ROW:
            return row
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.name}, {figures.share(row.share)}"
        return None

    def _refresh(self) -> None:
        rows = self._made()
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        self._rows = rows
        if rows:
            last = self.index(len(rows) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last)

    def _made(self) -> tuple[VideoClassRow, ...]:
        classes = self._classes
        if classes is None:
            return ()
        shares = self._shares or (0.0,) * len(classes)
        rows = [
            VideoClassRow(at, name, colour, share, at not in self.hidden)
            for at, (name, colour, share) in enumerate(
                zip(classes.names, classes.palette, shares, strict=False)
            )
        ]
        if self.by_share:
            rows.sort(key=lambda row: -row.share)
        return tuple(rows)


class VideoClassesDelegate(RowDelegate):
    """Paints a class: number, swatch, name, bar, share, eye."""

    row_px = 30

    def part_at(self, rect: QRect, index: Index, position: QPoint) -> str:
        """Return "eye" with room round it, or ""."""
        del index
        return "eye" if position.x() >= rect.right() - EYE_PX - 4 else ""

    def tip(self, index: Index, part: str) -> str:
        """Return what a click on the eye does."""
        row = index.data(Role.ROW)
        if part == "eye" and isinstance(row, VideoClassRow):
            return f"{'Hide' if row.visible else 'Show'} {row.name} in the picture"
        return super().tip(index, part)

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one class."""
        row, rect = index.data(Role.ROW), option.rect
        if not isinstance(row, VideoClassRow):
            return
        end, height = rect.right() + 1, rect.height()
        numbers = ink("small", "text3", tabular=True)
        draw_number(
            painter, QRect(0, rect.top(), 22, height), str(row.index + 1), numbers
        )
        top = rect.top() + (height - _SWATCH) / 2
        swatch, colour = (
            QRectF(rect.left() + 30, top, _SWATCH, _SWATCH),
            QColor(row.colour),
        )
        if row.visible:
            rounded(painter, swatch, RADIUS_SMALL, colour)
        else:
            rounded(painter, swatch, RADIUS_SMALL, None, colour, edge_px=1.6)
        wide = end - BAR_PX - _BAR_WIDTH - NAME_LEFT - 8
        pen = ink("body", "text" if row.visible else "text3")
        draw_text(painter, QRect(NAME_LEFT, rect.top(), wide, height), row.name, pen)
        bar = QRect(end - BAR_PX - _BAR_WIDTH, 0, _BAR_WIDTH, 4)
        bar.moveTop(rect.top() + height // 2 - 2)
        draw_bar(painter, bar, row.share, colour, bar_track())
        box = QRect(end - BAR_PX, rect.top(), BAR_PX - SHARE_PX, height)
        share = figures.share(row.share)
        draw_number(painter, box, share, ink("small", "text2", tabular=True))
        icon = "eye" if row.visible else "eye-slash"
        role = "text" if self.is_hot(index, "eye") else "text3"
        ratio = painter.device().devicePixelRatioF()
        place = QPoint(end - EYE_PX, rect.top() + height // 2 - 8)
        painter.drawPixmap(place, icons.pixmap(icon, role, 16, ratio))
