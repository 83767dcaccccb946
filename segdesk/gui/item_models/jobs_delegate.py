"""How a job looks in the jobs panel."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from segdesk.app.job_center import Job, JobStatus
from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.components.progress import draw_ring
from segdesk.gui.item_models.jobs_model import JobRow
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
    two_lines,
)

_TEXT_LEFT = 42
_CARET_PX = 12
_VERBS_PX = 28
_ENDED = {
    JobStatus.SUCCEEDED: ("check-circle-fill", "ok"),
    JobStatus.FAILED: ("x-circle-fill", "bad"),
    JobStatus.CANCELLED: ("stop-circle", "text3"),
}


class JobsDelegate(MovingDelegate):
    """Paints a job: ring or result, title, words, bar, verb, caret of its log."""

    def part_at(self, rect: QRect, index: Index, position: QPoint) -> str:
        """Return "cancel", "more" or ""."""
        row = index.data(Role.ROW)
        if not isinstance(row, JobRow) or position.y() > rect.top() + scaled(_VERBS_PX):
            return ""
        right = rect.right() - 6
        if row.has_more:
            words = _more_word(row)
            left = right - _CARET_PX - 16 - (_width(words) if words else 0)
            if position.x() >= left:
                return "more"
            right = left
        if row.can_cancel and position.x() >= right - _width(tr("Cancel")) - 16:
            return "cancel"
        return ""

    def tip(self, index: Index, part: str) -> str:
        """Return what a part does, or the whole of a failure."""
        if part == "more":
            row = index.data(Role.ROW)
            is_open = isinstance(row, JobRow) and row.is_open
            return tr("Fold the log") if is_open else tr("Show the log")
        return "" if part else super().tip(index, part)

    def paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint one job; the log under it is a widget."""
        row = index.data(Role.ROW)
        if not isinstance(row, JobRow):
            return
        rect, job = option.rect, row.job
        top = rect.top() + (rect.height() // 2 if not job.is_live else scaled(22))
        self._paint_mark(painter, QRectF(14, top - 8, 16, 16), job)
        right = self._paint_verbs(painter, rect, row, index, top - scaled(9))
        line, below = two_lines(_TEXT_LEFT, top, right)
        role = "text" if job.is_live else "text2"
        middle = Qt.TextElideMode.ElideMiddle
        draw_text(painter, line, job.title, ink("body", role), elide=middle)
        below.setRight(rect.right() - 13)
        role = "bad" if job.status is JobStatus.FAILED else "text3"
        draw_text(painter, below, row.words, ink("caption", role, tabular=True))
        if job.is_live:
            width = rect.right() - 13 - _TEXT_LEFT
            bar = QRect(_TEXT_LEFT, top + scaled(22), width, 4)
            self.draw_progress(painter, bar, job.fraction, "accent")

    def _paint_mark(self, painter: QPainter, box: QRectF, job: Job) -> None:
        if job.is_live:
            draw_ring(painter, box, job.fraction, "accent", int(360 * self.turn))
            return
        name, role = _ENDED[job.status]
        icons.paint(painter, box, name, theme.color(role))

    def _paint_verbs(
        self, painter: QPainter, rect: QRect, row: JobRow, index: Index, top: int
    ) -> int:
        """Paint caret, Details and Cancel; returns where the texts must end."""
        right = rect.right() - 13
        if row.has_more:
            hot = self.is_hot(index, "more")
            caret = QRectF(right - _CARET_PX + 1, top - 6, _CARET_PX, _CARET_PX)
            name = "caret-up" if row.is_open else "caret-down"
            colour = theme.color("text" if hot else "text3")
            icons.paint(painter, caret, name, colour)
            right -= _CARET_PX + 6
            words = _more_word(row)
            if words:
                right = _paint_word(painter, right, top, words, hot=hot)
        if row.can_cancel:
            hot = self.is_hot(index, "cancel")
            right = _paint_word(painter, right, top, tr("Cancel"), hot=hot)
        return right - 6


def _more_word(row: JobRow) -> str:
    return tr("Details") if row.job.status is JobStatus.FAILED else ""


def _width(word: str) -> int:
    return text_width(word, ink("smallStrong", "accent").font) + 1


def _paint_word(
    painter: QPainter, right: int, middle: int, word: str, *, hot: bool
) -> int:
    width = _width(word)
    box = QRect(right - width, middle - scaled(12), width, scaled(24))
    pen = ink("smallStrong", "text" if hot else "accent")
    draw_number(painter, box, word, pen, RIGHT)
    return box.left() - 8
