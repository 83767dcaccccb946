"""The confusion matrix: what is true in rows, what the model says in columns."""

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from segdesk.app.evaluation.look import Cell
from segdesk.app.evaluation.words import Scale, present_classes, shares
from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import (
    RADIUS_CARD,
    RADIUS_SMALL,
    draw_elided,
    rounded,
)
from segdesk.gui.contrast import best_ink
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put
from segdesk.jobs.training_events import EvaluationDone

_PAD = 12
_HEAD, _FOOT = 42, 30
_MOST_NAME = 110
_SWATCH = 10
_DIAGONAL, _ERROR = 0.88, 0.65  # share of the colour at 100 %, at the largest error
_FAINT = 2.2  # percent, below which an error is written in grey
_LEAST_TEXT = (30, 15)
_OTHERS = tr("Other classes")
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_FOOTERS = {
    Scale.ROWS: tr("rows: truth, in % of the pixels of that class"),
    Scale.COLUMNS: tr("columns: prediction, in % of the pixels taken for that class"),
    Scale.PIXELS: tr("rows: truth, columns: prediction, in pixels"),
}


class ConfusionMatrix(QWidget):
    """Paints the matrix; a cell is chosen by click or arrow keys.

    `chosen` carries the cell.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._done: EvaluationDone | None = None
        self._scale = Scale.ROWS
        self._shares: tuple[tuple[float | None, ...], ...] = ()
        self._rows: tuple[int, ...] = ()  # the classes that are shown
        self._columns: tuple[int, ...] = ()
        self._largest = 1.0
        self._cell: Cell | None = None
        self._hot: Cell | None = None
        self._by_keyboard = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        put(self.setAccessibleName, tr("Confusion matrix"))
        self.setMinimumSize(300, 180)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)

    @property
    def cell(self) -> Cell | None:
        """The chosen cell."""
        return self._cell

    def show_result(self, done: EvaluationDone | None, scale: Scale) -> None:
        """Show another evaluation, or the same in other shares."""
        self._done, self._scale = done, scale
        self._shares = shares(done, scale) if done else ()
        self._rows = present_classes(done) if done else ()
        others = range(len(self._shares), len(self._shares[0]) if done else 0)
        self._columns = (*self._rows, *others)
        errors = [
            self._shares[truth][said] or 0.0
            for truth in self._rows
            for said in self._columns
            if truth != said
        ]
        self._largest = max(errors, default=0.0) or 1.0
        self.update()

    def show_cell(self, cell: Cell | None) -> None:
        """Frame another cell; no signal."""
        if cell != self._cell:
            self._cell = cell
            put(self.setAccessibleDescription, self.words(cell) if cell else "")
            self.update()

    def words(self, cell: Cell) -> str:
        """Return what a cell says, as a sentence."""
        if self._done is None or not self._holds(cell):
            return ""
        count = self._done.confusion[cell.truth][cell.said]
        truth, said = self._name(cell.truth), self._name(cell.said)
        share = self._text(self._shares[cell.truth][cell.said])
        unit = "" if self._scale is Scale.PIXELS else "%"
        verb = tr("predicted as") if cell.is_error else tr("recognized as")
        return tr(
            "{truth} {verb} {said}: {share}{unit}, {count} px",
            truth=truth,
            verb=verb,
            said=said,
            share=share,
            unit=unit,
            count=figures.number(count),
        )

    def cell_rect(self, cell: Cell) -> QRect:
        """Return the place of a cell."""
        field = self._field()
        rows, columns = len(self._rows), len(self._columns)
        row, column = self._rows.index(cell.truth), self._columns.index(cell.said)
        left = field.x() + round(field.width() * column / columns)
        right = field.x() + round(field.width() * (column + 1) / columns)
        top = field.y() + round(field.height() * row / rows)
        bottom = field.y() + round(field.height() * (row + 1) / rows)
        gap = 3 if (right - left) > 24 else 1
        return QRect(left, top, right - left - gap, bottom - top - gap)

    def sizeHint(self) -> QSize:
        """Return the design's size."""
        return QSize(744, 562)

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card, names and cells."""
        del event
        painter = QPainter(self)
        card = QRectF(self.rect())
        rounded(painter, card, RADIUS_CARD, theme.color("panel"), theme.color("line"))
        if not self._rows:
            return
        self._paint_names(painter)
        for truth in self._rows:
            for said in self._columns:
                self._paint_cell(painter, Cell(truth, said), self._shares[truth][said])
        for cell, role in ((self._hot, "outline"), (self._cell, "text")):
            if cell is not None and self._holds(cell):
                ringed = role == "text" and self.hasFocus() and self._by_keyboard
                box = QRectF(self.cell_rect(cell)).adjusted(-1, -1, 1, 1)
                ink = theme.color("accent" if ringed else role)
                rounded(painter, box, RADIUS_SMALL + 1, None, ink, edge_px=2)

    def _paint_cell(self, painter: QPainter, cell: Cell, value: float | None) -> None:
        box = QRectF(self.cell_rect(cell))
        fill = self._fill(cell, value)
        rounded(painter, box, RADIUS_SMALL if box.width() > 14 else 1, fill)
        if box.width() < _LEAST_TEXT[0] or box.height() < _LEAST_TEXT[1]:
            return
        is_faint = cell.is_error and (value or 0.0) < _FAINT
        if is_faint and self._scale is not Scale.PIXELS:
            painter.setPen(theme.color("text3"))
        else:
            painter.setPen(best_ink(fill))
        strong = not cell.is_error or cell == self._cell
        painter.setFont(theme.font("dock" if strong else "small", tabular=True))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown(self._text(value)))

    def _fill(self, cell: Cell, value: float | None) -> QColor:
        if value is None:
            return theme.mix("line", "panel", 0.4)
        if cell.is_error:
            part = value / self._largest
            return theme.mix("bad", "panel", round(0.03 + (_ERROR - 0.03) * part, 3))
        whole = 100.0
        if self._scale is Scale.PIXELS:
            whole = max(self._shares[i][i] or 0.0 for i in self._rows)
        part = value / (whole or 1.0)
        return theme.mix("accentFill", "panel", round(0.04 + 0.84 * part, 3))

    def _paint_names(self, painter: QPainter) -> None:
        field = self._field()
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        head = QRectF(field.x(), _PAD - 6, field.width(), 16)
        painter.drawText(head, Qt.AlignmentFlag.AlignCenter, "predicted")
        foot = QRectF(field.x(), self.height() - 26, field.width(), 16)
        painter.drawText(
            foot, Qt.AlignmentFlag.AlignCenter, shown(_FOOTERS[self._scale])
        )
        middle = Qt.AlignmentFlag.AlignVCenter
        for said in self._columns:
            box = self.cell_rect(Cell(self._rows[0], said))
            self._paint_column_name(painter, said, QRect(box.x(), 22, box.width(), 20))
        for truth in self._rows:
            box = self.cell_rect(Cell(truth, self._columns[0]))
            if box.height() < 12:
                continue
            left = field.x() - _SWATCH - 8
            self._swatch(painter, truth, left, box.center().y() - _SWATCH // 2)
            room = QRectF(_PAD - 4, box.y(), left - 6 - _PAD + 4, box.height())
            metrics = QFontMetrics(painter.font())
            name = metrics.elidedText(
                shown(self._name(truth)), Qt.TextElideMode.ElideRight, int(room.width())
            )
            painter.setPen(theme.color("text2"))
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, shown(name))

    def _paint_column_name(self, painter: QPainter, said: int, box: QRect) -> None:
        if box.width() < 12:
            return
        name = self._name(said)
        metrics = QFontMetrics(painter.font())
        width = metrics.horizontalAdvance(shown(name)) + _SWATCH + 10
        if box.width() < 40:
            self._swatch(painter, said, box.center().x() - 5, box.y() + 5)
            return
        left = box.x() + max(0, (box.width() - width) // 2)
        self._swatch(painter, said, left, box.y() + 5)
        painter.setPen(theme.color("text2"))
        room = QRectF(left + _SWATCH + 8, box.y(), box.right() - left - 18, 20)
        draw_elided(painter, room, name)

    def _swatch(self, painter: QPainter, index: int, x: float, y: float) -> None:
        if self._done is not None and index < len(self._done.classes):
            colour = QColor(self._done.classes.palette[index])
            rounded(painter, QRectF(x, y, _SWATCH, _SWATCH), 3, colour)

    # ------------------------------------------------------------ mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a cell."""
        cell = self._cell_at(event.position().toPoint())
        self._by_keyboard = False
        if cell is not None and event.button() is Qt.MouseButton.LeftButton:
            self._choose(cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the cell under the cursor."""
        self._heat(self._cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Cool down."""
        super().leaveEvent(event)
        self._heat(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell with the arrow keys."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or not self._rows:
            super().keyPressEvent(event)
            return
        self._by_keyboard = True
        now = self._cell
        if now is None or not self._holds(now):
            now = Cell(self._rows[0], self._columns[0])
        row = self._rows.index(now.truth) + step[0]
        column = self._columns.index(now.said) + step[1]
        row = min(max(0, row), len(self._rows) - 1)
        column = min(max(0, column), len(self._columns) - 1)
        self._choose(Cell(self._rows[row], self._columns[column]))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self._by_keyboard = event.reason() is not Qt.FocusReason.MouseFocusReason
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it no more."""
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Say in a tooltip what a cell counts."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self.words(cell) if cell else "", self)
            return True
        return super().event(event)

    def _choose(self, cell: Cell) -> None:
        if cell != self._cell:
            self.show_cell(cell)
            self.chosen.emit(cell)

    def _heat(self, cell: Cell | None) -> None:
        if cell != self._hot:
            self._hot = cell
            self.update()

    def _cell_at(self, at: QPoint) -> Cell | None:
        field = self._field()
        if not self._rows or not field.contains(at):
            return None
        rows, columns = len(self._rows), len(self._columns)
        column = (at.x() - field.x()) * columns // max(1, field.width())
        row = (at.y() - field.y()) * rows // max(1, field.height())
        truth = self._rows[min(row, rows - 1)]
        return Cell(truth, self._columns[min(column, columns - 1)])

    # ------------------------------------------------------------ inside

    def _field(self) -> QRect:
        metrics = QFontMetrics(theme.font("caption"))
        names = self._done.classes.names if self._done else ()
        widest = max(
            (metrics.horizontalAdvance(shown(name)) for name in names), default=40
        )
        left = _PAD + min(widest, _MOST_NAME) + _SWATCH + 14
        return QRect(
            left,
            _HEAD,
            max(1, self.width() - left - _PAD),
            max(1, self.height() - _HEAD - _FOOT),
        )

    def _holds(self, cell: Cell) -> bool:
        return cell.truth in self._rows and cell.said in self._columns

    def _name(self, index: int) -> str:
        names = self._done.classes.names if self._done else ()
        return names[index] if index < len(names) else _OTHERS

    def _text(self, value: float | None) -> str:
        if value is None:
            return figures.NONE
        if self._scale is Scale.PIXELS:
            return _short(value)
        return figures.decimal(value, 1)


def _short(count: float) -> str:
    """Return a count in few letters: "412", "61.8 k", "3.1 M"."""
    if count >= 999_950:
        return tr("{number} M", number=figures.decimal(count / 1000000.0, 1))
    if count >= 10_000:
        return tr("{number} k", number=figures.decimal(count / 1000.0, 1))
    return figures.number(round(count))
