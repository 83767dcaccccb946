"""What stands at the ends of curves: names with values, and the ring of the best."""

import math
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from segdesk.core.language import shown, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import rounded
from segdesk.gui.item_models import figures
from segdesk.gui.plots.content import EMPTY, PlotContent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_LINE_PX = 15
_SWATCH = 8
_GAP = 10


class EndNames(pg.GraphicsObject):  # type: ignore[misc]
    """Drawn in pixels over the curves; it takes no clicks."""

    def __init__(self) -> None:
        super().__init__()
        self._content = EMPTY
        self.setZValue(20)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_content(self, content: PlotContent) -> None:
        """Show the names of other curves."""
        self._content = content
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """Return all of the plot."""
        box = self.getViewBox()
        return QRectF(box.viewRect()) if box is not None else QRectF()

    def paint(
        self,
        painter: QPainter,
        option: Any,  # noqa: ANN401 - pyqtgraph's own
        widget: "QWidget | None" = None,
    ) -> None:
        """Draw in the plot's pixels."""
        del option, widget
        box = self.getViewBox()
        if box is None:
            return
        to_px = painter.transform()
        painter.save()
        painter.resetTransform()
        ratio = painter.device().devicePixelRatioF()
        painter.scale(ratio, ratio)
        right = to_px.map(QPointF(box.viewRect().right(), 0)).x() / ratio
        area = (to_px, ratio, right)
        if self._content.best is not None:
            self._paint_best(painter, area)
        if self._content.names_at_end:
            self._paint_names(painter, area)
        painter.restore()

    def _paint_best(self, painter: QPainter, area: tuple[Any, float, float]) -> None:
        to_px, ratio, right = area
        best = self._content.best
        if best is None:
            return
        at = to_px.map(QPointF(*best)) / ratio
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("panel"), 1.5))
        painter.setBrush(theme.color("okFill"))
        painter.drawEllipse(at, 5.0, 5.0)
        painter.setFont(theme.font("smallStrong", tabular=True))
        painter.setPen(theme.color("ok"))
        text = figures.decimal(best[1], self._content.digits)
        width = QFontMetricsF(painter.font()).horizontalAdvance(shown(text))
        is_last = all(c.x[-1] <= best[0] for c in self._content.curves if len(c.x))
        if is_last and at.x() + _GAP + width < right:
            x, y = at.x() + _GAP, at.y() - 8
        else:
            x, y = min(at.x() - width / 2, right - width), at.y() + 8
        painter.drawText(
            QRectF(x, y, width + 2, 16), Qt.AlignmentFlag.AlignVCenter, shown(text)
        )

    def _paint_names(self, painter: QPainter, area: tuple[Any, float, float]) -> None:
        to_px, ratio, right = area
        font = theme.font("smallStrong", tabular=True)
        metrics = QFontMetricsF(font)
        rows = []
        for curve in self._content.curves:
            value = curve.last
            if value is None or curve.name == "":
                continue
            end = to_px.map(QPointF(float(curve.x[-1]), value)) / ratio
            text = tr(
                "{name}  {number}",
                name=curve.name,
                number=figures.decimal(value, self._content.digits),
            )
            rows.append((end, text, curve.colour))
        if not rows:
            return
        widest = max(metrics.horizontalAdvance(shown(text)) for _, text, _ in rows)
        start = max(end.x() for end, _, _ in rows) + 2 * _GAP
        x = min(start, right - widest - _SWATCH - 8)
        painter.setFont(font)
        bottom = to_px.map(QPointF(0, self.boundingRect().top())).y() / ratio
        wanted = [end.y() for end, _, _ in rows]
        heights = spread(wanted, _LINE_PX, bottom - _LINE_PX / 2)
        for (_, text, colour), y in zip(rows, heights, strict=True):
            swatch = QRectF(x, y - _SWATCH / 2, _SWATCH, _SWATCH)
            rounded(painter, swatch, 2, QColor(colour))
            painter.setPen(theme.color("text2"))
            line = QRectF(x + _SWATCH + 6, y - 8, widest + 4, 16)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown(text))


def spread(heights: list[float], apart: float, most: float = math.inf) -> list[float]:
    """Move heights as little as needed so that all are `apart`; the order stays.

    Parameters
    ----------
    most
        None lies beyond it.
    """
    order = sorted(range(len(heights)), key=lambda at: heights[at])
    groups: list[list[int]] = []
    middles: list[float] = []
    for at in order:
        groups.append([at])
        middles.append(heights[at])
        while len(groups) > 1 and _overlap(groups, middles, apart):
            last = groups.pop()
            middles.pop()
            groups[-1] += last
            inside = [heights[each] for each in groups[-1]]
            middles[-1] = math.fsum(inside) / len(inside)
    placed = list(heights)
    for group, middle in zip(groups, middles, strict=True):
        for place, at in enumerate(group):
            placed[at] = middle + (place - (len(group) - 1) / 2) * apart
    for at in sorted(order, key=lambda at: -placed[at]):
        placed[at] = min(placed[at], most)
        most = placed[at] - apart
    return placed


def _overlap(groups: list[list[int]], middles: list[float], apart: float) -> bool:
    needed = (len(groups[-1]) + len(groups[-2])) / 2 * apart
    return middles[-1] - middles[-2] < needed
