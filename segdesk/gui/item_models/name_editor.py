"""A field in which the name of a row is typed, right where it stands."""

from typing import cast

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from segdesk.gui.components import Field
from segdesk.gui.wording import put

_HEIGHT = 26
_OWN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_F2)


class NameEditor(Field):
    """Enter keeps what was typed, Esc drops it, going elsewhere keeps what is good.

    `named` carries what was typed when it is to be kept; `left` fires when the field
    was dropped or is done.
    """

    named = Signal(str)
    left = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent=parent)
        self._is_open = False
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether something is being named."""
        return self._is_open

    def open_at(self, rect: QRect, text: str) -> None:
        """Appear over a row with its name, all of it selected."""
        self._is_open = True
        self.setMinimumHeight(_HEIGHT)
        top = rect.top() + (rect.height() - _HEIGHT) // 2
        self.setGeometry(rect.left() - 6, top, max(96, rect.width() + 6), _HEIGHT)
        put(self.setText, text)
        self.set_state("")
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def close_up(self) -> None:
        """Be gone."""
        if self._is_open:
            self._is_open = False
            self.hide()
            self.left.emit()

    def event(self, event: QEvent) -> bool:
        """Keep its keys from the commands of the list below."""
        is_override = event.type() is QEvent.Type.ShortcutOverride
        if is_override and cast("QKeyEvent", event).key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep with Enter, drop with Esc."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.named.emit(self.text())
        elif event.key() == Qt.Key.Key_Escape:
            self.close_up()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep what was typed, unless a menu of the field itself opened."""
        super().focusOutEvent(event)
        popup = Qt.FocusReason.PopupFocusReason
        if self._is_open and event.reason() is not popup:
            if self.text().strip() and self.property("state") != "bad":
                self.named.emit(self.text())
            self.close_up()
