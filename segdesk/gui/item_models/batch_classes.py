"""The classes of one image of a batch: share, confidence, and an eye."""

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from segdesk.app.batch_rows import BatchRow
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
_SWATCH = 14
NAME_LEFT = 36
# Distances from the row's right end, in px.
EYE_PX, SURE_PX, SHARE_PX, BAR_PX = 30, 44, 82, 132
_BAR_WIDTH = 44


@dataclass(frozen=True, slots=True)
class BatchClassRow:
    """A class as its row shows it.

    Parameters
    ----------
    share
        Of the image's pixels, 0-1.
    confidence
        Mean, 0-1; None where it is not known.
    """

    index: int
    name: str
    colour: str
    share: float
    confidence: float | None
    visible: bool


class BatchClassesModel(QAbstractListModel):
    """The classes that an image has, in the order of their indices.

    Attributes
    ----------
    hidden
        Indices of classes that the picture leaves out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.hidden: frozenset[int] = frozenset()
        self._rows: tuple[BatchClassRow, ...] = ()
        self._row: BatchRow | None = None
        self._classes: ClassList | None = None

    def show_row(self, row: BatchRow | None, classes: ClassList | None) -> None:
        """Show the classes of another image."""
        if classes is not self._classes:
            background = classes.background_index if classes else None
            self.hidden = frozenset(() if background is None else (background,))
        self._row, self._classes = row, classes
        self._refresh()

    def toggle(self, index: int) -> None:
        """Show a class in the picture, or leave it out."""
        self.hidden = self.hidden ^ {index}
        self._refresh()

    def row_at(self, place: int) -> BatchClassRow | None:
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
            sure = figures.confidence(row.confidence)
            return f"{row.name}, {figures.share(row.share)}, confidence {sure}"
        return None

    def _refresh(self) -> None:
        self.beginResetModel()
        row, classes = self._row, self._classes
        self._rows = ()
        if row is not None and classes is not None:
            names = zip(classes.names, classes.palette, strict=True)
            self._rows = tuple(
                BatchClassRow(
                    index,
                    name,
                    colour,
                    row.shares[index],
                    row.confidences[index] if row.confidences else None,
                    index not in self.hidden,
                )
                for index, (name, colour) in enumerate(names)
                if index < len(row.shares) and row.shares[index] > 0
            )
        self.endResetModel()


class BatchClassesDelegate(RowDelegate):
    """Paints a class: swatch, name, share, confidence, eye."""

    row_px = 30

    def part_at(self, rect: QRect, index: Index, position: QPoint) -> str:
        """Return "eye" with room round it, or ""."""
        return "eye" if position.x() >= rect.right() - EYE_PX - 4 else ""

    def tip(self, index: Index, part: str) -> str:
        """Return what a click on the eye does."""
        row = index.data(Role.ROW)
        if part == "eye" and isinstance(row, BatchClassRow):
            return f"{'Hide' if row.visible else 'Show'} {row.name} in the picture"
        return super().tip(index, part)

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one class."""
        row, rect = index.data(Role.ROW), option.rect
        if not isinstance(row, BatchClassRow):
            return
        top = rect.top() + (rect.height() - _SWATCH) / 2
        swatch = QRectF(rect.left() + 12, top, _SWATCH, _SWATCH)
        colour = QColor(row.colour)
        if row.visible:
            rounded(painter, swatch, RADIUS_SMALL, colour)
        else:
            rounded(painter, swatch, RADIUS_SMALL, None, colour, edge_px=1.6)
        end, height = rect.right() + 1, rect.height()
        name = QRect(NAME_LEFT, rect.top(), end - BAR_PX - _BAR_WIDTH - 44, height)
        pen = ink("body", "text" if row.visible else "text3")
        draw_text(painter, name, row.name, pen)
        bar = QRect(end - BAR_PX - _BAR_WIDTH, 0, _BAR_WIDTH, 4)
        bar.moveTop(rect.top() + height // 2 - 2)
        draw_bar(painter, bar, row.share, colour, bar_track())
        numbers = ink("small", "text2", tabular=True)
        box = QRect(end - BAR_PX, rect.top(), BAR_PX - SHARE_PX, height)
        draw_number(painter, box, figures.share(row.share), numbers)
        box = QRect(end - SHARE_PX, rect.top(), SHARE_PX - SURE_PX, height)
        sure = figures.confidence(row.confidence)
        draw_number(painter, box, sure, ink("small", "model", tabular=True))
        icon = "eye" if row.visible else "eye-slash"
        role = "text" if self.is_hot(index, "eye") else "text3"
        ratio = painter.device().devicePixelRatioF()
        place = QPoint(end - EYE_PX, rect.top() + height // 2 - 8)
        painter.drawPixmap(place, icons.pixmap(icon, role, 16, ratio))
