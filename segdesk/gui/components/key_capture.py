"""A field that takes a key instead of text."""

from PySide6.QtCore import QEvent, QKeyCombination, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from segdesk.app.keys.names import normal, shown
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.painting import (
    RADIUS_CONTROL,
    cap_width,
    draw_cap,
    draw_elided,
    rounded,
)
from segdesk.gui.wording import put

_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Control,
        Qt.Key.Key_Shift,
        Qt.Key.Key_Alt,
        Qt.Key.Key_Meta,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_unknown,
    }
)


class KeyCapture(QWidget):
    """While it has the keyboard, each key that is pressed is taken, not acted on.

    `pressed` carries the key in its one spelling ("Ctrl+Shift+E"), `left` says that Esc
    was pressed. Tab goes on to the next control.

    Parameters
    ----------
    name
        Accessible name.
    words
        Shown while no key was pressed.
    """

    pressed = Signal(str)
    left = Signal()

    def __init__(self, name: str, words: str = tr("Press a key")) -> None:
        super().__init__()
        put(self.setAccessibleName, name)
        put(self.setAccessibleDescription, words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self._words = words
        self._key = ""

    @property
    def key(self) -> str:
        """The key that was pressed last, or ""."""
        return self._key

    def clear(self) -> None:
        """Wait for a key again."""
        self._key = ""
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for a long key."""
        return QSize(180, theme.row_px(28))

    def event(self, event: QEvent) -> bool:
        """Take keys that are shortcuts elsewhere."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the key."""
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if key in _MODIFIERS:
            return
        if key is Qt.Key.Key_Escape and not modifiers:
            self.clear()
            self.left.emit()
            return
        plain = modifiers & ~Qt.KeyboardModifier.KeypadModifier
        sequence = QKeySequence(QKeyCombination(plain, key))
        spelt = normal(sequence.toString(QKeySequence.SequenceFormat.PortableText))
        if spelt is not None:
            self._key = spelt
            self.update()
            self.pressed.emit(spelt)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys are taken now."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that keys do what they do."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field with the key in it."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        edge = theme.color("accent" if self.hasFocus() else "line2")
        width = 2 if self.hasFocus() else 1
        rounded(painter, box, RADIUS_CONTROL, theme.color("field"), edge, edge_px=width)
        if not self._key:
            painter.setFont(theme.font("body"))
            painter.setPen(theme.color("text3"))
            draw_elided(painter, box.adjusted(10, 0, -8, 0), self._words)
            return
        words = shown(self._key)
        cap = QRectF(8, 0, cap_width(words), box.height())
        fill = theme.mix("text", "field", 0.08)
        draw_cap(painter, cap, words, fill=fill, ink=theme.color("text"))
