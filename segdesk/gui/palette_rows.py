"""The rows of the command palette: model and delegate."""

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from segdesk.core.language import joined, shown
from segdesk.gui import icons, theme
from segdesk.gui.actions import shown_key
from segdesk.gui.components.painting import (
    RADIUS_CONTROL,
    RADIUS_SMALL,
    draw_caps,
    draw_elided,
    rounded,
)

if TYPE_CHECKING:
    from segdesk.gui.palette_search import Found, Row

ROW_HEIGHT = 40
FIRST_HEADING_HEIGHT = 36
HEADING_HEIGHT = 41
_NO_PARENT = QModelIndex()
_PAD = 18


class PaletteModel(QAbstractListModel):
    """Headings and rows in one list; headings cannot be chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[str | Row] = []

    def show(self, found: "Found") -> None:
        """Show what was found."""
        self.beginResetModel()
        self._lines = []
        for heading, rows in found.groups:
            self._lines.append(heading)
            self._lines.extend(rows)
        self.endResetModel()

    def row_at(self, index: int) -> "Row | None":
        """Return a row; None where a heading is, or nothing."""
        if not 0 <= index < len(self._lines):
            return None
        line = self._lines[index]
        return None if isinstance(line, str) else line

    def heading_at(self, index: int) -> str:
        """Return a heading, or "" where a row is."""
        line = self._lines[index]
        return line if isinstance(line, str) else ""

    def height(self) -> int:
        """Return the height of all lines in px."""
        return sum(self.line_height(index) for index in range(len(self._lines)))

    def line_height(self, index: int) -> int:
        """Return the height of one line in px."""
        if not isinstance(self._lines[index], str):
            return theme.row_px(ROW_HEIGHT)
        return theme.row_px(HEADING_HEIGHT if index else FIRST_HEADING_HEIGHT)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self._lines)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return what a screen reader says."""
        row = self.row_at(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title if row else self.heading_at(index.row())
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and row:
            return joined(", ", filter(None, (row.note, row.key)))
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Let rows be chosen, headings not."""
        if self.row_at(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class PaletteDelegate(QStyledItemDelegate):
    """Draws headings and rows."""

    def sizeHint(
        self,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        """Return the height of a line."""
        model = index.model()
        height = (
            model.line_height(index.row())
            if isinstance(model, PaletteModel)
            else ROW_HEIGHT
        )
        return QSize(200, height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one line."""
        model = index.model()
        if not isinstance(model, PaletteModel):
            return
        painter.save()
        box = QRectF(option.rect)
        row = model.row_at(index.row())
        if row is None:
            _draw_heading(painter, box, model.heading_at(index.row()), index.row() > 0)
        else:
            state = option.state
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            draw_row(painter, box, row, chosen=chosen)
        painter.restore()


def _draw_heading(
    painter: QPainter, box: QRectF, text: str, below_others: bool
) -> None:
    if below_others:
        line = QRectF(box.x(), box.y() + 6, box.width(), 1)
        painter.fillRect(line, theme.color("line"))
    painter.setFont(theme.font("cap"))
    painter.setPen(theme.color("text3"))
    inside = box.adjusted(_PAD, 13 if below_others else 8, -_PAD, 0)
    draw_elided(painter, inside, text)


def draw_row(painter: QPainter, box: QRectF, row: "Row", *, chosen: bool) -> None:
    """Draw a row: icon, title, note and key."""
    middle = box.center().y()
    if chosen:
        plate = box.adjusted(6, 1, -6, -1)
        rounded(painter, plate, RADIUS_CONTROL, theme.color("sel"))
    mark = QRectF(box.x() + _PAD, round(middle - 8), 16, 16)
    if row.colour:
        swatch = mark.adjusted(1, 1, -1, -1)
        rounded(painter, swatch, RADIUS_SMALL, QColor(row.colour))
    elif icons.exists(row.icon):
        icons.paint(painter, mark, row.icon, theme.color("text2"))
    right = box.right() - _PAD
    if row.key:
        right = draw_caps(painter, right, middle, shown_key(row.key)) - 12
    x = box.x() + _PAD + 30
    x += _draw_title(painter, QPointF(x, middle), row, right - x)
    painter.setFont(theme.font("small"))
    painter.setPen(theme.color("text3"))
    x += 10
    if right - x > 24:
        draw_elided(painter, QRectF(x, box.y(), right - x, box.height()), row.note)


def _draw_title(painter: QPainter, at: QPointF, row: "Row", room: float) -> float:
    """Draw the title, the typed letters in accent; returns its width in px."""
    plain = theme.font("body")
    ink = theme.color("text3" if row.is_off else "text")
    metrics = QFontMetricsF(plain)
    short = metrics.elidedText(shown(row.title), Qt.TextElideMode.ElideMiddle, room)
    marks = set(row.marks) if short == row.title else set()
    baseline = at.y() + (metrics.ascent() - metrics.descent()) / 2
    x = at.x()
    start = 0
    while start < len(short):
        end = start
        while end < len(short) and (end in marks) == (start in marks):
            end += 1
        part, hit = short[start:end], start in marks
        font = theme.font("section") if hit else plain
        painter.setFont(font)
        painter.setPen(theme.color("accent") if hit else ink)
        painter.drawText(QPointF(x, baseline), shown(part))
        x += QFontMetricsF(font).horizontalAdvance(shown(part))
        start = end
    return x - at.x()
