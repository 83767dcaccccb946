"""What the canvas shows: the panes, where the image lies in them, how they are painted.

Everything here counts in device pixels of the canvas.
"""

import math
from collections.abc import Iterable, Iterator

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QPainter

from segdesk.core.changes import fewer
from segdesk.core.geometry import Rect, Size, first_pixels
from segdesk.core.viewport import Viewport
from segdesk.gui import theme
from segdesk.gui.viewer.frame import Frame, Scene
from segdesk.gui.viewer.panes import Panes, Side, arrange
from segdesk.gui.viewer.place import Place
from segdesk.gui.viewer.reading import PixelReading, read_pixel

GRID_FROM_SCALE = 8.0
_GRID_SHARE = 0.45
_RIM_PX = 4  # contour and halo of what was painted reach so far
_FARTHEST_PX = 1 << 24


class Stage:
    """The scene on the canvas."""

    def __init__(self) -> None:
        self.viewport = Viewport()
        self.scene: Scene | None = None
        self.panes: Panes | None = None
        self.ratio = 1.0
        self._size = Size(1, 1)
        self._frames = (Frame(), Frame())
        self._places: dict[int, Place] = {}

    def set_scene(self, scene: Scene | None) -> None:
        """Show another scene; an image of the same size is seen where the last was."""
        before, self.scene = self.scene, scene
        if scene is None:
            self._frames = (Frame(), Frame())
        self._arrange()
        image = scene.image if scene else None
        if image is not (before.image if before else None):
            self.viewport.set_image(scene.size if scene else None)

    def resize(self, size: Size, ratio: float) -> None:
        """Take another size of the canvas and of its pixels."""
        self._size, self.ratio = size, ratio
        self._arrange()

    def _arrange(self) -> None:
        if self.scene is None:
            self.panes = None
            self.viewport.resize(self._size)
            return
        self.panes = arrange(self.scene.view, self._size, self.ratio)
        self.viewport.resize(self.panes.view, self.panes.room)

    @property
    def size(self) -> Size:
        """Size of the canvas."""
        return self._size

    @property
    def shown(self) -> object:
        """What is to be seen, but for parts that were touched; equal: the same."""
        return self.scene, self.viewport.drawn, self._size, self.ratio

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides of the canvas, from left to right."""
        return self.panes.sides if self.panes else ()

    def side_at(self, at: QPoint) -> Side | None:
        """Return the side at a place of the canvas."""
        return next((side for side in self.sides if side.clip.contains(at)), None)

    def to_image(self, side: Side, x: float, y: float) -> tuple[float, float]:
        """Return the place in the image of a place of the canvas."""
        return self.viewport.drawn.to_image(*self._to_view(side, x, y))

    def read(self, x: float, y: float) -> PixelReading | None:
        """Return what lies at a place of the canvas; None: no part of the image."""
        side = self.side_at(QPoint(math.floor(x), math.floor(y)))
        if side is None or self.scene is None:
            return None
        return read_pixel(self.scene, *self.to_image(side, x, y))

    def anchor(self, x: float, y: float) -> tuple[float, float]:
        """Return the place in the viewport of a place of the canvas, for zooming."""
        side = self.side_at(QPoint(math.floor(x), math.floor(y)))
        return self._to_view(side, x, y) if side else (x, y)

    def twins(self, x: float, y: float) -> Iterator[tuple[Side, float, float]]:
        """Yield where the other linked pane shows a place of the canvas."""
        here = self.side_at(QPoint(math.floor(x), math.floor(y)))
        if here is None:
            return
        view_x, view_y = self._to_view(here, x, y)
        for side in self.sides:
            if side.pane != here.pane:
                there_x = view_x + side.rect.x() + side.shift[0]
                there_y = view_y + side.rect.y() + side.shift[1]
                if side.clip.contains(round(there_x), round(there_y)):
                    yield side, there_x, there_y

    def _to_view(self, side: Side, x: float, y: float) -> tuple[float, float]:
        return (
            x - side.rect.x() - side.shift[0],
            y - side.rect.y() - side.shift[1],
        )

    def paint(self, painter: QPainter, exposed: QRect | None = None) -> None:
        """Paint ground, panes, grid and divider.

        Parameters
        ----------
        exposed
            The part of the canvas that is needed; None: all of it.
        """
        ground = theme.color("canvas")
        whole = QRect(0, 0, *self._size)
        exposed = whole if exposed is None else exposed.intersected(whole)
        if self.scene is None or self.panes is None:
            painter.fillRect(exposed, ground)
            return
        for side in self.panes.sides:
            clip = side.clip.intersected(exposed)
            if clip.isEmpty():
                continue
            clip.translate(-side.rect.topLeft())
            place = self.place(self.scene, side)
            painter.save()
            painter.translate(side.rect.topLeft())
            for rect in _round(_covered(place).intersected(clip), clip):
                painter.fillRect(rect, ground)
            self._frames[side.pane].paint(painter, self.scene, place, side.layer, clip)
            if self.scene.view.pixel_grid and self.viewport.scale >= GRID_FROM_SCALE:
                _paint_grid(painter, place, clip)
            painter.restore()
        divider = self.panes.divider.intersected(exposed)
        painter.fillRect(divider, theme.color("line"))

    def touch(self, parts: Iterable[Rect]) -> None:
        """Note that parts of the label map, in image pixels, were painted."""
        parts = tuple(parts)
        for frame in self._frames:
            frame.touch(parts)

    def exposed_by(self, parts: Iterable[Rect]) -> tuple[QRect, ...]:
        """Return the parts of the canvas that show parts of the image, few of them."""
        parts = tuple(parts)
        shown = [self.on_screen(side, part) for side in self.sides for part in parts]
        rects = (Rect(at.x(), at.y(), at.width(), at.height()) for at in shown)
        return tuple(QRect(*rect) for rect in fewer(rects))

    def on_screen(self, side: Side, part: Rect, margin: float = _RIM_PX) -> QRect:
        """Return the part of the canvas in which a side shows a part of the image.

        Parameters
        ----------
        margin
            Logical pixels round it that belong to it.
        """
        transform = self.viewport.drawn.moved(*side.shift)
        left, top = transform.to_screen(part.x, part.y)
        right, foot = transform.to_screen(part.right, part.bottom)
        rim = math.ceil(margin * self.ratio)
        # Qt counts in 32 bits, and a part may lie far out of view.
        limit = _FARTHEST_PX
        x, y = max(-limit, math.floor(left) - rim), max(-limit, math.floor(top) - rim)
        x2, y2 = min(limit, math.ceil(right) + rim), min(limit, math.ceil(foot) + rim)
        rect = QRect(x, y, max(0, x2 - x), max(0, y2 - y))
        return rect.translated(side.rect.topLeft()).intersected(side.clip)

    def to_canvas(self, side: Side, x: float, y: float) -> tuple[float, float]:
        """Return the place on the canvas at which a side shows a place of the image."""
        transform = self.viewport.drawn.moved(*side.shift)
        left, top = transform.to_screen(x, y)
        return left + side.rect.x(), top + side.rect.y()

    def place(self, scene: Scene, side: Side) -> Place:
        """Return where a side shows the image, counted from the corner of its pane."""
        transform = self.viewport.drawn.moved(*side.shift)
        size = Size(side.rect.width(), side.rect.height())
        kept = self._places.get(side.pane)
        if kept is None or (transform, scene.size, size, self.ratio) != (
            kept.transform,
            kept.image,
            kept.view,
            kept.ratio,
        ):
            kept = Place.at(transform, scene.size, size, self.ratio)
            self._places[side.pane] = kept
        return kept


def _covered(place: Place) -> QRect:
    cover = place.cover
    return QRect(cover.x, cover.y, *cover.size) if cover else QRect()


def _round(inner: QRect, outer: QRect) -> tuple[QRect, ...]:
    """Return what of one rectangle lies outside of another that is in it."""
    if inner.isEmpty():
        return (outer,)
    left, top = outer.x(), outer.y()
    right, foot = left + outer.width(), top + outer.height()
    inner_right, inner_foot = inner.x() + inner.width(), inner.y() + inner.height()
    return (
        QRect(left, top, outer.width(), inner.y() - top),
        QRect(left, inner_foot, outer.width(), foot - inner_foot),
        QRect(left, inner.y(), inner.x() - left, inner.height()),
        QRect(inner_right, inner.y(), right - inner_right, inner.height()),
    )


def _paint_grid(painter: QPainter, place: Place, clip: QRect) -> None:
    if place.cover is None:
        return
    cover, scale = place.cover, place.transform.scale
    area = _covered(place).intersected(clip)
    columns = first_pixels(
        place.transform.x, scale, int(cover.columns[0]), int(cover.columns[-1]) + 1
    )
    rows = first_pixels(
        place.transform.y, scale, int(cover.rows[0]), int(cover.rows[-1]) + 1
    )
    colour = QColor(theme.veiled("outline", _GRID_SHARE))
    for x in columns:
        if area.left() < x <= area.right():
            painter.fillRect(int(x), area.top(), 1, area.height(), colour)
    for y in rows:
        if area.top() < y <= area.bottom():
            painter.fillRect(area.left(), int(y), area.width(), 1, colour)
