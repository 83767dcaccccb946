"""A scatter of networks: speed or size across, mIoU or size up, memory as area."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.language import joined, shown, tr
from segdesk.gui import theme
from segdesk.gui.components.painting import rounded
from segdesk.gui.wording import put

_LEFT, _BOTTOM, _TOP, _RIGHT = 34, 26, 10, 12
_LEAST, _MOST = 4.0, 11.0
_TICKS = (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
_REACH = 14.0
_MOST_NAMES = 24
_SPOKEN = 40


@dataclass(frozen=True, slots=True)
class Point:
    """One network.

    Parameters
    ----------
    across
        Images a second in training, or parameters in millions.
    height
        mIoU in percent, or parameters in millions.
    memory_mb
        Peak of a step; 0.0: not known.
    state
        "chosen", "plain" or "heavy": too large for the device.
    is_published
        Its mIoU is that of the paper's data; drawn as a ring.
    """

    id: str
    title: str
    across: float
    height: float
    memory_mb: float = 0.0
    state: str = "plain"
    is_published: bool = False


class Scatter(QWidget):
    """Draws the points; `chosen` carries the id of one that was clicked."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._points: tuple[Point, ...] = ()
        self._words = ""
        self._is_log = True
        self._hovered: Point | None = None
        self.setMouseTracking(True)
        self.setFixedHeight(196)
        put(self.setAccessibleName, tr("Networks by what they cost and reach"))

    def set_points(
        self, points: tuple[Point, ...], words: str, *, is_log: bool
    ) -> None:
        """Show other points; `words` stand there as long as there are none."""
        if (points, words, is_log) != (self._points, self._words, self._is_log):
            self._points, self._words, self._is_log = points, words, is_log
            self._hovered = None
            put(
                self.setAccessibleDescription,
                joined(
                    "; ",
                    (
                        tr(
                            "{title} {across:.1f}, {height:.1f}",
                            title=one.title,
                            across=one.across,
                            height=one.height,
                        )
                        for one in points[:_SPOKEN]
                    ),
                ),
            )
            self.update()

    def sizeHint(self) -> QSize:
        """Return the designed width."""
        return QSize(372, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw grid, points and names."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("caption", tabular=True))
        if not self._points:
            painter.setPen(theme.color("text2"))
            painter.setFont(theme.font("small"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, shown(self._words))
            return
        self._draw_grid(painter)
        chosen_last = sorted(self._points, key=lambda one: one.state == "chosen")
        for point in chosen_last:
            self._draw_disc(painter, point)
        named = [one for one in reversed(chosen_last) if self._is_named(one)]
        taken = [self._disc(point) for point in self._points]
        for point in named:
            self._draw_title(painter, point, taken)
        if self._hovered is not None:
            self._draw_tag(painter, self._hovered)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the nearest point."""
        nearest = self._nearest(event.position())
        if nearest is not None:
            self.chosen.emit(nearest.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the nearest point."""
        self._hover(self._nearest(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Name none."""
        super().leaveEvent(event)
        self._hover(None)

    # ------------------------------------------------------------ inside

    @property
    def _box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def _hover(self, point: Point | None) -> None:
        if point is not self._hovered:
            self._hovered = point
            hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
            self.setCursor(hand if point else arrow)
            self.update()

    def _nearest(self, spot: QPointF) -> Point | None:
        def far(point: Point) -> float:
            place = self._place(point)
            return math.hypot(place.x() - spot.x(), place.y() - spot.y())

        nearest = min(self._points, key=far, default=None)
        return nearest if nearest is not None and far(nearest) <= _REACH else None

    def _is_named(self, point: Point) -> bool:
        """Tell whether a point has a name beside it: all, or of many the chosen one."""
        return len(self._points) <= _MOST_NAMES or point.state == "chosen"

    def _draw_tag(self, painter: QPainter, point: Point) -> None:
        """Draw name and values of the point under the pointer over everything."""
        unit = " M" if self._is_log else ""
        words = tr(
            "{title} · {height:.1f}{unit}",
            title=point.title,
            height=point.height,
            unit=unit,
        )
        painter.setFont(theme.font("caption", tabular=True))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(shown(words)) + 12
        disc = self._disc(point)
        x = min(max(0.0, disc.center().x() - wide / 2), self.width() - wide)
        y = disc.top() - 24 if disc.top() > 24 else disc.bottom() + 4
        box = QRectF(x, y, wide, 20)
        rounded(painter, box, 4, theme.color("raised"), theme.color("line2"))
        painter.setPen(theme.color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown(words))

    def _draw_grid(self, painter: QPainter) -> None:
        box = self._box
        low, high = self._reaches()
        middle = Qt.AlignmentFlag.AlignCenter
        painter.setPen(theme.color("text3"))
        for tick in _TICKS:
            if low <= tick <= high:
                x = box.left() + box.width() * _part(tick, low, high, is_log=True)
                spot = QRectF(x - 30, box.bottom() + 6, 60, 16)
                painter.drawText(spot, middle, f"{tick:g}")
        bottom, top = self._heights()
        for tick in _marks(bottom, top, is_log=self._is_log):
            share = _part(tick, bottom, top, is_log=self._is_log)
            y = box.bottom() - box.height() * share
            line = QRectF(box.left(), round(y), box.width(), 1)
            painter.fillRect(line, theme.color("line"))
            painter.setPen(theme.color("text3"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            unit = " M" if self._is_log else ""
            painter.drawText(QRectF(0, y - 8, _LEFT - 6, 16), right, f"{tick:g}{unit}")

    def _disc(self, point: Point) -> QRectF:
        place, radius = self._place(point), self._radius(point)
        return QRectF(place.x() - radius, place.y() - radius, 2 * radius, 2 * radius)

    def _draw_disc(self, painter: QPainter, point: Point) -> None:
        role = {"chosen": "accent", "heavy": "bad"}.get(point.state, "text3")
        share = 1.0 if point.state == "chosen" else 0.4
        fill = theme.mix(role, "panel", 0.0 if point.is_published else share)
        disc = self._disc(point)
        rounded(painter, disc, disc.width() / 2, fill, theme.color(role))

    def _draw_title(self, painter: QPainter, point: Point, taken: list[QRectF]) -> None:
        """Draw the name beside the disc, on the side that has room."""
        is_chosen = point.state == "chosen"
        painter.setFont(theme.font("dock" if is_chosen else "caption"))
        painter.setPen(theme.color("text" if is_chosen else "text2"))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(shown(point.title))
        disc = self._disc(point)
        for x in (disc.right() + 5, disc.left() - 5 - wide):
            spot = QRectF(x, disc.center().y() - 8, wide + 2, 16)
            inside = x >= _LEFT and spot.right() <= self.width()
            if inside and not any(spot.intersects(other) for other in taken):
                painter.drawText(
                    spot, Qt.AlignmentFlag.AlignVCenter, shown(point.title)
                )
                taken.append(spot)
                return

    def _place(self, point: Point) -> QPointF:
        box = self._box
        x = _part(point.across, *self._reaches(), is_log=True)
        y = _part(point.height, *self._heights(), is_log=self._is_log)
        return QPointF(box.left() + box.width() * x, box.bottom() - box.height() * y)

    def _radius(self, point: Point) -> float:
        most = max(one.memory_mb for one in self._points) or 1.0
        share = math.sqrt(max(0.0, point.memory_mb) / most)
        return _LEAST + (_MOST - _LEAST) * share

    def _reaches(self) -> tuple[float, float]:
        reaches = [max(1e-3, one.across) for one in self._points]
        return min(reaches) / 1.6, max(reaches) * 1.6

    def _heights(self) -> tuple[float, float]:
        heights = [one.height for one in self._points]
        if self._is_log:
            return min(heights) / 1.6, max(heights) * 1.6
        return min(heights) - 3, max(heights) + 3


def _part(value: float, low: float, high: float, *, is_log: bool) -> float:
    if is_log:
        value, low, high = (math.log(max(1e-6, one)) for one in (value, low, high))
    return (value - low) / (high - low) if high > low else 0.5


def _marks(low: float, high: float, *, is_log: bool) -> list[float]:
    if is_log:
        return [tick for tick in _TICKS if low <= tick <= high]
    step = 5 if high - low < 30 else 10
    first = math.ceil(low / step) * step
    return [float(one) for one in range(first, int(high) + 1, step)]
