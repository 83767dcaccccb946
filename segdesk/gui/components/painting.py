"""How the parts are drawn: rounded boxes, key caps, shadows."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QRadialGradient,
)

from segdesk.core.language import shown
from segdesk.gui import theme
from segdesk.gui.tokens import SHADOW_BLUR_PX, SHADOW_DOWN_PX, SHADOW_SHARE, VEIL_SHARE

RADIUS_SMALL = 4
RADIUS_CONTROL = 6
RADIUS_CARD = 8
RADIUS_NOTICE = 10
RADIUS_DIALOG = 12
_CAP_HEIGHT = 17
_CAP_PAD = 5


def rounded(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    fill: QColor | None,
    edge: QColor | None = None,
    *,
    edge_px: float = 1.0,
) -> None:
    """Draw a rounded box whose edge lies inside `rect`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if edge is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, radius, radius)
        return
    painter.setPen(QPen(edge, edge_px))
    half = edge_px / 2
    inner = rect.adjusted(half, half, -half, -half)
    painter.drawRoundedRect(inner, radius - half, radius - half)


def rounded_path(rect: QRectF, radius: float) -> QPainterPath:
    """Return a rounded box as a path, to clip with."""
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def split_keys(shown: str) -> tuple[str, ...]:
    """Return the caps of "Ctrl+Shift+P": ("Ctrl", "Shift", "P")."""
    if shown.endswith("++"):
        return (*filter(None, shown[:-2].split("+")), "+")
    return tuple(filter(None, shown.split("+")))


def cap_width(text: str) -> int:
    """Return the width of a key cap in px."""
    advance = QFontMetricsF(theme.font("cap")).horizontalAdvance(shown(text))
    return max(_CAP_HEIGHT, round(advance) + 2 * _CAP_PAD)


def draw_cap(
    painter: QPainter,
    rect: QRectF,
    text: str,
    *,
    fill: QColor,
    ink: QColor,
    edge: QColor | None = None,
) -> None:
    """Draw a key cap in the middle of `rect`'s height."""
    height = theme.row_px(_CAP_HEIGHT)
    box = QRectF(
        rect.x(), round(rect.center().y() - height / 2 + 0.01), rect.width(), height
    )
    rounded(painter, box, RADIUS_SMALL, fill, edge)
    painter.setPen(ink)
    painter.setFont(theme.font("cap"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown(text))


def draw_caps(painter: QPainter, right: float, middle: float, shown: str) -> float:
    """Draw one cap for each key, the last ending at `right`; returns the left end."""
    left = right
    for text in reversed(split_keys(shown)):
        width = cap_width(text)
        left -= width
        draw_cap(
            painter,
            QRectF(left, middle - _CAP_HEIGHT, width, 2 * _CAP_HEIGHT),
            text,
            fill=theme.color("raised"),
            ink=theme.color("text2"),
            edge=theme.color("line2"),
        )
        left -= 3
    return left + 3


def draw_elided(
    painter: QPainter,
    rect: QRectF | QRect,
    text: str,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> float:
    """Draw one line of text, shortened to fit; returns the drawn width in px."""
    box = QRectF(rect)
    metrics = QFontMetricsF(painter.font())
    short = metrics.elidedText(shown(text), mode, box.width())
    painter.drawText(
        box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short
    )
    return metrics.horizontalAdvance(short)


def draw_veil(painter: QPainter, rect: QRect) -> None:
    """Darken what lies behind something that asks for all attention."""
    black = QColor(0, 0, 0)
    black.setAlphaF(VEIL_SHARE[theme.active().is_dark])
    painter.fillRect(rect, black)


def draw_shadow(painter: QPainter, card: QRectF, radius: float) -> None:
    """Draw the shadow of something that floats; `card` is the box itself."""
    dark = theme.active().is_dark
    tile = _shadow_tile(
        SHADOW_SHARE[dark], round(radius), painter.device().devicePixelRatioF()
    )
    reach = SHADOW_BLUR_PX
    corner = reach + round(radius) + 2
    box = card.translated(0, SHADOW_DOWN_PX).adjusted(-reach, -reach, reach, reach)
    ratio = tile.devicePixelRatioF()
    edge = tile.width() / ratio
    columns = ((0.0, corner), (corner, edge - 2 * corner), (edge - corner, corner))
    xs = (box.left(), box.left() + corner, box.right() - corner, box.right())
    ys = (box.top(), box.top() + corner, box.bottom() - corner, box.bottom())
    for row in range(3):
        for column in range(3):
            if row == column == 1:
                continue
            source = QRectF(
                columns[column][0] * ratio,
                columns[row][0] * ratio,
                columns[column][1] * ratio,
                columns[row][1] * ratio,
            )
            target = QRectF(
                QPointF(xs[column], ys[row]), QPointF(xs[column + 1], ys[row + 1])
            )
            painter.drawPixmap(target, tile, source)


@lru_cache(maxsize=16)
def _shadow_tile(share: float, radius: int, ratio: float) -> QPixmap:
    """Return a shadow of a small box, to be stretched along its edges."""
    reach = SHADOW_BLUR_PX
    corner = reach + radius + 2
    edge = 2 * corner + 2
    tile = QPixmap(round(edge * ratio), round(edge * ratio))
    tile.fill(Qt.GlobalColor.transparent)
    tile.setDevicePixelRatio(ratio)
    painter = QPainter(tile)
    for index, (x, y) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
        centre = QPointF(
            corner if not index % 2 else edge - corner,
            corner if index < 2 else edge - corner,
        )
        glow = QRadialGradient(centre, corner)
        _fade(glow, share, start=(radius + 2) / corner)
        painter.fillRect(
            QRectF(x * (edge - corner), y * (edge - corner), corner, corner), glow
        )
    bands = (
        (QRectF(corner, 0, 2, corner), QPointF(0, corner), QPointF(0, 0)),
        (
            QRectF(corner, edge - corner, 2, corner),
            QPointF(0, edge - corner),
            QPointF(0, edge),
        ),
        (QRectF(0, corner, corner, 2), QPointF(corner, 0), QPointF(0, 0)),
        (
            QRectF(edge - corner, corner, corner, 2),
            QPointF(edge - corner, 0),
            QPointF(edge, 0),
        ),
    )
    for box, start, end in bands:
        band = QLinearGradient(start, end)
        _fade(band, share, start=(radius + 2) / corner)
        painter.fillRect(box, band)
    painter.end()
    return tile


def _fade(
    gradient: QLinearGradient | QRadialGradient, share: float, *, start: float
) -> None:
    steps = 8
    for step in range(steps + 1):
        part = step / steps
        black = QColor(0, 0, 0)
        black.setAlphaF(share * (1 - part) ** 2)
        gradient.setColorAt(min(1.0, start + part * (1 - start)), black)
