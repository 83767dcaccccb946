"""How a run looks in the runs panel."""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segdesk.app.training.training_run import RunState
from segdesk.gui import icons, theme
from segdesk.gui.item_models.moving_rows import MovingDelegate
from segdesk.gui.item_models.row_delegate import (
    RIGHT,
    Index,
    Role,
    draw_number,
    draw_text,
    ink,
    scaled,
    text_width,
)
from segdesk.gui.item_models.runs_model import RunRow

_TEXT_LEFT = 38
_ROW_PX, _LIVE_PX = 50, 57
_ICONS = {
    RunState.QUEUED: ("clock", "text3"),
    RunState.RUNNING: ("activity", "accent"),
    RunState.PAUSED: ("pause-circle", "accent"),
    RunState.STOPPING: ("stop-circle", "accent"),
    RunState.DONE: ("check-circle", "ok"),
    RunState.STOPPED: ("stop-circle", "text3"),
    RunState.FAILED: ("x-circle", "bad"),
}


class RunsDelegate(MovingDelegate):
    """Paints a run: icon by state, name, score, second line, bar."""

    row_px = _ROW_PX

    def height(self, index: Index) -> int:
        """Return the height of a row in px: one with a bar is higher."""
        row = index.data(Role.ROW)
        is_live = isinstance(row, RunRow) and row.fraction is not None
        return theme.row_px(_LIVE_PX if is_live else _ROW_PX)

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one run."""
        row = index.data(Role.ROW)
        if not isinstance(row, RunRow):
            return
        rect = option.rect
        top, height = rect.top() + scaled(6), scaled(20)
        right = rect.right() - 13
        name, role = _ICONS[row.state]
        box = QRectF(13, top + (height - 14) / 2, 14, 14)
        icons.paint(painter, box, name, theme.color(role))
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        pen = ink("smallStrong", "text2", tabular=True)
        width = text_width(row.score, pen.font) + 2
        place = QRect(right - width, top, width, height)
        draw_number(painter, place, row.score, pen, RIGHT)
        line = QRect(_TEXT_LEFT, top, right - width - 8 - _TEXT_LEFT, height)
        pen = ink("strong" if selected or row.fraction is not None else "body", "text")
        draw_text(painter, line, row.title, pen)
        below = QRect(_TEXT_LEFT, top + scaled(18), right - _TEXT_LEFT, scaled(18))
        if row.is_compared:
            self._paint_compared(painter, below, right)
            below.setRight(right - 66)
        role = "bad" if row.state is RunState.FAILED else "text2"
        draw_text(painter, below, row.subtitle, ink("caption", role, tabular=True))
        if row.fraction is not None:
            bar = QRect(_TEXT_LEFT, rect.bottom() - 9, right - _TEXT_LEFT, 3)
            self.draw_progress(painter, bar, row.fraction, "accent")

    def _paint_compared(self, painter: QPainter, line: QRect, right: int) -> None:
        """Say that its curves lie beside the selected run's."""
        place = QRect(right - 62, line.top(), 62, line.height())
        draw_number(painter, place, "compared", ink("caption", "text3"), RIGHT)
