"""How a model looks in the models panel."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segdesk.app.models.shelf_entry import ShelfEntry, ShelfState
from segdesk.gui import icons
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.models_model import ACTIONS, is_moving
from segdesk.gui.item_models.moving_rows import MovingDelegate
from segdesk.gui.item_models.row_delegate import (
    LEFT,
    RIGHT,
    Index,
    Role,
    draw_number,
    draw_text,
    ink,
    scaled,
    text_width,
    two_lines,
)

_TEXT_LEFT = 42
_PERCENT_PX = 32
_ICONS = {
    ShelfState.LOADED: ("cube-fill", "model"),
    ShelfState.LOADING: ("cube", "model"),
    ShelfState.READY: ("cube", "text2"),
    ShelfState.NOT_DOWNLOADED: ("cloud-arrow-down", "text3"),
    ShelfState.DOWNLOADING: ("cloud-arrow-down", "text2"),
    ShelfState.NEEDS_OPS: ("wrench", "warn"),
    ShelfState.NEEDS_EXTRA: ("wrench", "warn"),
    ShelfState.BROKEN: ("warning-circle", "bad"),
}
_USABLE = (ShelfState.LOADED, ShelfState.LOADING, ShelfState.READY)


class ModelsDelegate(MovingDelegate):
    """Paints a model: icon by state, name, second line or progress, verb."""

    row_px = 50

    def part_at(self, rect: QRect, index: Index, position: QPoint) -> str:
        """Return "action" on the verb at the right, or ""."""
        entry = index.data(Role.ROW)
        if not isinstance(entry, ShelfEntry):
            return ""
        left = rect.right() - _action_width(entry) - 22
        return "action" if position.x() >= left else ""

    def tip(self, index: Index, part: str) -> str:
        """Return why a model cannot be used, or what it is."""
        return "" if part == "action" else super().tip(index, part)

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one model."""
        entry = index.data(Role.ROW)
        if not isinstance(entry, ShelfEntry):
            return
        rect = option.rect
        middle = rect.top() + rect.height() // 2
        name, role = _ICONS[entry.state]
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(14, middle - 8, icons.pixmap(name, role, 16, ratio))
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        right = rect.right() - 13
        if entry.state is not ShelfState.READY or selected or hovered:
            right = self._paint_action(painter, rect, entry, index)
        line, below = two_lines(_TEXT_LEFT, middle, right)
        usable = entry.state in _USABLE
        pen = ink("strong" if selected else "body", "text" if usable else "text2")
        elide = Qt.TextElideMode.ElideRight
        draw_text(painter, line, entry.name, pen, elide=elide)
        if entry.progress is not None or is_moving(entry):
            self._paint_progress(painter, below, entry)
        else:
            pen = ink("caption", _subtitle_role(entry), tabular=True)
            draw_text(painter, below, entry.subtitle, pen)

    def _paint_action(
        self, painter: QPainter, rect: QRect, entry: ShelfEntry, index: Index
    ) -> int:
        """Paint the verb; returns where the texts must end."""
        width = _action_width(entry)
        box = QRect(rect.right() - 13 - width, rect.top(), width, rect.height())
        role = "text" if self.is_hot(index, "action") else "accent"
        text = ACTIONS[entry.state]
        draw_number(painter, box, text, ink("smallStrong", role), RIGHT)
        return box.left() - 12

    def _paint_progress(
        self, painter: QPainter, line: QRect, entry: ShelfEntry
    ) -> None:
        pen = ink("caption", "text3", tabular=True)
        middle = line.center().y() + 2
        if entry.progress is not None:
            bar = QRect(line.left(), middle - 2, line.width() - scaled(_PERCENT_PX), 4)
            self.draw_progress(painter, bar, entry.progress, "accent")
            line.setLeft(bar.right() + 6)
            text = figures.whole_percent(entry.progress)
            draw_number(painter, line, text, pen, LEFT)
            return
        draw_text(painter, line, entry.subtitle, pen)
        line.setLeft(line.left() + text_width(entry.subtitle, pen.font) + 8)
        bar = QRect(line.left(), middle - 2, line.width(), 4)
        self.draw_progress(painter, bar, None, "modelFill")


def _action_width(entry: ShelfEntry) -> int:
    return text_width(ACTIONS[entry.state], ink("smallStrong", "accent").font) + 1


def _subtitle_role(entry: ShelfEntry) -> str:
    if entry.state in (ShelfState.NEEDS_OPS, ShelfState.NEEDS_EXTRA):
        return "warn"
    return "bad" if entry.state is ShelfState.BROKEN else "text3"
