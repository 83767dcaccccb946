"""One plot, drawn by pyqtgraph without its frame and bevels.

pyqtgraph takes half a second to import, so this module is imported when the page of
runs is shown, on a worker; see `segdesk.gui.plots.on_demand`.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPen

from segdesk.app.training.metric_log import Line, decimated, mean_line, nice_ticks
from segdesk.gui import theme
from segdesk.gui.item_models import figures
from segdesk.gui.plots.content import EMPTY, Curve, Look, PlotContent
from segdesk.gui.plots.end_names import EndNames

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QResizeEvent, QWheelEvent

_LEFT_PX, _BOTTOM_PX, _TOP_PX, _RIGHT_PX = 42, 24, 7, 16
_RAW_SHARE = 0.35
_OVERHANG_PX = 40  # a label at the end of an axis stands out over it
_DOT_SHARE, _NAMES_SHARE, _FULL_SHARE = 0.008, 0.3, 0.75
_LEAST_ZOOM = 20  # iterations
_ZOOM_STEP = 0.8
_MEAN_OVER = 200  # points of a curve with fewer are drawn one by one


def making_inside() -> Generator[None, None, pg.PlotItem]:
    """Make a plot's axes and box in steps; they are most of the work of making it."""
    axes = {}
    for side in ("left", "bottom"):
        axes[side] = pg.AxisItem(side)
        yield
    box = pg.ViewBox(enableMenu=False)
    yield
    return pg.PlotItem(viewBox=box, axisItems=axes, enableMenu=False)


