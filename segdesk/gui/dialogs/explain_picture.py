"""A map over the image, in which a pixel is pointed at."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from segdesk.core.language import shown
from segdesk.gui import theme
from segdesk.gui.components.painting import RADIUS_CARD, rounded, rounded_path
from segdesk.gui.viewer.cards import paint_card

_TAG_PX = 22
_ARM, _GAP = 9.0, 3.0
_EMPTY_PAD = 16


class MapPicture(QWidget):
    """One map of an image; clicks and the pointer's place are in its pixels.

    Parameters
    ----------
    title
        What it shows.
    is_asked
        A click asks about the pixel.
    """

    clicked = Signal(int, int)
    hovered = Signal(object)

    def __init__(self, title: str, *, is_asked: bool) -> None:
        super().__init__()
        self._title = title
        self._words = ""
        self._reading = ""
        self._image: QImage | None = None
        self._size = (1, 1)
        self._at: tuple[int, int] | None = None
        self._twin: tuple[int, int] | None = None
        self._is_asked = is_asked
        self.setAccessibleName(shown(title))
        self.setMouseTracking(True)
        if is_asked:
            self.setCursor(Qt.CursorShape.CrossCursor)

    def show_map(
        self,
        image: QImage | None,
        size: tuple[int, int],
        at: tuple[int, int] | None,
    ) -> None:
        """Show another map.

        Parameters
        ----------
        size
            Width and height of the image that it is of.
        at
            The pixel that was asked about.
        """
        self._image, self._size, self._at = image, size, at
        self.update()

    def say(self, words: str) -> None:
        """Say why there is no map."""
        self._words = words
        self.update()

    def read(self, twin: tuple[int, int] | None, reading: str) -> None:
        """Mark the pixel that the pointer is on, here or in another map."""
        self._twin, self._reading = twin, reading
        self.update()

    def place(self) -> QRectF:
        """Return where the image lies in the widget."""
        box = QRectF(self.rect())
        size = QSizeF(*self._size).scaled(
            box.size(), Qt.AspectRatioMode.KeepAspectRatio
        )
        place = QRectF(QPointF(0, 0), size)
        place.moveCenter(box.center())
        return place

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the map, the pixel and the words."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        rounded(painter, box, RADIUS_CARD, theme.color("canvas"))
        if self._image is None:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text2"))
            inner = box.adjusted(_EMPTY_PAD, _EMPTY_PAD, -_EMPTY_PAD, -_EMPTY_PAD)
            wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(inner, wrap, shown(self._words))
            return
        painter.setClipPath(rounded_path(box, RADIUS_CARD))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.place(), self._image)
        if self._at is not None:
            self._cross(painter, self._at, 1.6)
        if self._twin is not None:
            self._cross(painter, self._twin, 1.0)
        self._tag(painter, shown(self._title), QPointF(8, 8))
        if self._reading:
            self._tag(painter, self._reading, QPointF(8, box.height() - 8 - _TAG_PX))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which pixel the pointer is on."""
        self.hovered.emit(self._pixel(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that it is on none."""
        super().leaveEvent(event)
        self.hovered.emit(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask about the pixel."""
        pixel = self._pixel(event.position())
        if self._is_asked and pixel and event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit(*pixel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the keys to the dialog."""
        event.ignore()

    def _pixel(self, at: QPointF) -> tuple[int, int] | None:
        place = self.place()
        if not place.contains(at):
            return None
        across = (at.x() - place.x()) / place.width()
        down = (at.y() - place.y()) / place.height()
        width, height = self._size
        return min(width - 1, int(across * width)), min(height - 1, int(down * height))

    def _cross(self, painter: QPainter, at: tuple[int, int], width: float) -> None:
        place = self.place()
        x = place.x() + (at[0] + 0.5) / self._size[0] * place.width()
        y = place.y() + (at[1] + 0.5) / self._size[1] * place.height()
        for role, wide in (("hud", width + 2), ("hudText", width)):
            painter.setPen(QPen(theme.color(role), wide))
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                near = QPointF(x + dx * _GAP, y + dy * _GAP)
                painter.drawLine(near, QPointF(x + dx * _ARM, y + dy * _ARM))

    def _tag(self, painter: QPainter, text: str, corner: QPointF) -> None:
        painter.setFont(theme.font("caption", tabular=True))
        width = painter.fontMetrics().horizontalAdvance(text) + 16
        box = QRectF(corner.x(), corner.y(), width, _TAG_PX)
        paint_card(painter, box)
        painter.setPen(theme.color("hudText"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
