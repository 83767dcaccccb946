"""What was on screen before, fading out over what is there now."""

from PySide6.QtCore import QAbstractAnimation, QRect, QVariantAnimation
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

_DURATION_MS = 120


class Fade:
    """Lets a part of the canvas pass into its new look.

    Parameters
    ----------
    canvas
        What is updated while it lasts.
    """

    def __init__(self, canvas: QWidget) -> None:
        self._canvas = canvas
        self._before = QImage()
        self._area = QRect()
        self._motion = QVariantAnimation(canvas)
        self._motion.setDuration(_DURATION_MS)
        self._motion.setStartValue(1.0)
        self._motion.setEndValue(0.0)
        self._motion.valueChanged.connect(self._on_motion_value_changed)

    @property
    def is_running(self) -> bool:
        """Whether something fades now."""
        return self._motion.state() is QAbstractAnimation.State.Running

    def begin(self, before: QImage, area: QRect) -> None:
        """Start with what was shown in a part of the canvas, in device pixels."""
        self._before, self._area = before, area
        self._motion.stop()
        self._motion.start()

    def stop(self) -> None:
        """Show what is there now at once."""
        self._motion.stop()
        self._before = QImage()

    def paint(self, painter: QPainter) -> None:
        """Draw what is left of what was there, in device pixels."""
        if not self.is_running or self._before.isNull():
            return
        painter.save()
        painter.setOpacity(float(self._motion.currentValue()))
        painter.drawImage(self._area.topLeft(), self._before)
        painter.restore()

    def _on_motion_value_changed(self, _share: object) -> None:
        ratio = self._canvas.devicePixelRatioF()
        area = self._area
        left, top = int(area.x() / ratio), int(area.y() / ratio)
        wide, high = int(area.width() / ratio) + 2, int(area.height() / ratio) + 2
        self._canvas.update(left, top, wide, high)
