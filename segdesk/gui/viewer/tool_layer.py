"""What a tool shows over the picture: mask, lines, handles, a tag, and its cursor."""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from segdesk.app.tools.preview import CursorKind, HandleKind, MaskPreview, Preview
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.geometry import Rect
from segdesk.core.overlay import IGNORE_RGB
from segdesk.core.shapes import Point
from segdesk.gui.viewer import shape_items, tool_cursors
from segdesk.gui.viewer.cards import paint_class_tag, paint_words_tag
from segdesk.gui.viewer.cells_layer import CellsLayer
from segdesk.gui.viewer.mask_layer import MaskLayer
from segdesk.gui.viewer.panes import Side
from segdesk.gui.viewer.stage import Stage

_TAG_REACH_PX = QSize(260, 64)
_TAG_ABOVE_PX = QPointF(-40.0, -64.0)  # from the cursor, for a picker
_TAG_BESIDE_PX = QPointF(20.0, 20.0)  # clear of a badge


class ToolLayer:
    """Draws the preview of the active tool on all sides of a stage.

    Everything here counts in logical px of the canvas.

    Attributes
    ----------
    outlined
        A region that one click takes, whichever tool is active.
    """

    def __init__(self, stage: Stage) -> None:
        self.preview = Preview()
        self.outlined: MaskPreview | None = None
        self._stage = stage
        self._masks = (MaskLayer(), MaskLayer())
        self._cells: dict[tuple[int, Rect], CellsLayer] = {}
        self._outlines = (MaskLayer(is_filled=False), MaskLayer(is_filled=False))

    def ring(self) -> tool_cursors.Ring:
        """Return the outline of the brush as it is on screen."""
        cursor = self.preview.cursor
        scale = self._stage.viewport.scale / self._stage.ratio
        return tool_cursors.Ring(cursor.size * scale, cursor.square)

    def paint(self, painter: QPainter, at: QPointF | None, exposed: QRegion) -> None:
        """Draw everything.

        Parameters
        ----------
        at
            The cursor; None: it is elsewhere, or another one is shown.
        exposed
            What is to be painted.
        """
        preview = self.preview
        for side in self._stage.sides:
            painter.save()
            painter.setClipRect(self._logical(side.clip))
            self._paint_cells(painter, side)
            if preview.mask is not None:
                wide = preview.cursor.kind is CursorKind.REGION
                layer = self._masks[side.pane]
                self._paint_mask(painter, side, preview.mask, layer, wide=wide)
            if preview.lines:
                shape_items.paint_lines(painter, preview.lines, self._placer(side))
            if preview.handles:
                colour = self._colour(preview.cursor.class_index)
                place = self._placer(side)
                shape_items.paint_handles(painter, preview.handles, place, colour)
            painter.restore()
        if at is not None:
            self._paint_cursor(painter, at, exposed)

    def paint_outline(self, painter: QPainter) -> None:
        """Draw the line round the region that one click takes."""
        if self.outlined is None:
            return
        for side in self._stage.sides:
            painter.save()
            painter.setClipRect(self._logical(side.clip))
            layer = self._outlines[side.pane]
            self._paint_mask(painter, side, self.outlined, layer, wide=True)
            painter.restore()

    def outline_region(self) -> QRegion:
        """Return what `paint_outline` touches."""
        return QRegion() if self.outlined is None else self._mask_region(self.outlined)

    def _mask_region(self, mask: MaskPreview) -> QRegion:
        region = QRegion()
        for side in self._stage.sides:
            region += self._outer(self._stage.on_screen(side, mask.rect))
        return region

    def region(self, at: QPointF | None) -> QRegion:
        """Return what `paint` touches, to be painted again when it changes."""
        preview = self.preview
        region = QRegion()
        around = self._points_around()
        for side in self._stage.sides:
            if around is not None:
                reach = shape_items.REACH_PX
                region += self._outer(self._stage.on_screen(side, around, reach))
        if preview.mask is not None:
            region += self._mask_region(preview.mask)
        if at is not None:
            region += self._cursor_region(at)
        return region

    def cells_region(self) -> QRegion:
        """Return what borders of cells `paint` draws over."""
        region = QRegion()
        for cells in self.preview.cells:
            for side in self._stage.sides:
                region += self._outer(self._stage.on_screen(side, cells.rect))
        return region

    def _points_around(self) -> Rect | None:
        preview = self.preview
        points = [point for line in preview.lines for point in line.points]
        points += [handle.point for handle in preview.handles]
        if not points:
            return None
        xs, ys = zip(*points, strict=True)
        return Rect.between(min(xs), min(ys), max(xs), max(ys))

    def _cursor_region(self, at: QPointF) -> QRegion:
        reach = tool_cursors.REACH_PX
        region = QRegion(_square(at, reach))
        ring = self.ring()
        kind = self.preview.cursor.kind
        if tool_cursors.has_ring(kind, ring):
            region += self._ring_region(at, ring)
        if self.preview.tag:
            wide, high = _TAG_REACH_PX.toTuple()
            region += QRect(
                round(at.x()) - wide, round(at.y()) - 2 * high, 2 * wide, 3 * high
            )
        return region

    def _ring_region(self, at: QPointF, ring: tool_cursors.Ring) -> QRegion:
        view = self._view().getRect()
        return tool_cursors.ring_region(at.toTuple(), ring, view)

    def _view(self) -> QRect:
        view = QRect()
        for side in self._stage.sides:
            view = view.united(self._outer(side.clip))
        return view

    def _paint_cursor(self, painter: QPainter, at: QPointF, exposed: QRegion) -> None:
        cursor, tag = self.preview.cursor, self.preview.tag
        colour = self._colour(cursor.class_index)
        side = next(
            (s for s in self._stage.sides if self._logical(s.clip).contains(at)), None
        )
        if side is None:
            return
        painter.save()
        bounds = self._logical(side.clip)
        painter.setClipRect(bounds)
        if cursor.kind in tool_cursors.DRAWN and not self._closes():
            worn = tool_cursors.Worn(cursor.kind, self.ring(), colour)
            seen = exposed.intersected(bounds.toAlignedRect())
            if tool_cursors.has_ring(worn.kind, worn.ring):
                seen = seen.intersected(self._ring_region(at, worn.ring))
            tool_cursors.paint_cursor(painter, at, worn, seen)
        if tag:
            picks = cursor.kind is CursorKind.PICK
            spot = at + (_TAG_ABOVE_PX if picks else _TAG_BESIDE_PX)
            inside = bounds.toAlignedRect()
            if picks and colour is not None:
                paint_class_tag(painter, spot, inside, ((tag, colour, ""),))
            else:
                paint_words_tag(painter, spot, inside, tag)
        painter.restore()

    def _closes(self) -> bool:
        """Tell whether a click will close a shape: its first point shows that."""
        return any(
            handle.hovered and handle.kind is HandleKind.FIRST
            for handle in self.preview.handles
        )

    def _paint_cells(self, painter: QPainter, side: Side) -> None:
        scene, shown = self._stage.scene, self.preview.cells
        if scene is None or not shown:
            self._cells.clear()
            return
        place = self._stage.place(scene, side)
        for cells in shown:
            layer = self._cells.setdefault((side.pane, cells.rect), CellsLayer())
            image, at = layer.image(cells, place)
            if not image.isNull():
                self._paint_image(painter, image, at + side.rect.topLeft())

    def _paint_image(self, painter: QPainter, image: QImage, at: QPoint) -> None:
        ratio = self._stage.ratio
        size = QPointF(image.width(), image.height()) / ratio
        corner = QPointF(at) / ratio
        painter.drawImage(QRectF(corner, corner + size), image)

    def _paint_mask(
        self,
        painter: QPainter,
        side: Side,
        mask: MaskPreview,
        layer: MaskLayer,
        *,
        wide: bool,
    ) -> None:
        scene = self._stage.scene
        if scene is None:
            return
        rgb = _rgb(scene.colour_of(mask.class_index), mask.class_index)
        place = self._stage.place(scene, side)
        image, at = layer.image(mask, place, rgb, wide=wide)
        if not image.isNull():
            self._paint_image(painter, image, at + side.rect.topLeft())

    def _placer(self, side: Side) -> shape_items.ToScreen:
        stage, ratio = self._stage, self._stage.ratio

        def place(point: Point) -> QPointF:
            x, y = stage.to_canvas(side, point.x, point.y)
            return QPointF(x / ratio, y / ratio)

        return place

    def _colour(self, index: int | None) -> QColor | None:
        scene = self._stage.scene
        if index is None or scene is None:
            return None
        return QColor(*_rgb(scene.colour_of(index), index))

    def _logical(self, rect: QRect) -> QRectF:
        ratio = self._stage.ratio
        return QRectF(
            rect.x() / ratio,
            rect.y() / ratio,
            rect.width() / ratio,
            rect.height() / ratio,
        )

    def _outer(self, rect: QRect) -> QRect:
        return self._logical(rect).toAlignedRect()


def _rgb(colour: tuple[int, int, int], index: int) -> tuple[int, int, int]:
    return IGNORE_RGB if index == IGNORE_INDEX else colour


def _square(middle: QPointF, half: float) -> QRect:
    if half <= 0:
        return QRect()
    box = QRectF(middle.x() - half, middle.y() - half, 2 * half, 2 * half)
    return box.toAlignedRect()
