"""The reliability diagram: how often a model is right that is so sure."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from segdesk.core.calibration import Calibration
from segdesk.core.language import joined, shown, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CARD, draw_elided, rounded
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put

_LEFT, _RIGHT, _TOP, _FOOT = 48, 18, 16, 30
_LEGEND_AT = 10  # px right of the axis
_LINE_PX = 18


class Compared(NamedTuple):
    """Another model's calibration beside the one that is looked at."""

    name: str
    calibration: Calibration


class ReliabilityPlot(QWidget):
    """Bars of accuracy over confidence; on the dashed line both are equal.

    Another model's accuracy is a line.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: Calibration | None = None
        self._other: Compared | None = None
        put(self.setAccessibleName, tr("Reliability"))
        self.setMinimumHeight(120)

    @property
    def legend(self) -> tuple[str, ...]:
        """What bars and line stand for."""
        if self._shown is None:
            return ()
        lines = [tr("bars: accuracy, off by {percent}", percent=_percent(self._shown))]
        if self._other is not None:
            named = tr("line: {name}", name=self._other.name)
            lines.append(
                tr(
                    "{named}, {percent}",
                    named=named,
                    percent=_percent(self._other.calibration),
                )
            )
        return tuple(lines)

    def show_result(
        self, shown: Calibration | None, other: Compared | None = None
    ) -> None:
        """Show another evaluation's calibration, beside one to compare with."""
        self._shown, self._other = shown, other
        put(
            self.setAccessibleDescription,
            joined("; ", self.legend) or tr("Not measured"),
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Return the design's size."""
        return QSize(504, 248)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw card, grid, bars, lines and legend."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        rounded(painter, box, RADIUS_CARD, theme.color("panel"), theme.color("line"))
        if self._shown is None:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text2"))
            words = tr("Evaluate again to measure confidence")
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown(words))
            return
        field = box.adjusted(_LEFT, _TOP, -_RIGHT, -_FOOT)
        self._paint_grid(painter, field)
        self._paint_bars(painter, field, self._shown)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        even = QPen(theme.color("text2"), 1, Qt.PenStyle.DashLine)
        painter.setPen(even)
        painter.drawLine(field.bottomLeft(), field.topRight())
        if self._other is not None:
            self._paint_line(painter, field, self._other.calibration)
        self._paint_legend(painter, field)

    def _paint_grid(self, painter: QPainter, field: QRectF) -> None:
        painter.setFont(theme.font("caption", tabular=True))
        for value in (0.0, 0.5, 1.0):
            y = round(field.bottom() - field.height() * value)
            line = QRectF(field.x(), y, field.width(), 1)
            painter.fillRect(line, theme.color("line"))
            painter.setPen(theme.color("text2"))
            label = QRectF(0, y - 8, field.x() - 8, 16)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(label, side, shown(figures.decimal(value, 1)))
        for value in (0.0, 0.25, 0.5, 0.75, 1.0):
            x = field.x() + field.width() * value
            label = QRectF(x - 24, field.bottom() + 6, 48, 16)
            text = figures.decimal(value, 2).rstrip("0").rstrip(".,")
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, shown(text))

    def _paint_bars(self, painter: QPainter, field: QRectF, shown: Calibration) -> None:
        wide = field.width() / len(shown.bins)
        colour = theme.mix("accent", "panel", 0.55)
        for place, one in enumerate(shown.bins):
            if one.accuracy is None:
                continue
            high = max(1.0, field.height() * one.accuracy)
            x = field.x() + place * wide + 1
            bar = QRectF(x, field.bottom() - high, wide - 2, high)
            painter.fillRect(bar, colour)

    def _paint_line(self, painter: QPainter, field: QRectF, other: Calibration) -> None:
        path = QPainterPath()
        for one in other.bins:
            if one.accuracy is None or one.confidence is None:
                continue
            point = QPointF(
                field.x() + field.width() * one.confidence,
                field.bottom() - field.height() * one.accuracy,
            )
            if path.elementCount():
                path.lineTo(point)
            else:
                path.moveTo(point)
        painter.setPen(QPen(theme.color("warnFill"), 2))
        painter.drawPath(path)

    def _paint_legend(self, painter: QPainter, field: QRectF) -> None:
        painter.setFont(theme.font("caption", tabular=True))
        for place, words in enumerate(self.legend):
            painter.setPen(theme.color("warn" if place else "text"))
            top = field.y() + place * _LINE_PX
            room = field.width() * 0.6  # the bars are low there
            line = QRectF(field.x() + _LEGEND_AT, top, room, _LINE_PX)
            draw_elided(painter, line, words)


def _percent(calibration: Calibration) -> str:
    return f"{figures.decimal(calibration.error, 1)}%"
