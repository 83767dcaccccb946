"""Between logical px of a widget and device pixels of the screen."""

from collections.abc import Iterator

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QRegion


def count_device_pixels(painter: QPainter, ratio: float) -> None:
    """Let the painter count device pixels, from a whole one on."""
    painter.scale(1 / ratio, 1 / ratio)
    device = painter.deviceTransform()
    painter.translate(
        round(device.dx()) - device.dx(), round(device.dy()) - device.dy()
    )


def to_logical(area: QRect, ratio: float) -> QRect:
    """Return the logical px that device pixels of the canvas lie in."""
    box = QRectF(
        area.x() / ratio, area.y() / ratio, area.width() / ratio, area.height() / ratio
    )
    return box.toAlignedRect()


def to_device(region: QRegion, ratio: float) -> Iterator[QRect]:
    """Yield the device pixels of a part of the canvas."""
    rects: Iterator[QRect] = iter(region)  # type: ignore[call-overload]
    for rect in rects:
        box = QRectF(
            rect.x() * ratio,
            rect.y() * ratio,
            rect.width() * ratio,
            rect.height() * ratio,
        )
        yield box.toAlignedRect()
