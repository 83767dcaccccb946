"""The handle between the two sides of a split view."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QWidget

from segdesk.core.language import tr
from segdesk.gui import icons, theme
from segdesk.gui.components.painting import rounded
from segdesk.gui.wording import put

STEPS = 1000
WIDTH_PX = 34
_KNOB_PX = 28
_HIT_PX = 16
_LINE_PX = 2
_ICON_PX = 14
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class SplitHandle(QAbstractSlider):
    """A line with a knob, dragged with the mouse or moved with the arrow keys.

    Its value is 0 to `STEPS` across the canvas; the canvas places it.
    """

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(20, STEPS - 20)
        self.setSingleStep(10)
        self.setPageStep(100)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        put(self.setAccessibleName, tr("Split handle"))
        put(
            self.setAccessibleDescription,
            tr("Drag it, or press the left and right keys."),
        )
        self._grabbed_at: float | None = None
        self._ringed = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the handle."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grabbed_at = event.position().x() - self.width() / 2
            self.setSliderDown(True)
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the hand."""
        if self._grabbed_at is None:
            event.ignore()
            return
        x = self.mapToParent(event.position()).x() - self._grabbed_at
        self.setValue(round(STEPS * x / max(1, self._canvas.width())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grabbed_at = None
            self.setSliderDown(False)
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go back to the middle."""
        del event
        self.setValue(STEPS // 2)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the canvas."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Catch the mouse on the line and on the knob only."""
        super().resizeEvent(event)
        middle = self.width() // 2
        line = QRect(middle - _HIT_PX // 2, 0, _HIT_PX, self.height())
        self.setMask(QRegion(line).united(QRegion(self._knob().adjusted(-3, -3, 3, 3))))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put a ring round the knob, if the keyboard came here."""
        super().focusInEvent(event)
        self._ringed = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        self._ringed = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw line and knob."""
        del event
        painter = QPainter(self)
        middle = self.width() / 2
        halo, white = theme.veiled("hud", 0.45), theme.color("onFill")
        wide = QRectF(middle - _LINE_PX / 2 - 1, 0, _LINE_PX + 2, self.height())
        painter.fillRect(wide, halo)
        painter.fillRect(wide.adjusted(1, 0, -1, 0), white)
        knob = QRectF(self._knob())
        rounded(painter, knob, _KNOB_PX / 2, white, theme.veiled("hud", 0.15))
        if self._ringed:
            ring = knob.adjusted(-3, -3, 3, 3)
            accent = theme.color("accent")
            rounded(painter, ring, ring.width() / 2, None, accent, edge_px=2)
        edge = (_KNOB_PX - _ICON_PX) / 2
        spot = knob.adjusted(edge, edge, -edge, -edge)
        icons.paint(painter, spot, "arrows-left-right", theme.color("hud"))

    def _knob(self) -> QRect:
        left = (self.width() - _KNOB_PX) // 2
        return QRect(left, (self.height() - _KNOB_PX) // 2, _KNOB_PX, _KNOB_PX)
