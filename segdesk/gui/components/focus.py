"""The ring round the control that the keyboard is on."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CONTROL, rounded

_REACH = 3  # 2 px of ring, 1 px of gap
BY_KEYBOARD = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
    }
)
_MOVES = frozenset(
    {
        QEvent.Type.Move,
        QEvent.Type.Resize,
        QEvent.Type.Show,
        QEvent.Type.Hide,
    }
)


class FocusRing(QWidget):
    """A ring that lies over the window and follows one control."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName("focusRing")
        self._target: QWidget | None = None
        self._watched: list[QObject] = []
        self.hide()

    @property
    def target(self) -> QWidget | None:
        """The control that wears the ring."""
        return self._target

    def follow(self, target: QWidget) -> None:
        """Lay the ring round a control."""
        self.leave()
        self._target = target
        ancestor: QWidget | None = target
        while ancestor is not None and ancestor is not self.parentWidget():
            ancestor.installEventFilter(self)
            self._watched.append(ancestor)
            ancestor = ancestor.parentWidget()
        self._place()
        self.raise_()

    def leave(self) -> None:
        """Take the ring away."""
        for watched in self._watched:
            watched.removeEventFilter(self)
        self._watched.clear()
        self._target = None
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move with the control and with everything it lies in."""
        if event.type() in _MOVES:
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring."""
        del event
        painter = QPainter(self)
        radius = RADIUS_CONTROL + _REACH
        rounded(
            painter,
            QRectF(self.rect()),
            radius,
            None,
            theme.color("accent"),
            edge_px=3 if theme.active().high_contrast else 2,
        )

    def _place(self) -> None:
        target = self._target
        if target is None or not target.isVisible():
            self.hide()
            return
        corner = target.mapTo(target.window(), QPoint(0, 0))
        box = QRect(corner, target.size())
        self.setGeometry(box.adjusted(-_REACH, -_REACH, _REACH, _REACH))
        self.show()


def ring_on_focus(widget: QWidget, event: QFocusEvent) -> None:
    """Show the ring if the focus came by a key; call it from `focusInEvent`."""
    if event.reason() in BY_KEYBOARD:
        _ring(widget.window()).follow(widget)


def ring_off(widget: QWidget) -> None:
    """Hide the ring; call it from `focusOutEvent`."""
    ring = widget.window().findChild(
        FocusRing, "focusRing", Qt.FindChildOption.FindDirectChildrenOnly
    )
    if ring is not None and ring.target is widget:
        ring.leave()


def _ring(window: QWidget) -> FocusRing:
    ring = window.findChild(
        FocusRing, "focusRing", Qt.FindChildOption.FindDirectChildrenOnly
    )
    return ring if ring is not None else FocusRing(window)


class RingedButton(QPushButton):
    """A button that draws itself and wears the ring."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)
