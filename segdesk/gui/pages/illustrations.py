"""Small pictures on the doors of the welcome page, drawn from seeded shapes."""

import math
import random
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QRadialGradient,
    QTransform,
)

from segdesk.core.classes import SAFE_COLOURS
from segdesk.gui import theme

_BLUE, _ORANGE, _TEAL, _YELLOW, _, _, _VIOLET = SAFE_COLOURS[:7]
_SEED = 11
_CELL_PX = 13.5
_GAPS = 0.22
_Draw = Callable[[QPainter, float, float], None]


def draw_picture(name: str, width: int, height: int, ratio: float) -> QPixmap:
    """Return an illustration in the theme in force; takes some 10 ms.

    Parameters
    ----------
    name
        "nuclei", "aerial" or "curves".
    width, height
        In logical px.
    ratio
        Device pixels per logical px.
    """
    result = QPixmap(round(width * ratio), round(height * ratio))
    result.setDevicePixelRatio(ratio)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _DRAWINGS[name](painter, width, height)
    painter.end()
    return result


def _nuclei(painter: QPainter, width: float, height: float) -> None:
    """Draw bright cells on black, each found and outlined."""
    rng = random.Random(_SEED)  # noqa: S311 - a picture
    painter.fillRect(QRectF(0, 0, width, height), QColor("#070909"))
    cells = _cells(rng, width, height)
    for at, radius, _, light in cells:
        glow = QRadialGradient(at, radius * 2.6)
        glow.setColorAt(0, QColor(170, 200, 205, round(60 + 60 * light)))
        glow.setColorAt(1, QColor(60, 80, 84, 0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(glow)
        painter.drawEllipse(at, radius * 2.6, radius * 2.6)
    fill, line = QColor(_TEAL), QColor(_TEAL).lighter(135)
    for at, radius, stretch, light in cells:
        painter.save()
        painter.translate(at)
        painter.rotate(rng.uniform(0, 180))
        fill.setAlphaF(0.45 + 0.3 * light)
        painter.setBrush(fill)
        painter.setPen(QPen(line, 1))
        painter.drawEllipse(QPointF(0, 0), radius * stretch, radius)
        if light > 0.86:
            core = QRadialGradient(QPointF(0, 0), radius)
            core.setColorAt(0, QColor(225, 255, 250, 210))
            core.setColorAt(1, QColor(120, 240, 225, 0))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(core)
            painter.drawEllipse(QPointF(0, 0), radius * stretch, radius)
        painter.restore()


def _cells(
    rng: random.Random, width: float, height: float
) -> list[tuple[QPointF, float, float, float]]:
    """Return places, radii, stretches and brightness of cells that barely touch."""
    cells = []
    rows = int(height // _CELL_PX) + 2
    for row in range(rows):
        for column in range(int(width // _CELL_PX) + 2):
            if rng.random() < _GAPS:
                continue
            x = (column + 0.5 * (row % 2)) * _CELL_PX + rng.uniform(-4, 4)
            y = row * _CELL_PX * 0.94 + rng.uniform(-3.5, 3.5)
            radius = rng.uniform(2.9, 4.7)
            cells.append((QPointF(x, y), radius, rng.uniform(1.15, 1.75), rng.random()))
    return cells


def _aerial(painter: QPainter, width: float, height: float) -> None:
    """Draw a quarter seen from above: as it is on the left, labelled on the right."""
    _Quarter(width, height).draw(painter, labelled=False)
    right = QPainterPath(QPointF(width * 0.56, 0))
    right.lineTo(width, 0)
    right.lineTo(width, height)
    right.lineTo(width * 0.42, height)
    right.closeSubpath()
    painter.save()
    painter.setClipPath(right)
    _Quarter(width, height).draw(painter, labelled=True)
    painter.restore()


class _Quarter:
    """Streets, houses, gardens and a pond, always the same."""

    def __init__(self, width: float, height: float) -> None:
        self._rng = random.Random(_SEED)  # noqa: S311 - a picture
        self._width = width
        self._height = height
        self._turn = QTransform().translate(width / 2, height / 2).rotate(-24)

    def draw(self, painter: QPainter, *, labelled: bool) -> None:
        """Draw the quarter; `labelled` lays the class colours over it."""
        painter.fillRect(QRectF(0, 0, self._width, self._height), QColor("#A89C8B"))
        painter.setTransform(self._turn, combine=True)
        self._specks(painter)
        self._streets(painter, labelled=labelled)
        for x in range(-220, 221, 26):
            for y in range(-150, 151, 24):
                self._block(painter, x, y, labelled=labelled)
        painter.setTransform(self._turn.inverted()[0], combine=True)

    def _specks(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for _ in range(420):
            shade = self._rng.randint(110, 190)
            colour = QColor(shade, shade - 8, shade - 18, 90)
            painter.setBrush(colour)
            x, y = self._rng.uniform(-230, 230), self._rng.uniform(-160, 160)
            painter.drawRect(QRectF(x, y, *(self._rng.uniform(1, 5),) * 2))

    def _streets(self, painter: QPainter, *, labelled: bool) -> None:
        for x in (-154, -22, 110):
            self._street(painter, QRectF(x - 9, -200, 18, 400), labelled=labelled)
        for y in (-84, 44):
            self._street(painter, QRectF(-260, y - 7, 520, 14), labelled=labelled)

    def _street(self, painter: QPainter, box: QRectF, *, labelled: bool) -> None:
        painter.fillRect(box, QColor("#63605E"))
        middle = box.center()
        painter.setPen(QPen(QColor(220, 216, 205, 120), 0.8, Qt.PenStyle.DashLine))
        if box.height() > box.width():
            painter.drawLine(
                QPointF(middle.x(), box.top()), QPointF(middle.x(), box.bottom())
            )
        else:
            painter.drawLine(
                QPointF(box.left(), middle.y()), QPointF(box.right(), middle.y())
            )
        if labelled:
            self._label(painter, box, _VIOLET)

    def _block(self, painter: QPainter, x: int, y: int, *, labelled: bool) -> None:
        kind = self._rng.random()
        box = QRectF(x + 4, y + 4, self._rng.uniform(11, 20), self._rng.uniform(9, 17))
        on_street = any(abs(box.center().x() - at) < 17 for at in (-154, -22, 110))
        on_street |= any(abs(box.center().y() - at) < 15 for at in (-84, 44))
        if on_street:
            return
        if kind < 0.22:
            self._plain(painter, box, "#5B6A45", _TEAL, labelled=labelled)
        elif kind < 0.27:
            grown = box.adjusted(-3, -3, 9, 8)
            self._plain(painter, grown, "#20302B", _BLUE, labelled=labelled)
        else:
            self._house(painter, box, labelled=labelled)

    def _plain(
        self, painter: QPainter, box: QRectF, shade: str, code: str, *, labelled: bool
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(shade))
        painter.drawRoundedRect(box, 7, 7)
        if labelled:
            self._label(painter, box, code, 7)

    def _house(self, painter: QPainter, box: QRectF, *, labelled: bool) -> None:
        painter.fillRect(box.translated(-4, 3.5), QColor(14, 15, 20, 205))
        roof = QColor(self._rng.choice(("#E4DED2", "#CFC6B8", "#BBB6B4", "#D8C7AC")))
        painter.fillRect(box, roof)
        painter.fillRect(box.adjusted(3, 3, -box.width() / 2, -3), roof.darker(112))
        if labelled:
            self._label(painter, box, _ORANGE)

    def _label(
        self, painter: QPainter, box: QRectF, code: str, radius: float = 0
    ) -> None:
        fill = QColor(code)
        fill.setAlphaF(0.5)
        painter.setBrush(fill)
        painter.setPen(QPen(QColor(code), 1))
        painter.drawRoundedRect(box, radius, radius)


def _curves(painter: QPainter, width: float, height: float) -> None:
    """Draw five curves that rise and settle."""
    painter.fillRect(QRectF(0, 0, width, height), theme.color("window"))
    left, right = 19.0, width - 19
    top, bottom = 22.0, height - 18
    painter.setPen(QPen(theme.color("line"), 1))
    for step in range(5):
        y = round(top + (bottom - top) * step / 4) + 0.5
        painter.drawLine(QPointF(left, y), QPointF(right, y))
    ends = ((_VIOLET, 0.42), (_ORANGE, 0.70), (_TEAL, 0.80), (_YELLOW, 0.87))
    for index, (code, end) in enumerate((*ends, (_BLUE, 0.96))):
        path = QPainterPath(QPointF(left, bottom))
        for step in range(1, 61):
            part = step / 60
            rise = end * (1 - math.exp(-(4.4 + 0.7 * index) * part))
            sway = 0.012 * math.sin(9 * part + 2.1 * index) * part
            y = bottom - (rise + sway) * (bottom - top)
            path.lineTo(left + part * (right - left), y)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(code), 2, Qt.PenStyle.SolidLine))
        painter.drawPath(path)


_DRAWINGS: dict[str, _Draw] = {
    "nuclei": _nuclei,
    "aerial": _aerial,
    "curves": _curves,
}
