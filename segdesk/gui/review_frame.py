"""A frame on the picture round the region of the queue that is looked at."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from segdesk.gui import theme

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.viewer.canvas import Canvas

_HALO_PX, _LINE_PX, _DASH = 3.5, 1.6, 4.0


class ReviewFrame(QWidget):
    """White dashes on a dark halo, out of the way of the mouse.

    Parameters
    ----------
    canvas
        Shows the image.
    """

    def __init__(self, context: "AppContext", canvas: "Canvas") -> None:
        super().__init__(canvas)
        self._review = context.review
        self._canvas = canvas
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.hide()
        canvas.moved.connect(self.follow)
        context.review.queue.changed.connect(self.follow)
        context.session.image_changed.connect(lambda _: self.follow())

    def boxes(self) -> tuple[QRectF, ...]:
        """Return where the region is on the canvas, in logical px, for each pane."""
        entry = self._review.working.on_screen
        if entry is None or entry.is_whole:
            return ()
        stage, found = self._canvas.stage, []
        for side in stage.sides:
            left, top = stage.to_canvas(side, entry.box.x, entry.box.y)
            right, foot = stage.to_canvas(side, entry.box.right, entry.box.bottom)
            ratio = stage.ratio
            size = (right - left) / ratio, (foot - top) / ratio
            found.append(QRectF(left / ratio, top / ratio, *size))
        return tuple(found)

    def follow(self) -> None:
        """Lie over the canvas while there is a region to frame."""
        wanted = bool(self.boxes())
        if wanted:
            self.setGeometry(self._canvas.rect())
        if wanted is self.isHidden():
            self.setVisible(wanted)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        halo = QColor(theme.color("hud"))
        halo.setAlphaF(0.6)
        stage = self._canvas.stage
        for side, box in zip(stage.sides, self.boxes(), strict=False):
            clip, ratio = QRectF(side.clip), stage.ratio
            painter.setClipRect(
                QRectF(
                    clip.x() / ratio,
                    clip.y() / ratio,
                    clip.width() / ratio,
                    clip.height() / ratio,
                )
            )
            painter.setPen(QPen(halo, _HALO_PX))
            painter.drawRect(box)
            pen = QPen(theme.color("onFill"), _LINE_PX)
            pen.setDashPattern([_DASH, _DASH])
            painter.setPen(pen)
            painter.drawRect(box)
