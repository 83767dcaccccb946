"""From mouse, pen and keys to the active tool, in image coordinates and in order."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QInputEvent,
    QKeyEvent,
    QPointingDevice,
    QSinglePointEvent,
    QTabletEvent,
)

from segdesk.app.annotate.tool_sizes import resized, size_option
from segdesk.app.tools.pointer import Button, Key, Mod, PointerEvent
from segdesk.app.window_ports import AnnotatingPort
from segdesk.gui.viewer.panes import Side
from segdesk.gui.viewer.stage import Stage

_PANS = "pan"
_SELECTS = "edit"
_SHOWS_CELLS = "superpixels"
_BUTTONS = {
    Qt.MouseButton.LeftButton: Button.LEFT,
    Qt.MouseButton.RightButton: Button.RIGHT,
}
_KEYS: dict[int, Key] = {
    Qt.Key.Key_Return: Key.ENTER,
    Qt.Key.Key_Enter: Key.ENTER,
    Qt.Key.Key_Escape: Key.ESCAPE,
    Qt.Key.Key_Backspace: Key.BACKSPACE,
    Qt.Key.Key_Delete: Key.DELETE,
    Qt.Key.Key_Left: Key.LEFT,
    Qt.Key.Key_Right: Key.RIGHT,
    Qt.Key.Key_Up: Key.UP,
    Qt.Key.Key_Down: Key.DOWN,
}
_OPEN_KEYS = frozenset({Key.ENTER, Key.ESCAPE, Key.BACKSPACE, Key.UNDO})


class Pen:
    """Hands events of the canvas to the tool that is active.

    Attributes
    ----------
    is_down
        A button that the tool knows of is held.
    is_busy
        A worker does something for the tool.
    """

    def __init__(self, stage: Stage) -> None:
        self.is_down = False
        self.is_busy = False
        self._stage = stage
        self._annotating: AnnotatingPort | None = None
        self._held = Button.NONE
        self._side: Side | None = None

    def attach(self, annotating: AnnotatingPort) -> None:
        """Hand events to a journey from now on."""
        self._annotating = annotating

    def lift(self) -> None:
        """Forget the button that is held: what it drew on is gone."""
        self.is_down, self._held, self._side = False, Button.NONE, None

    @property
    def is_active(self) -> bool:
        """Whether a tool other than the panning hand can be used here."""
        annotating = self._annotating
        return (
            annotating is not None
            and self._stage.scene is not None
            and annotating.document is not None
            and annotating.tool is not None
            and annotating.choices.tool != _PANS
        )

    @property
    def has_size(self) -> bool:
        """Whether the active tool has a size."""
        annotating = self._annotating
        if annotating is None or not self.is_active:
            return False
        return size_option(annotating.choices.tool) is not None

    def press(self, event: QSinglePointEvent) -> bool:
        """Take a button that went down; tells whether the tool has it now."""
        button = _button(event)
        if self._annotating is None or not self.is_active or button is Button.NONE:
            return False
        if self.is_down and button is not self._held:
            return True
        if self.is_down:  # a dialog has taken its release
            self.lift()
            self._annotating.abort()
        ratio = self._stage.ratio
        at = event.position() * ratio
        side = self._stage.side_at(at.toPoint())
        if side is None:
            return False
        self.is_down, self._held, self._side = True, button, side
        self._annotating.press(self._pointer(event, side, button))
        return True

    def move(self, event: QSinglePointEvent) -> None:
        """Follow the pointer, whether or not a button is held."""
        if self._annotating is None or not self.is_active:
            return
        if self.is_down and self._side is not None:
            self._annotating.move(self._pointer(event, self._side, self._held))
            return
        side = self._stage.side_at((event.position() * self._stage.ratio).toPoint())
        if side is not None:
            self._annotating.hover(self._pointer(event, side, Button.NONE))

    def leave(self) -> None:
        """Tell the tool that the pointer is elsewhere, unless something is begun."""
        annotating = self._annotating
        if annotating is None or not self.is_active or self.is_down:
            return
        if annotating.tool is not None and not annotating.tool.is_open:
            annotating.hover(PointerEvent(-1.0, -1.0))

    def release(self, event: QSinglePointEvent) -> bool:
        """Take a button that went up; tells whether it was the tool's."""
        if not self.is_down or self._annotating is None:
            return False
        if _button(event) is self._held and self._side is not None:
            pointer = self._pointer(event, self._side, self._held)
            self.lift()
            self._annotating.release(pointer)
        return True

    def claims(self, event: QKeyEvent) -> bool:
        """Tell whether a key is the tool's, before any shortcut takes it."""
        key = _key(event)
        annotating = self._annotating
        if event.key() == Qt.Key.Key_Alt:  # it erases, so it opens no menu
            return self.is_active
        if annotating is None or not self.is_active or key is None:
            return False
        if key is Key.ESCAPE and (self.is_down or self.is_busy):
            return True
        tool = annotating.tool
        if key in _OPEN_KEYS:
            return tool is not None and tool.is_open
        return key is Key.DELETE and annotating.choices.tool == _SELECTS

    def key(self, event: QKeyEvent) -> bool:
        """Hand over a key; tells whether the tool used it."""
        key = _key(event)
        annotating = self._annotating
        if annotating is None or not self.is_active or key is None:
            return False
        if key is Key.ESCAPE and (self.is_down or self.is_busy):
            self.lift()
            annotating.abort()
            return True
        selects = annotating.choices.tool == _SELECTS
        if self.claims(event) or (selects and key not in _OPEN_KEYS):
            return annotating.key(key, _modifiers(event))
        return False

    def resize(self, steps: int, *, fine: bool) -> None:
        """Make the tool larger by a number of steps, or smaller by a negative one."""
        annotating = self._annotating
        if annotating is None:
            return
        options, tool = annotating.choices.options, annotating.choices.tool
        for _ in range(abs(steps)):
            options = resized(tool, options, larger=steps > 0, fine=fine)
        annotating.choose(options=options)

    def hover_at(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Tell the tool where the pointer is, after the picture moved under it."""
        side = self._stage.side_at((at * self._stage.ratio).toPoint())
        if self._annotating is None or not self.is_active or side is None:
            return
        if not self.is_down:
            x, y = self._to_image(at, side)
            mods = _mods(modifiers)
            pixel = self._stage.ratio / self._stage.viewport.scale
            self._annotating.hover(PointerEvent(x, y, modifiers=mods, pixel=pixel))

    def look_round(self) -> None:
        """Have a tool that shows cells show those in the middle of the view."""
        annotating = self._annotating
        if annotating is None or not self.is_active or self.is_down:
            return
        if annotating.choices.tool == _SHOWS_CELLS:
            side = self._stage.sides[0]
            middle = QPointF(side.clip.center())
            x, y = self._stage.to_image(side, middle.x(), middle.y())
            annotating.hover(PointerEvent(x, y, is_away=True))

    def _pointer(
        self, event: QSinglePointEvent, side: Side, button: Button
    ) -> PointerEvent:
        x, y = self._to_image(event.position(), side)
        double = event.type() is QEvent.Type.MouseButtonDblClick
        return PointerEvent(
            x,
            y,
            button,
            _modifiers(event),
            event.pressure() if isinstance(event, QTabletEvent) else 1.0,
            event.timestamp() / 1000,
            self._stage.ratio / self._stage.viewport.scale,
            2 if double else 1,
        )

    def _to_image(self, at: QPointF, side: Side) -> tuple[float, float]:
        ratio = self._stage.ratio
        return self._stage.to_image(side, at.x() * ratio, at.y() * ratio)


def _button(event: QSinglePointEvent) -> Button:
    if isinstance(event, QTabletEvent):
        eraser = QPointingDevice.PointerType.Eraser
        if event.pointerType() is eraser and event.button() is (
            Qt.MouseButton.LeftButton
        ):
            return Button.RIGHT
    return _BUTTONS.get(event.button(), Button.NONE)


def _key(event: QKeyEvent) -> Key | None:
    control = Qt.KeyboardModifier.ControlModifier
    if event.key() == Qt.Key.Key_Z and event.modifiers() == control:
        return Key.UNDO
    if event.modifiers() & (control | Qt.KeyboardModifier.AltModifier):
        return None
    return _KEYS.get(event.key())


def _modifiers(event: QInputEvent) -> Mod:
    return _mods(event.modifiers())


def _mods(held: Qt.KeyboardModifier) -> Mod:
    found = Mod.NONE
    if held & Qt.KeyboardModifier.ShiftModifier:
        found |= Mod.SHIFT
    if held & Qt.KeyboardModifier.ControlModifier:
        found |= Mod.CTRL
    if held & Qt.KeyboardModifier.AltModifier:
        found |= Mod.ALT
    return found
