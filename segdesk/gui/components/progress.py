"""Progress: a thin bar, and a ring for the app bar."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimerEvent
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from segdesk.gui import theme
from segdesk.gui.components.painting import rounded
from segdesk.gui.wording import put

_TICK_MS = 33
_ROUND_TRIP_TICKS = 60
_UNKNOWN_SHARE = 0.3


class ThinProgress(QWidget):
    """A thin bar; None as its value: length unknown, a part of it wanders.

    Parameters
    ----------
    name
        Accessible name.
    by_model
        Violet, because a model is at work.
    height
        In px.
    """

    def __init__(
        self,
        name: str,
        *,
        by_model: bool = False,
        height: int = 4,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        put(self.setAccessibleName, name)
        self._role = "modelFill" if by_model else "accent"
        self._value: float | None = 0.0
        self._tick = 0
        self._timer = 0
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def value(self) -> float | None:
        """Share done, 0-1; None: unknown."""
        return self._value

    def set_value(self, value: float | None) -> None:
        """Show a share, 0-1, or None for an unknown length."""
        if value != self._value:
            self._value = value
            self._run_timer()
            put(self.setAccessibleDescription, "" if value is None else f"{value:.0%}")
            self.update()

    def set_role(self, role: str) -> None:
        """Fill the bar in another colour role."""
        self._role = role
        self.update()

    def sizeHint(self) -> QSize:
        """Return a width to start from."""
        return QSize(120, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track and filled part."""
        del event
        painter = QPainter(self)
        whole = QRectF(self.rect())
        radius = whole.height() / 2
        rounded(painter, whole, radius, theme.color("line2"))
        if self._value is None:
            width = whole.width() * _UNKNOWN_SHARE
            place = abs(1 - 2 * (self._tick / _ROUND_TRIP_TICKS))
            x = (1 - place) * (whole.width() - width)
        else:
            x, width = 0.0, whole.width() * min(1.0, max(0.0, self._value))
        if width > 0:
            part = QRectF(x, 0, max(width, whole.height()), whole.height())
            rounded(painter, part, radius, theme.color(self._role))

    def showEvent(self, event: QShowEvent) -> None:
        """Wander while in sight."""
        super().showEvent(event)
        self._run_timer()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while out of sight."""
        super().hideEvent(event)
        self._run_timer()

    def timerEvent(self, event: QTimerEvent) -> None:
        """Wander on."""
        del event
        self._tick = (self._tick + 1) % _ROUND_TRIP_TICKS
        self.update()

    def _run_timer(self) -> None:
        wanted = self._value is None and self.isVisible()
        if wanted and not self._timer:
            self._timer = self.startTimer(_TICK_MS)
        elif not wanted and self._timer:
            self.killTimer(self._timer)
            self._timer = 0


def draw_ring(
    painter: QPainter, box: QRectF, value: float | None, role: str, turn: int = 0
) -> None:
    """Draw a ring that fills clockwise from the top.

    Parameters
    ----------
    value
        Share done, 0-1; None draws a third of it, turned by `turn` degrees.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inner = box.adjusted(1.5, 1.5, -1.5, -1.5)
    painter.setPen(QPen(theme.color("line2"), 2.5))
    painter.drawEllipse(inner)
    pen = QPen(theme.color(role), 2.5)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    span = 120 if value is None else 360 * min(1.0, max(0.0, value))
    start = 90 - turn if value is None else 90
    painter.drawArc(inner, round(start * 16), -round(span * 16))