class PlotView(pg.PlotWidget):  # type: ignore[misc]
    """Curves over iterations.

    Ctrl and the wheel zoom along the iterations, a pull moves, a double click shows
    all again. `read` carries the iteration under the cursor, or None.

    Parameters
    ----------
    inside
        What `making_inside` made, of its own; None: it is made.
    """

    read = Signal(object)

    def __init__(self, inside: "pg.PlotItem | None" = None) -> None:
        inside = inside or pg.PlotItem(enableMenu=False)
        super().__init__(background=None, plotItem=inside)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMouseTracking(True)
        self._content = EMPTY
        self._items: list[Any] = []
        self._span: tuple[float, float] | None = None
        item = self.getPlotItem()
        item.hideButtons()
        item.layout.setContentsMargins(0, _TOP_PX, _RIGHT_PX, 0)
        box = self._box = item.getViewBox()
        box.setMouseEnabled(x=False, y=False)
        box.setDefaultPadding(0)
        box.setBorder(None)
        self._axes = item.getAxis("left"), item.getAxis("bottom")
        self._axes[0].setWidth(_LEFT_PX)
        self._axes[1].setHeight(_BOTTOM_PX)
        self._names = EndNames()
        box.addItem(self._names, ignoreBounds=True)
        self._now = pg.InfiniteLine(angle=90, movable=False)
        box.addItem(self._now, ignoreBounds=True)
        self._grid: list[Any] = []
        self._held: float | None = None
        self._dress()
        theme.active().changed.connect(self._dress)

    # ------------------------------------------------------------ what is shown

    def show_content(self, content: PlotContent) -> None:
        """Show other curves; a zoom stays."""
        self._content = content
        self._draw()

    @property
    def columns(self) -> int:
        """Width of the curves in device pixels."""
        columns = round(float(self._box.width()) * float(self.devicePixelRatioF()))
        return max(50, columns)

    @property
    def shown(self) -> tuple[float, float]:
        """First and last iteration in sight."""
        return self._span or (0.0, float(max(1, self._content.length)))

    def _draw(self) -> None:
        self._scale()
        self._fit_items(len(self._content.curves))
        for item, curve in zip(self._items, self._content.curves, strict=True):
            self._lay(item, curve)
        now = self._content.now
        self._now.setVisible(now is not None)
        if now is not None:
            self._now.setValue(now)
        self._names.show_content(self._content)

    def _scale(self) -> None:
        low, high = self._content.y_range()
        ticks, digits = nice_ticks(low, high)
        bottom = float(ticks[0]) if self._content.low is None else min(low, ticks[0])
        first, last = self.shown
        self._box.setRange(
            xRange=(first, last + self._room() * (last - first)),
            yRange=(bottom, float(ticks[-1])),
            padding=0,
        )
        left = [(float(y), figures.decimal(float(y), digits)) for y in ticks]
        xs, x_digits = nice_ticks(first, last)
        marks = [
            (
                float(x),
                figures.decimal(float(x), x_digits)
                if x_digits
                else figures.number(round(float(x))),
            )
            for x in xs
            if first <= x <= last
        ]
        self._axes[0].setTicks([left])
        self._axes[1].setTicks([marks])
        self._lay_grid([y for y, _ in left])

    def _room(self) -> float:
        """Return the share of the width that is left free behind the last iteration.

        A dot there is whole; names there do not lie on the curves.
        """
        content = self._content
        if self._span is not None or not content.names_at_end:
            return _DOT_SHARE
        ends = (int(curve.x[-1]) for curve in content.curves if len(curve.x))
        is_full = max(ends, default=0) > _FULL_SHARE * content.length
        return _NAMES_SHARE if is_full else _DOT_SHARE

    def _lay_grid(self, heights: list[float]) -> None:
        while len(self._grid) < len(heights):
            line = pg.InfiniteLine(angle=0, movable=False, pen=self._grid_pen())
            line.setZValue(-10)
            self._box.addItem(line, ignoreBounds=True)
            self._grid.append(line)
        for at, line in enumerate(self._grid):
            line.setVisible(at < len(heights))
            if at < len(heights):
                line.setValue(heights[at])

    def _fit_items(self, count: int) -> None:
        while len(self._items) < count:
            item = pg.PlotDataItem()
            self._box.addItem(item, ignoreBounds=True)
            self._items.append(item)
        while len(self._items) > count:
            self._box.removeItem(self._items.pop())

    def _lay(self, item: Any, curve: Curve) -> None:  # noqa: ANN401
        line = self._line(curve)
        colour = _colour(curve)
        is_noise = curve.look is Look.THIN and len(line) > self.columns
        is_fine = is_noise or curve.look is Look.RAW
        pen = _pen(curve.look, colour)
        if is_noise:  # a smooth wide line through noise costs ten times as much
            pen.setWidthF(1.0)
        options: dict[str, Any] = {
            "pen": pen,
            "antialias": not is_fine,
            "connect": "finite",
            "symbol": "o" if curve.look is Look.DOTS else None,
        }
        if curve.look is Look.DOTS:
            options |= {"symbolSize": 6, "symbolBrush": colour, "symbolPen": None}
        item.setData(line.x, line.y, **options)

    def _line(self, curve: Curve) -> Line:
        first, last = self.shown
        x, y = curve.x, curve.y
        if curve.look is Look.MEAN:
            line = mean_line(x, y, max(len(x), 1) if self._span else self.columns)
            if self._span is None:
                return line
            x, y = line.x.astype(np.int64), line.y
        start = max(0, int(np.searchsorted(x, int(first))) - 1)
        end = int(np.searchsorted(x, int(last) + 1)) + 1
        return decimated(x[start:end], y[start:end], self.columns)

    # ------------------------------------------------------------ dress

    def _dress(self) -> None:
        for axis in self._axes:
            axis.setPen(QPen(Qt.PenStyle.NoPen))
            axis.setTickPen(QPen(Qt.PenStyle.NoPen))
            axis.setTextPen(theme.color("text2"))
            axis.setStyle(
                tickLength=0,
                tickFont=theme.font("caption", tabular=True),
                tickTextOffset=8,
                autoExpandTextSpace=False,
                autoReduceTextSpace=False,
                hideOverlappingLabels=_OVERHANG_PX,
            )
        for line in self._grid:
            line.setPen(self._grid_pen())
        now = QPen(theme.color("text2"), 1)
        now.setCosmetic(True)
        now.setDashPattern([2, 3])
        self._now.setPen(now)
        self._draw()

    def _grid_pen(self) -> QPen:
        pen = QPen(theme.color("line"), 1)
        pen.setCosmetic(True)
        return pen

    # ------------------------------------------------------------ hand

    def resizeEvent(self, event: "QResizeEvent") -> None:
        """Draw as many points as there are columns."""
        super().resizeEvent(event)
        if hasattr(self, "_names"):
            self._draw()

    def wheelEvent(self, event: "QWheelEvent") -> None:
        """Zoom with Ctrl; else let the page scroll."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        first, last = self.shown
        middle = self._iteration_at(event.position())
        by = _ZOOM_STEP if event.angleDelta().y() > 0 else 1 / _ZOOM_STEP
        whole = float(max(1, self._content.length))
        width = (last - first) * by
        if width >= whole:
            self._span = None
        elif width >= _LEAST_ZOOM:
            start = middle - (middle - first) * by
            self._move_to(start, width)
        self._draw()
        event.accept()

    def mousePressEvent(self, event: "QMouseEvent") -> None:
        """Begin to pull a zoomed plot."""
        self._held = event.position().x()

    def mouseMoveEvent(self, event: "QMouseEvent") -> None:
        """Pull, or read what is under the cursor."""
        if self._held is not None and self._span is not None:
            first, last = self._span
            by = (self._held - event.position().x()) / max(1.0, self._box.width())
            self._held = event.position().x()
            self._move_to(first + by * (last - first), last - first)
            self._draw()
        self.read.emit(self._iteration_at(event.position()))

    def mouseReleaseEvent(self, event: "QMouseEvent") -> None:
        """Let go."""
        del event
        self._held = None

    def mouseDoubleClickEvent(self, event: "QMouseEvent") -> None:
        """Show all again."""
        del event
        self._span = None
        self._draw()

    def leaveEvent(self, event: QEvent) -> None:
        """Read nothing."""
        super().leaveEvent(event)
        self.read.emit(None)

    def _move_to(self, first: float, width: float) -> None:
        most = max(0.0, self._content.length - width)
        first = min(max(0.0, first), most)
        self._span = (first, first + width)

    def _iteration_at(self, at: QPointF) -> float:
        first, last = self.shown
        width = max(1.0, float(self._box.width()))
        share = (at.x() - float(self.width()) + _RIGHT_PX + width) / width
        share *= 1 + self._room()
        return first + min(1.0, max(0.0, share)) * (last - first)


def _colour(curve: Curve) -> QColor:
    if curve.look is Look.EARLIER:
        return theme.color("text3")
    given = QColor(curve.colour) if curve.colour.startswith("#") else None
    colour = QColor(given or theme.color(curve.colour))
    if curve.look is Look.RAW:
        colour.setAlphaF(_RAW_SHARE)
    return colour


def _pen(look: Look, colour: QColor) -> QPen:
    width = {Look.RAW: 1.0, Look.EARLIER: 1.2, Look.THIN: 1.5}.get(look, 2.0)
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if look is Look.EARLIER:
        pen.setDashPattern([4, 2])
    return pen
