"""A field for a number: takes arithmetic, steps by arrows and, with focus, by wheel."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from segdesk.app.arithmetic import value_of
from segdesk.gui import theme
from segdesk.gui.components.fields import Field

_LARGE_STEP = 10


class NumberField(Field):
    """A whole number with limits; `edited` carries it when the user settles on one.

    Parameters
    ----------
    name
        Accessible name.
    low, high
        Limits; what is typed beyond them becomes the nearer one.
    unit
        Shown at its right end: "px".
    width
        In px.
    """

    edited = Signal(int)

    def __init__(
        self,
        name: str,
        low: int,
        high: int,
        *,
        unit: str = "",
        width: int = 60,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, unit=unit, parent=parent)
        self._low = low
        self._high = high
        self._value = low
        self._width = width
        self.setText(str(low))
        self.editingFinished.connect(self._on_editing_finished)
        self.textEdited.connect(self._on_text_edited)

    @property
    def value(self) -> int:
        """The number."""
        return self._value

    @property
    def meant(self) -> int | None:
        """What is typed, within the limits, though not settled; None: no number."""
        typed = value_of(self.text()) if self.isModified() else self._value
        if typed is None:
            return None
        return min(self._high, max(self._low, round(typed)))

    def set_value(self, value: int) -> None:
        """Show a number; no signal."""
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self.setText(str(value))
            self.set_state("")

    def sizeHint(self) -> QSize:
        """Return the designed width."""
        return QSize(self._width, theme.row_px(28))

    def minimumSizeHint(self) -> QSize:
        """Return the designed width."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step by arrows; Esc goes back to the number before."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is not None:
            large = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._settle(self._value + step * (_LARGE_STEP if large else 1))
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self._show(self._value)
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step with the wheel only while it has the keyboard."""
        if self.hasFocus() and event.angleDelta().y():
            self._settle(self._value + (1 if event.angleDelta().y() > 0 else -1))
            event.accept()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the number, so that typing replaces it."""
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    def _on_text_edited(self, text: str) -> None:
        self.set_state("" if value_of(text) is not None else "bad")

    def _on_editing_finished(self) -> None:
        if not self.isModified():
            return
        value = value_of(self.text())
        if value is None:
            self._show(self._value)
        else:
            self._settle(round(value))

    def _settle(self, value: int) -> None:
        value = min(self._high, max(self._low, value))
        changed = value != self._value
        self._value = value
        self._show(value)
        if changed:
            self.edited.emit(value)

    def _show(self, value: int) -> None:
        self.setText(str(value))
        self.setModified(False)
        self.set_state("")
