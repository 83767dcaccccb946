"""Scribbles over the picture: thin strokes in the colours of their classes."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QRegion

from segdesk.gui import theme

if TYPE_CHECKING:
    from segdesk.app.scribble.book import ScribbleBook
    from segdesk.core.geometry import Rect
    from segdesk.core.scribbles import Scribble
    from segdesk.gui.viewer.panes import Side
    from segdesk.gui.viewer.stage import Stage

_THINNEST_PX = 2.0  # on screen, logical
_RIM_PX = 1.5  # of the dark line round a stroke
_RIM_SHARE = 0.85
_REACH_PX = 6.0  # of what is drawn beyond the pixels of a stroke


class InkLayer:
    """Draws scribbles on all sides of a stage, in logical px of the canvas.

    Attributes
    ----------
    book
        Whose scribbles; None: there are none.
    """

    def __init__(self, stage: "Stage") -> None:
        self.book: ScribbleBook | None = None
        self._stage = stage
        self._lines: dict[int, tuple[Scribble, QPolygonF]] = {}

    def region(self, part: "Rect | None") -> QRegion:
        """Return what is to be painted again for a part of the image; None: all."""
        region = QRegion()
        for side in self._stage.sides:
            shown = side.clip
            if part is not None:
                shown = self._stage.on_screen(side, part, _REACH_PX)
            region += self._logical(shown).toAlignedRect()
        return region

    def paint(self, painter: QPainter, exposed: QRegion) -> None:
        """Draw the scribbles that the exposed part shows."""
        book, scene = self.book, self._stage.scene
        if book is None or scene is None or not book.is_shown:
            return
        scribbles = book.scribbles
        if not scribbles:
            self._lines.clear()
            return
        for side in self._stage.sides:
            painter.save()
            painter.setClipRect(self._logical(side.clip))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for scribble in scribbles:
                shown = self._stage.on_screen(side, scribble.rect, _REACH_PX)
                if exposed.intersects(self._logical(shown).toAlignedRect()):
                    colour = QColor(*scene.colour_of(scribble.class_index))
                    self._paint_one(painter, side, scribble, colour)
            painter.restore()
        if len(self._lines) > 2 * len(scribbles):
            kept = {id(one) for one in scribbles}
            self._lines = {key: it for key, it in self._lines.items() if key in kept}

    def _paint_one(
        self, painter: QPainter, side: "Side", scribble: "Scribble", colour: QColor
    ) -> None:
        stage, ratio = self._stage, self._stage.ratio
        x, y = stage.to_canvas(side, 0.0, 0.0)
        scale = stage.viewport.scale / ratio
        line = self._line(scribble)
        painter.save()
        painter.translate(x / ratio, y / ratio)
        painter.scale(scale, scale)
        width = max(scribble.width, _THINNEST_PX / scale)
        for pen in (
            QPen(theme.veiled("hud", _RIM_SHARE), width + 2 * _RIM_PX / scale),
            QPen(colour, width),
        ):
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            if line.size() == 1:
                painter.drawPoint(line.at(0))
            else:
                painter.drawPolyline(line)
        painter.restore()

    def _line(self, scribble: "Scribble") -> QPolygonF:
        known = self._lines.get(id(scribble))
        if known is None or known[0] is not scribble:
            points = QPolygonF([QPointF(*point) for point in scribble.points])
            known = self._lines[id(scribble)] = scribble, points
        return known[1]

    def _logical(self, rect: QRect) -> QRectF:
        ratio = self._stage.ratio
        return QRectF(
            rect.x() / ratio,
            rect.y() / ratio,
            rect.width() / ratio,
            rect.height() / ratio,
        )
