"""Fields: text, search, a choice that unfolds, a slider."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QSlider, QWidget

from segdesk.core.language import shown
from segdesk.gui import icons, theme
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.painting import (
    cap_width,
    draw_cap,
    rounded,
)
from segdesk.gui.wording import put

_ICON = 16
_KNOB = 14
_TRACK = 4


class Field(QLineEdit):
    """One line of text; `set_state` gives it a warning's or an error's edge.

    Parameters
    ----------
    name
        Accessible name.
    placeholder
        Shown while it is empty.
    unit
        Shown at its right end: "px".
    """

    def __init__(
        self,
        name: str,
        placeholder: str = "",
        *,
        unit: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        put(self.setAccessibleName, name)
        put(self.setPlaceholderText, placeholder)
        self._unit = unit
        self._dress()
        theme.active().changed.connect(self._dress)

    def set_state(self, state: str) -> None:
        """Show an edge: "" for none, "warn" or "bad"."""
        if state != self.property("state"):
            self.setProperty("state", state)
            self.style().unpolish(self)
            self.style().polish(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field, then its unit."""
        super().paintEvent(event)
        if self._unit:
            painter = QPainter(self)
            painter.setFont(theme.font("body"))
            painter.setPen(theme.color("text3"))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(
                self.rect().adjusted(0, 0, -10, 0), flags, shown(self._unit)
            )

    def _dress(self) -> None:
        self.setFont(theme.font("body"))
        self.setMinimumHeight(theme.row_px(28))
        if self._unit:
            width = QFontMetrics(self.font()).horizontalAdvance(shown(self._unit))
            self.setTextMargins(0, 0, width + 8, 0)


class SearchField(QLineEdit):
    """A field with a magnifying glass; the key that leads to it is shown inside.

    Esc empties it, and a second Esc lets go of the keyboard.
    """

    def __init__(
        self,
        placeholder: str,
        *,
        key: str = "",
        icon: str = "magnifying-glass",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        put(self.setAccessibleName, placeholder)
        put(self.setPlaceholderText, placeholder)
        self._key = key
        self._icon = icon
        self._dress()
        theme.active().changed.connect(self._dress)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty the field with Esc; once it is empty, Esc goes on to the window."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def set_key(self, key: str) -> None:
        """Show another key."""
        self._key = key
        self._dress()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field, then glass and key."""
        super().paintEvent(event)
        painter = QPainter(self)
        top = round((self.height() - _ICON) / 2)
        ink = theme.color("text3" if self.isEnabled() else "outline")
        icons.paint(painter, QRectF(9, top, _ICON, _ICON), self._icon, ink)
        if self._key and not self.text():
            width = cap_width(self._key)
            box = QRectF(self.width() - width - 6, 0, width, self.height())
            fill = theme.mix("text", "field", 0.08)
            draw_cap(painter, box, self._key, fill=fill, ink=theme.color("text2"))

    def _dress(self) -> None:
        self.setFont(theme.font("body"))
        self.setMinimumHeight(theme.row_px(28))
        room = cap_width(self._key) + 4 if self._key else 0
        self.setTextMargins(_ICON + 6, 0, room, 0)


class Slider(QSlider):
    """A slider: a click goes there, a double click goes back to the default.

    Parameters
    ----------
    name
        Accessible name.
    low, high
        Limits of its whole-numbered value.
    default
        Where a double click leads; None: nowhere.
    by_model
        Violet, because it is about what the model says.
    """

    moved = Signal(int)  # by the user

    def __init__(
        self,
        name: str,
        low: int = 0,
        high: int = 100,
        *,
        default: int | None = None,
        by_model: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        put(self.setAccessibleName, name)
        self.setRange(low, high)
        self.setPageStep(max(1, (high - low) // 10))
        self._default = default
        self._role = "modelFill" if by_model else "accent"
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.actionTriggered.connect(self._on_action_triggered)

    def sizeHint(self) -> QSize:
        """Return a width that gives each step some room."""
        return QSize(90, 24)

    def minimumSizeHint(self) -> QSize:
        """Return the least width that can still be aimed at."""
        return QSize(48, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, filled part and knob."""
        del event
        painter = QPainter(self)
        middle = self._knob_middle()
        top = (self.height() - _TRACK) / 2
        whole = QRectF(0, top, self.width(), _TRACK)
        on = self.isEnabled()
        rounded(painter, whole, _TRACK / 2, theme.color("line2"))
        if on:
            filled = QRectF(0, top, middle, _TRACK)
            rounded(painter, filled, _TRACK / 2, theme.color(self._role))
        knob = QRectF(middle - _KNOB / 2, (self.height() - _KNOB) / 2, _KNOB, _KNOB)
        dark = theme.active().is_dark
        fill = theme.color("text" if dark else "raised") if on else theme.color("line2")
        edge = None if dark else theme.color("outline" if on else "line2")
        rounded(painter, knob, _KNOB / 2, fill, edge)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the knob to the pointer."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(event.position().x())
            event.accept()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self.isSliderDown():
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the knob go."""
        del event
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go back to the default."""
        if self._default is not None and event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            self._set(self._default)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move with the wheel only while it has the keyboard."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)

    def _knob_middle(self) -> float:
        span = self.maximum() - self.minimum()
        share = (self.value() - self.minimum()) / span if span else 0.0
        return _KNOB / 2 + share * (self.width() - _KNOB)

    def _go_to(self, x: float) -> None:
        share = (x - _KNOB / 2) / max(1, self.width() - _KNOB)
        span = self.maximum() - self.minimum()
        self._set(self.minimum() + round(min(1.0, max(0.0, share)) * span))

    def _set(self, value: int) -> None:
        if value != self.value():
            self.setValue(value)
            self.moved.emit(value)

    def _on_action_triggered(self) -> None:
        self.moved.emit(self.sliderPosition())
