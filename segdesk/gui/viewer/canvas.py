"""The canvas: paints the stage and turns mouse, wheel and keys into moves."""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from segdesk.app.view_state import Compare
from segdesk.core.geometry import Size
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CONTROL, draw_shadow
from segdesk.gui.viewer.cursors import cross_cursor
from segdesk.gui.viewer.frame import Scene
from segdesk.gui.viewer.stage import Stage
from segdesk.gui.viewer.twins import paint_twins, twin_rects

if TYPE_CHECKING:
    from segdesk.gui.viewer.reading import PixelReading

_WHEEL_STEP = 120  # eighths of a degree of one notch
_WHEEL_FACTOR = 1.25
_PAN_PX = 64
_PAGE_SHARE = 0.9
_NO_KEYS = Qt.KeyboardModifier.NoModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | _SHIFT
_ARROWS = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_ZOOM_KEYS = {Qt.Key.Key_Plus: True, Qt.Key.Key_Equal: True, Qt.Key.Key_Minus: False}
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Canvas(QWidget):
    """Shows a scene; zooms at the cursor and pans.

    `moved` says that another part of the image is in view, `hovered` what lies under
    the cursor (a `PixelReading` or None), `hide_held` whether the overlay is to be
    hidden while a key is down, `opacity_stepped` that the wheel asks for more (+1) or
    less (-1) of the overlay.
    """

    moved = Signal()
    hovered = Signal(object)
    hide_held = Signal(bool)
    opacity_stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = Stage()
        self._reading: PixelReading | None = None
        self._cursor_at: QPointF | None = None
        self._drag_from: QPointF | None = None
        self._space_held = False
        self._hide_held = False
        self._ringed = False
        self._opacity_wheel = 0
        self._floating: list[QWidget] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Picture")
        self.setMinimumSize(120, 120)

    def set_scene(self, scene: Scene | None) -> None:
        """Show another scene."""
        self.stage.set_scene(scene)
        self._after_move()

    def let_float(self, part: QWidget) -> None:
        """Draw a shadow under something that lies on the canvas."""
        self._floating.append(part)

    def fit(self) -> None:
        """Show the whole image."""
        self.stage.viewport.fit()
        self._after_move()

    def actual_size(self) -> None:
        """Show one image pixel as one device pixel."""
        self.stage.viewport.actual_size()
        self._after_move()

    def zoom_step(self, *, closer: bool) -> None:
        """Zoom to the next round zoom about the middle."""
        self.stage.viewport.zoom_step(closer=closer)
        self._after_move()

    def centre_on(self, x: float, y: float) -> None:
        """Bring a place of the image, in image pixels, into the middle."""
        self.stage.viewport.centre_on(x, y)
        self._after_move()

    def picture(self) -> QImage:
        """Return what the panes show, without anything that lies on them."""
        size = self._device_size()
        image = QImage(size.width, size.height, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        self.stage.paint(painter)
        painter.end()
        return image

    def sizeHint(self) -> QSize:
        """Return a size that shows something."""
        return QSize(800, 600)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the stage, then the cursor's twin and the focus frame."""
        del event
        painter = QPainter(self)
        self._sync_ratio()
        painter.save()
        _to_device_pixels(painter, self.stage.ratio)
        self.stage.paint(painter)
        painter.restore()
        for part in self._floating:
            if part.isVisible():
                draw_shadow(painter, QRectF(part.geometry()), RADIUS_CONTROL)
        if self._cursor_at is not None and self._drag_from is None:
            paint_twins(painter, self.stage, self._cursor_at, self._reading)
        if self._ringed:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the middle of the view, or keep the image fitted."""
        super().resizeEvent(event)
        self.stage.resize(self._device_size(), self.devicePixelRatioF())
        self._after_move()

    def _sync_ratio(self) -> None:
        if self.stage.ratio != self.devicePixelRatioF():
            self.stage.resize(self._device_size(), self.devicePixelRatioF())
            self.moved.emit()

    def _device_size(self) -> Size:
        ratio = self.devicePixelRatioF()
        return Size(math.ceil(self.width() * ratio), math.ceil(self.height() * ratio))

    def _after_move(self) -> None:
        self._read()
        self._choose_cursor()
        self.update()
        self.moved.emit()

    # Mouse, wheel, gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to pan."""
        if self.stage.scene is not None and event.button() in (
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.MiddleButton,
        ):
            self._drag_from = event.position()
            self._choose_cursor()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, or tell what lies under the cursor."""
        before, self._cursor_at = self._cursor_at, event.position()
        if self._drag_from is not None:
            delta = (event.position() - self._drag_from) * self.stage.ratio
            self._drag_from = event.position()
            self._move(delta.x(), delta.y())
            return
        self._read()
        scene = self.stage.scene
        if scene is not None and scene.view.compare is Compare.LINKED:
            for at in (before, self._cursor_at):
                self._update_twins(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stop panning."""
        if self._drag_from is None:
            event.ignore()
            return
        if event.buttons() == Qt.MouseButton.NoButton:
            self._drag_from = None
            self._choose_cursor()
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that nothing lies under the cursor."""
        super().leaveEvent(event)
        self._update_twins(self._cursor_at)
        self._cursor_at = None
        self._read()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor; a trackpad pans."""
        event.accept()
        turn = event.angleDelta().y()
        if event.modifiers() == _CTRL_SHIFT:
            self._step_opacity(turn)
            return
        zooms = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if _is_trackpad(event) and not zooms:
            delta = QPointF(event.pixelDelta()) * self.stage.ratio
            self._move(delta.x(), delta.y())
        elif turn:
            self._zoom_at(event.position(), _WHEEL_FACTOR ** (turn / _WHEEL_STEP))

    def event(self, event: QEvent) -> bool:
        """Take the pinch of a trackpad, and keys that are also shortcuts elsewhere."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom_at(event.position(), 1 + event.value())
                return True
        elif (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._is_mine(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def _zoom_at(self, at: QPointF, factor: float) -> None:
        ratio = self.stage.ratio
        anchor = self.stage.anchor(at.x() * ratio, at.y() * ratio)
        self.stage.viewport.zoom_by(factor, anchor)
        self._after_move()

    def _move(self, dx: float, dy: float) -> None:
        self.stage.viewport.move(dx, dy)
        self._after_move()

    def _step_opacity(self, turn: int) -> None:
        self._opacity_wheel += turn
        steps = int(self._opacity_wheel / _WHEEL_STEP)
        self._opacity_wheel -= steps * _WHEEL_STEP
        for _ in range(abs(steps)):
            self.opacity_stepped.emit(1 if steps > 0 else -1)

    def _read(self) -> None:
        reading = None
        if self._cursor_at is not None:
            ratio = self.stage.ratio
            reading = self.stage.read(
                self._cursor_at.x() * ratio, self._cursor_at.y() * ratio
            )
        if reading != self._reading:
            self._reading = reading
            self.hovered.emit(reading)

    def _update_twins(self, at: QPointF | None) -> None:
        if at is not None:
            for rect in twin_rects(self.stage, at):
                self.update(rect)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pan, zoom, hide the overlay while held."""
        key = Qt.Key(event.key())
        if not self._is_mine(event):
            super().keyPressEvent(event)
        elif key in _ARROWS:
            self._pan_by_key(key, page=bool(event.modifiers() & _SHIFT))
        elif key in _ZOOM_KEYS:
            self.zoom_step(closer=_ZOOM_KEYS[key])
        elif not event.isAutoRepeat():
            self._hold(key, down=True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Show the overlay again, stop panning with the mouse."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_H):
            if not event.isAutoRepeat():
                self._hold(Qt.Key(event.key()), down=False)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a frame if the keyboard came here."""
        super().focusInEvent(event)
        self._ringed = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of all held keys."""
        super().focusOutEvent(event)
        self._ringed = False
        for key in (Qt.Key.Key_Space, Qt.Key.Key_H):
            self._hold(key, down=False)
        self.update()

    def _is_mine(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in _ARROWS or event.key() in _ZOOM_KEYS:
            return modifiers in (_NO_KEYS, _SHIFT)
        return event.key() in (Qt.Key.Key_Space, Qt.Key.Key_H) and (
            modifiers == _NO_KEYS
        )

    def _hold(self, key: Qt.Key, *, down: bool) -> None:
        if key is Qt.Key.Key_Space:
            self._space_held = down
            self._choose_cursor()
        elif down != self._hide_held:
            self._hide_held = down
            self.hide_held.emit(down)

    def _pan_by_key(self, key: Qt.Key, *, page: bool) -> None:
        right, down = _ARROWS[key]
        view = self.stage.viewport.view
        step = round(_PAN_PX * self.stage.ratio)
        wide = round(view.width * _PAGE_SHARE) if page else step
        high = round(view.height * _PAGE_SHARE) if page else step
        self._move(right * wide, down * high)

    def _choose_cursor(self) -> None:
        scene = self.stage.scene
        if scene is None:
            self.unsetCursor()
        elif self._drag_from is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space_held:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif scene.view.compare is Compare.LINKED:
            self.setCursor(cross_cursor(self.devicePixelRatioF()))
        else:
            self.unsetCursor()


def _to_device_pixels(painter: QPainter, ratio: float) -> None:
    """Let the painter count device pixels, from a whole one on."""
    painter.scale(1 / ratio, 1 / ratio)
    device = painter.deviceTransform()
    painter.translate(
        round(device.dx()) - device.dx(), round(device.dy()) - device.dy()
    )


def _is_trackpad(event: QWheelEvent) -> bool:
    if event.pixelDelta().isNull():
        return False
    device = event.device()
    return (
        event.phase() is not Qt.ScrollPhase.NoScrollPhase
        or device.type() is QInputDevice.DeviceType.TouchPad
    )
