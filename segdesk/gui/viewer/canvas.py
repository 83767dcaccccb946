"""The canvas: paints the stage and turns mouse, wheel and keys into moves."""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QSinglePointEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from segdesk.app.view_state import Compare
from segdesk.core.geometry import Size
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.focus import BY_KEYBOARD
from segdesk.gui.viewer import canvas_keys
from segdesk.gui.viewer.cursors import cross_cursor
from segdesk.gui.viewer.device_px import count_device_pixels, to_device
from segdesk.gui.viewer.floats import Floats
from segdesk.gui.viewer.frame import Scene
from segdesk.gui.viewer.hand import ToolHand
from segdesk.gui.viewer.stage import Stage
from segdesk.gui.viewer.twins import paint_twins, twin_rects
from segdesk.gui.viewer.wheel import Meaning, Notches, WheelHabits, pan_of, turn_of
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.gui.viewer.reading import PixelReading

_SHIFT = Qt.KeyboardModifier.ShiftModifier
_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress)


class Canvas(QWidget):
    """Shows a scene; zooms at the cursor and pans.

    `moved` says that another part of the image is in view, `hovered` what lies under
    the cursor (a `PixelReading` or None), `hide_held` whether the overlay is to be
    hidden while a key is down, `opacity_stepped` that the wheel asks for more (+1) or
    less (-1) of the overlay.

    Attributes
    ----------
    hand
        The active tool: what it shows and what it paints.
    """

    moved = Signal()
    hovered = Signal(object)
    hide_held = Signal(bool)
    opacity_stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ringed = False  # first: children send events while they are made
        self.stage = Stage()
        self.hand = ToolHand(self, self.stage, self.refresh)
        self.hand.restyled.connect(self._choose_cursor)
        self.hand.panned.connect(self._on_hand_panned)
        self.hand.painted.connect(lambda _parts: self._read())
        self._reading: PixelReading | None = None
        self._cursor_at: QPointF | None = None
        self._drag_from: QPointF | None = None
        self.held = canvas_keys.HeldKeys()
        self.wheel = WheelHabits()
        self._space_held = self._hide_held = False
        self._shape: Qt.CursorShape | None = None
        self._opacity_wheel, self._size_wheel = Notches(), Notches()
        self._floats = Floats()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        put(self.setAccessibleName, tr("Picture"))
        self.setMinimumSize(120, 120)

    def set_scene(self, scene: Scene | None) -> None:
        """Show another scene."""
        self.stage.set_scene(scene)
        self._after_move()

    def let_float(self, part: QWidget) -> None:
        """Draw a shadow under something that lies on the canvas."""
        self._floats.add(part)

    def refresh(self, region: QRegion) -> None:
        """Paint a part again; what floats over it does not change."""
        self.update(self._floats.cut_from(region))

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
        """Paint the stage, then the tool, the cursor's twin and the focus frame."""
        exposed = event.region()
        painter = QPainter(self)
        self._sync_ratio()
        painter.save()
        count_device_pixels(painter, self.stage.ratio)
        self.hand.backdrop.paint(painter, to_device(exposed, self.stage.ratio))
        self.hand.paint_fade(painter)
        painter.restore()
        self.hand.paint(painter, exposed)
        self._floats.paint_shadows(painter, exposed)
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
        self.hand.moved()
        self.update()
        self.moved.emit()
        if self._cursor_at is not None:
            keys = QGuiApplication.keyboardModifiers()
            self.hand.pen.hover_at(self._cursor_at, keys)

    def _on_hand_panned(self, x: float, y: float) -> None:
        scale = self.stage.viewport.scale
        self._move(x * scale, y * scale)

    # Mouse, wheel, gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Give the button to the tool, or begin to pan."""
        if not self._space_held and self.hand.pen.press(event):
            return
        if self.stage.scene is not None and event.button() in (
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.MiddleButton,
        ):
            self._drag_from = event.position()
            self._choose_cursor()
            self._point()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, or tell the tool and the world what lies under the cursor."""
        before, self._cursor_at = self._cursor_at, event.position()
        if self._drag_from is not None:
            way = (event.position() - self._drag_from) * self.stage.ratio
            self._drag_from = event.position()
            self._move(*way.toTuple())
            return
        self._follow(event)
        scene = self.stage.scene
        if scene is not None and scene.view.compare is Compare.LINKED:
            for at in (before, self._cursor_at):
                self._update_twins(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Give the button to the tool, or stop panning."""
        if self._drag_from is None and self.hand.pen.release(event):
            return
        if self._drag_from is None:
            event.ignore()
            return
        if event.buttons() == Qt.MouseButton.NoButton:
            self._drag_from = None
            self._choose_cursor()
            self._point()
            self.update()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Give a pen to the tool; where it means nothing it becomes a mouse."""
        pen = self.hand.pen
        if self._space_held or self._drag_from is not None or not pen.is_active:
            event.ignore()
            return
        self._cursor_at = event.position()
        kind = event.type()
        if kind is QEvent.Type.TabletPress:
            event.setAccepted(pen.press(event))
        elif kind is QEvent.Type.TabletRelease:
            event.setAccepted(pen.release(event))
        else:
            self._follow(event)
            event.accept()

    def _follow(self, event: QSinglePointEvent) -> None:
        self._read()
        self._point()
        self.hand.pen.move(event)

    def _point(self) -> None:
        panning = self._drag_from is not None or self._space_held
        self.hand.point_at(None if panning else self._cursor_at)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that nothing lies under the cursor."""
        super().leaveEvent(event)
        self._update_twins(self._cursor_at)
        self._cursor_at = None
        self._point()
        self.hand.pen.leave()
        self._read()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor, move the picture or size the tool, as is preferred."""
        event.accept()
        match self.wheel.meaning(event, has_size=self.hand.pen.has_size):
            case Meaning.OPACITY:
                self._step_opacity(turn_of(event))
            case Meaning.PAN:
                self._move(*(pan_of(event) * self.stage.ratio).toTuple())
            case Meaning.SIZE:
                self._step_size(turn_of(event), event.modifiers())
            case Meaning.ZOOM:
                self._zoom_at(event.position(), self.wheel.zoom(event))

    def _step_size(self, turn: int, held: Qt.KeyboardModifier) -> None:
        notches = self._size_wheel.turn(turn)
        if notches:
            self.hand.pen.resize(notches, fine=bool(held & _SHIFT))

    def event(self, event: QEvent) -> bool:
        """Take the pinch of a trackpad, and keys that are also shortcuts elsewhere."""
        if self._ringed and event.type() in _PRESSES:
            self._ringed = False
            self.update()
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom_at(event.position(), 1 + event.value())
                return True
        elif (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (self.hand.pen.claims(event) or canvas_keys.is_known(event, self.held))
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
        steps = self._opacity_wheel.turn(turn)
        for _ in range(abs(steps)):
            self.opacity_stepped.emit(1 if steps > 0 else -1)

    def _read(self) -> None:
        at, ratio, reading = self._cursor_at, self.stage.ratio, None
        if at is not None:
            reading = self.stage.read(at.x() * ratio, at.y() * ratio)
        if reading != self._reading:
            self._reading = reading
            self.hovered.emit(reading)

    def _update_twins(self, at: QPointF | None) -> None:
        if at is not None:
            for rect in twin_rects(self.stage, at):
                self.update(rect)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask the tool; then pan, zoom, hide the overlay while held."""
        if self.hand.pen.key(event):
            return
        key = Qt.Key(event.key())
        if not canvas_keys.is_known(event, self.held):
            super().keyPressEvent(event)
        elif key in canvas_keys.ARROWS:
            view, page = self.stage.viewport.view, bool(event.modifiers() & _SHIFT)
            self._move(*canvas_keys.way(key, view, self.stage.ratio, page=page))
        elif key in canvas_keys.ZOOMS:
            self.zoom_step(closer=canvas_keys.ZOOMS[key])
        elif not event.isAutoRepeat():
            self._hold(key, down=True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Show the overlay again, stop panning with the mouse."""
        if event.key() in self.held:
            if not event.isAutoRepeat():
                self._hold(Qt.Key(event.key()), down=False)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a frame if the keyboard came here."""
        super().focusInEvent(event)
        self._ringed = event.reason() in BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of all held keys."""
        super().focusOutEvent(event)
        self._ringed = False
        for key in (*self.held.pan, *self.held.hide):
            self._hold(Qt.Key(key), down=False)
        self.update()

    def _hold(self, key: Qt.Key, *, down: bool) -> None:
        if key in self.held.pan:
            self._space_held = down
            self._choose_cursor()
            self._point()
        elif down != self._hide_held:
            self._hide_held = down
            self.hide_held.emit(down)

    def _choose_cursor(self) -> None:
        scene, tool = self.stage.scene, self.hand.shape
        if scene is None:
            self._wear(None)
        elif self._drag_from is not None:
            self._wear(Qt.CursorShape.ClosedHandCursor)
        elif self._space_held:
            self._wear(Qt.CursorShape.OpenHandCursor)
        elif tool is not None:
            self._wear(tool)
        elif scene.view.compare is Compare.LINKED:
            self._shape = None
            self.setCursor(cross_cursor(self.devicePixelRatioF()))
        else:
            self._wear(None)

    def _wear(self, shape: Qt.CursorShape | None) -> None:
        if shape is None:
            self.unsetCursor()
        elif shape is not self._shape:
            self.setCursor(shape)
        self._shape = shape
