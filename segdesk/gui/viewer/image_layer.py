"""The picture at screen size: smooth below 100 %, nearest neighbour from there on.

What was drawn is kept; a pan moves it and draws only what came into view.
"""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from segdesk.core.geometry import Cover, Rect, Size
from segdesk.core.pyramid import Pyramid
from segdesk.gui.qimage import enlarged, opaque, rgb_image
from segdesk.gui.viewer.place import Place

_SCREEN = QImage.Format.Format_RGB32
_KEPT_PIXELS = 4_000_000  # levels up to this size are kept in the screen's format
_RIM = 2  # source pixels round a part, so that smoothing has neighbours


class ImageLayer:
    """Draws one picture for one pane."""

    def __init__(self) -> None:
        self._pyramid: Pyramid | None = None
        self._place: Place | None = None
        self._level: tuple[int, QImage] | None = None
        self._front = QImage()
        self._back = QImage()

    def image(self, pyramid: Pyramid, place: Place) -> QImage:
        """Return the pane's picture; only the pixels of `place.cover` count."""
        before = self._place
        if pyramid is not self._pyramid:
            before, self._level = None, None
        if before is not None and place.same_as(before):
            return self._front
        self._pyramid, self._place = pyramid, place
        size = place.view
        if self._back.width() != size.width or self._back.height() != size.height:
            self._back = QImage(size.width, size.height, _SCREEN)
        painter = QPainter(self._back)
        shift = None if before is None else place.shift_from(before)
        strips = [QRect(0, 0, *size)]
        if shift is not None:
            painter.drawImage(*shift, self._front)
            strips = _exposed(size, *shift)
        for strip in strips:
            self._draw(painter, strip, pyramid, place)
        painter.end()
        self._front, self._back = self._back, self._front
        return self._front

    def _draw(
        self, painter: QPainter, part: QRect, pyramid: Pyramid, place: Place
    ) -> None:
        if place.cover is None:
            return
        cover = place.cover
        part = part.intersected(QRect(cover.x, cover.y, *cover.size))
        if part.isEmpty():
            return
        if place.transform.scale >= 1:
            _draw_nearest(painter, part, pyramid, cover)
            return
        level = level_for(place.transform.scale, len(pyramid))
        size = pyramid.size(level)
        area = Rect(0, 0, *size)
        if area.area <= _KEPT_PIXELS:
            source = self._kept(level, pyramid)
        else:
            area = _seen(pyramid, level, place, part)
            source = opaque(rgb_image(pyramid.part(level, area)))
        painter.setClipRect(part)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(_on_screen(area, pyramid.step(level), place), source)
        painter.setClipping(False)

    def _kept(self, level: int, pyramid: Pyramid) -> QImage:
        if self._level is None or self._level[0] != level:
            self._level = (level, opaque(rgb_image(pyramid.part(level))))
        return self._level[1]


def _draw_nearest(
    painter: QPainter, part: QRect, pyramid: Pyramid, cover: Cover
) -> None:
    x, y = part.x() - cover.x, part.y() - cover.y
    columns = cover.columns[x : x + part.width()]
    rows = cover.rows[y : y + part.height()]
    left, top = int(columns[0]), int(rows[0])
    size = Size(int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)
    seen = pyramid.part(0, Rect(left, top, *size))
    source = opaque(rgb_image(seen))
    if size == (part.width(), part.height()):
        painter.drawImage(part.topLeft(), source)
    else:
        larger = enlarged(source, columns - left, rows - top)
        painter.drawImage(part.topLeft(), larger.image)


def _on_screen(area: Rect, step: tuple[float, float], place: Place) -> QRectF:
    """Return where a part of a level lies on screen."""
    wide, high = (one * place.transform.scale for one in step)
    return QRectF(
        place.transform.x + area.x * wide,
        place.transform.y + area.y * high,
        area.width * wide,
        area.height * high,
    )


def _seen(pyramid: Pyramid, level: int, place: Place, part: QRect) -> Rect:
    """Return the part of a level that is needed to draw a part of the screen."""
    wide, high = (one * place.transform.scale for one in pyramid.step(level))
    left = int((part.left() - place.transform.x) / wide) - _RIM
    top = int((part.top() - place.transform.y) / high) - _RIM
    right = int((part.right() + 1 - place.transform.x) / wide) + 1 + _RIM
    foot = int((part.bottom() + 1 - place.transform.y) / high) + 1 + _RIM
    whole = Rect(left, top, right - left, foot - top)
    return whole.within(pyramid.size(level))


def level_for(scale: float, levels: int) -> int:
    """Return the smallest level of a pyramid that has enough pixels for a zoom."""
    level = 0
    while level + 1 < levels and scale <= 0.5 ** (level + 1):
        level += 1
    return level


def _exposed(size: Size, dx: int, dy: int) -> list[QRect]:
    """Return what comes into view when everything moves by (dx, dy)."""
    strips = []
    if dx:
        strips.append(QRect(0 if dx > 0 else size.width + dx, 0, abs(dx), size.height))
    if dy:
        top = 0 if dy > 0 else size.height + dy
        left, right = max(0, dx), min(size.width, size.width + dx)
        strips.append(QRect(left, top, right - left, abs(dy)))
    return strips
