"""The small map of the whole picture, with the part in view."""

import math
from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from segdesk.app.view_state import OverlayLook
from segdesk.core.geometry import Area, Rect, Size, ViewTransform
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CONTROL, rounded
from segdesk.gui.viewer.frame import Frame, Scene
from segdesk.gui.viewer.place import Place
from segdesk.gui.wording import put

FRAME_PX = 4
_WIDTH_PX, _HIGHEST_PX, _SMALLEST_PX = 150, 220, 20
_OUTSIDE_SHARE = 0.35
_REST_MS = 80


class Navigator(QWidget):
    """Shows where the view lies; a click or a drag moves it.

    `aimed` carries the place of the image, in image pixels, that is wanted in the
    middle of the view.
    """

    aimed = Signal(float, float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._frame = Frame()
        self._scene: Scene | None = None
        self._visible = Area(0, 0, 0, 0)
        self._rest_timer = QTimer(self)
        self._rest_timer.setInterval(_REST_MS)
        self._rest_timer.timeout.connect(self._on_rest_timer_timeout)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        put(self.setAccessibleName, tr("Navigator"))
        put(
            self.setAccessibleDescription,
            tr("The whole picture, with the part in view."),
        )

    def suits(self, image: Size) -> bool:
        """Tell whether a map of an image is wide and high enough to be of use."""
        return min(_fitted(image)) >= _SMALLEST_PX

    def show_part(self, scene: Scene, visible: Area) -> None:
        """Show a scene and the part of it, in image pixels, that is in view.

        It is repainted with the canvas that it lies on.
        """
        self._scene, self._visible = scene, visible
        picture = _fitted(scene.size)
        edge = 2 * FRAME_PX
        size = (picture.width + edge, picture.height + edge)
        if (self.width(), self.height()) != size:
            self.resize(*size)

    def touch(self, parts: Iterable[Rect]) -> None:
        """Note that parts of the label map, in image pixels, were painted.

        It is drawn again when the hand rests.
        """
        self._frame.touch(parts)
        if not self._rest_timer.isActive():
            self._rest_timer.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._aim(event.position())
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the hand."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._aim(event.position())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, picture and the part in view."""
        del event
        if self._scene is None:
            return
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        box = QRectF(self.rect())
        rounded(
            painter, box, RADIUS_CONTROL, theme.color("panel"), theme.color("line2")
        )
        inside = self._picture_rect()
        size = Size(round(inside.width() * ratio), round(inside.height() * ratio))
        scale = size.width / self._scene.image.width
        high = size.height / self._scene.image.height
        place = Place.at(ViewTransform(max(scale, high)), self._scene.size, size, ratio)
        plain = replace(self._scene.view, look=OverlayLook.FILL)
        scene = replace(self._scene, view=plain)
        painter.save()
        painter.translate(inside.topLeft())
        painter.scale(1 / ratio, 1 / ratio)
        area = QRect(0, 0, *size)
        self._frame.paint(painter, scene, place, scene.view.main, area)
        painter.restore()
        self._paint_part(painter, inside)

    def _paint_part(self, painter: QPainter, inside: QRectF) -> None:
        scale = self._scale()
        part = QRectF(
            inside.x() + self._visible.x * scale,
            inside.y() + self._visible.y * scale,
            self._visible.width * scale,
            self._visible.height * scale,
        ).intersected(inside)
        veil = theme.veiled("hud", _OUTSIDE_SHARE)
        for rect in _round(part, inside):
            painter.fillRect(rect, veil)
        painter.setPen(QPen(theme.color("onFill"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(part.adjusted(1, 1, -1, -1), 2, 2)

    def _picture_rect(self) -> QRectF:
        edge = FRAME_PX
        return QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)

    def _scale(self) -> float:
        width = self._scene.image.width if self._scene else 1
        return self._picture_rect().width() / width

    def _on_rest_timer_timeout(self) -> None:
        if QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._rest_timer.stop()
            self.update()

    def _aim(self, at: QPointF) -> None:
        place = (at - self._picture_rect().topLeft()) / self._scale()
        self.aimed.emit(place.x(), place.y())


def _round(part: QRectF, whole: QRectF) -> tuple[QRectF, ...]:
    """Return what of a rectangle lies outside of another that is in it."""
    return (
        QRectF(whole.topLeft(), QPointF(whole.right(), part.top())),
        QRectF(QPointF(whole.left(), part.bottom()), whole.bottomRight()),
        QRectF(QPointF(whole.left(), part.top()), part.bottomLeft()),
        QRectF(part.topRight(), QPointF(whole.right(), part.bottom())),
    )


def _fitted(image: Size) -> Size:
    """Return the map's size in logical px."""
    height = _WIDTH_PX * image.height / image.width
    if height <= _HIGHEST_PX:
        return Size(_WIDTH_PX, max(1, math.ceil(height)))
    return Size(
        max(1, math.ceil(_HIGHEST_PX * image.width / image.height)), _HIGHEST_PX
    )
