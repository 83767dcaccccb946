"""What the rows of all panels have in common: surface, parts, texts."""

from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from segdesk.core.language import shown
from segdesk.gui import theme

Index = QModelIndex | QPersistentModelIndex

ROW_RADIUS = 6
_SPARE_PX = 1.0  # letters beside each other may need a little more than alone
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_SHOWN = (
    QStyle.StateFlag.State_Selected
    | QStyle.StateFlag.State_MouseOver
    | QStyle.StateFlag.State_HasFocus
)
CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class Role(IntEnum):
    """Roles of the panels' models, after Qt's own."""

    ROW = Qt.ItemDataRole.UserRole + 1  # the row's value, a frozen dataclass
    PATH = Qt.ItemDataRole.UserRole + 2


class RowDelegate(QStyledItemDelegate):
    """Paints one row of a panel; subclasses say what is on it.

    A row has parts that can be clicked by themselves, such as the eye of a class.
    """

    row_px = 30

    def __init__(self) -> None:
        super().__init__()
        self.hot_row = -1
        self.hot_part = ""

    def height(self, index: Index) -> int:
        """Return the height of a row in px."""
        return theme.row_px(self.row_px)

    def columns(self, width: int) -> int:
        """Return how many rows stand beside each other in a list of some width."""
        return 1

    def part_at(self, rect: QRect, index: Index, position: QPoint) -> str:
        """Return the name of the part under the cursor, or "" for the row itself."""
        return ""

    def tip(self, index: Index, part: str) -> str:
        """Return the tooltip of a part, or ""."""
        return str(index.data(Qt.ItemDataRole.ToolTipRole) or "")

    def is_hot(self, index: Index, part: str) -> bool:
        """Tell whether the cursor is on a part of a row."""
        return self.hot_row == index.row() and self.hot_part == part

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint the row's surface, then what is on it."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_surface(painter, option.rect, option.state)
        self.paint_row(painter, option, index)
        painter.restore()

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint what is on the row: its text, if a subclass does not say more."""
        rect = option.rect.adjusted(12, 0, -12, 0)
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        draw_text(painter, rect, text, ink("body", "text"))

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Give a widget that stands on a row the row's place."""
        editor.setGeometry(option.rect)


def paint_surface(painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
    """Paint the rounded area of a selected or hovered row, and the focus ring."""
    if not state & _SHOWN:
        return
    area = rect.adjusted(4, 1, -4, -1)
    if state & QStyle.StateFlag.State_Selected:
        _fill(painter, area, theme.color("sel"))
    elif state & QStyle.StateFlag.State_MouseOver:
        _fill(painter, area, theme.color("hover"))
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 5, 5)


def scaled(px: int) -> int:
    """Return a width or height that holds text, at the text's size."""
    return round(px * max(1.0, theme.active().text_scale))


def two_lines(left: int, middle: int, right: int) -> tuple[QRect, QRect]:
    """Return the places of a name and of the words below it.

    Parameters
    ----------
    left, right
        Where both begin and end, in px.
    middle
        Middle of the row, in px.
    """
    height = scaled(20)
    first = QRect(left, middle - scaled(19), right - left, height)
    return first, QRect(left, middle - 1, right - left, height)


class Ink(NamedTuple):
    """Font and colour of a text, and how large its letters are."""

    font: QFont
    colour: QColor
    metrics: QFontMetrics
    widest: int
    widths: dict[str, float]

    def surely_fits(self, text: str, width: int) -> bool:
        """Tell whether a text is no wider; quicker than measuring, may err to no."""
        if not text.isascii():
            return False
        if len(text) * self.widest <= width:
            return True
        widths = self.widths
        try:
            return sum(map(widths.__getitem__, text)) <= width - _SPARE_PX
        except KeyError:
            exact = QFontMetricsF(self.font)
            widths.update((one, exact.horizontalAdvance(shown(one))) for one in text)
            return self.surely_fits(text, width)


def ink(style: str, role: str, *, tabular: bool = False) -> Ink:
    """Return the font of a style in the colour of a role.

    Making a font costs more than drawing with it, so they are kept until the theme or
    the size of the text changes.
    """
    current = theme.active()
    return _ink(style, role, tabular, current.is_dark, current.text_scale)


@lru_cache(maxsize=128)
def _ink(style: str, role: str, tabular: bool, _dark: bool, _scale: float) -> Ink:
    font = theme.font(style, tabular=tabular)
    metrics = QFontMetrics(font)
    widest = metrics.horizontalAdvance("W")
    return Ink(font, theme.color(role), metrics, widest, {})


def draw_text(
    painter: QPainter,
    rect: QRect,
    text: str,
    pen: Ink,
    flags: int = LEFT,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    """Draw one line of text, elided to the rectangle's width."""
    painter.setFont(pen.font)
    painter.setPen(pen.colour)
    width = rect.width()
    # Measuring costs as much as drawing.
    fits = pen.surely_fits(text, width)
    if not fits and pen.metrics.horizontalAdvance(shown(text)) > width:
        text = pen.metrics.elidedText(shown(text), elide, width)
    painter.drawText(rect, flags | Qt.TextFlag.TextSingleLine, shown(text))


def fitting(width: int, pen: Ink, text: str, shorter: tuple[str, ...]) -> str:
    """Return the first of some texts that fits into a width in px, or the last."""
    for one in (text, *shorter):
        if (
            pen.surely_fits(one, width)
            or pen.metrics.horizontalAdvance(shown(one)) <= width
        ):
            return one
    return shorter[-1] if shorter else text


def draw_number(
    painter: QPainter, rect: QRect, text: str, pen: Ink, flags: int = RIGHT
) -> None:
    """Draw a short text that always fits, such as a number in its column."""
    painter.setFont(pen.font)
    painter.setPen(pen.colour)
    painter.drawText(rect, flags | Qt.TextFlag.TextSingleLine, shown(text))


def text_width(text: str, font: QFont) -> int:
    """Return the width of a text in px."""
    return QFontMetrics(font).horizontalAdvance(shown(text))


def draw_bar(
    painter: QPainter, rect: QRect, fraction: float, colour: QColor, track: QColor
) -> None:
    """Draw a thin bar with round ends; anything above nothing is at least a dot."""
    radius = rect.height() / 2
    _fill(painter, rect, track, radius)
    if fraction > 0:
        width = max(rect.height(), round(rect.width() * min(1.0, fraction)))
        filled = QRect(rect.left(), rect.top(), width, rect.height())
        _fill(painter, filled, colour, radius)


def _fill(
    painter: QPainter, rect: QRect, colour: QColor, radius: float = ROW_RADIUS
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(rect, radius, radius)
