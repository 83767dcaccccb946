"""One annotation as the file has it and as the project will, side by side."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from segdesk.core.language import shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.painting import (
    RADIUS_CARD,
    RADIUS_SMALL,
    rounded,
    rounded_path,
)
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.exchange.import_look import Picture

_STEP = 0.02
_KNOB_PX = 24
_TAG_PX = 22


class SplitPicture(QWidget):
    """Left of the handle the file's own colours, right of it the classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: tuple[QImage, QImage] | None = None
        self._kept: Picture | None = None
        self._split = 0.5
        self._words = tr("Nothing to show yet")
        self.setMinimumSize(240, 200)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        put(
            self.setAccessibleName,
            tr("Preview: the file at the left, classes at the right"),
        )
        put(self.setAccessibleDescription, tr("Left and right keys move the border."))

    @property
    def split(self) -> float:
        """Where the border is, 0-1 from the left."""
        return self._split

    def show_picture(self, drawn: "Picture | None") -> None:
        """Show another annotation; None: there is none."""
        self._kept = drawn  # the images look into its memory
        self._images = None
        if drawn is not None:
            self._images = _image(drawn.before), _image(drawn.after)
        self.update()

    def say(self, words: str) -> None:
        """Say why there is no picture."""
        self._words = words
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both sides, the border and the tags."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        rounded(painter, box, RADIUS_CARD, theme.color("canvas"))
        if self._images is None:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text2"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown(self._words))
            return
        painter.setClipPath(rounded_path(box, RADIUS_CARD))
        place = self._place()
        border = round(box.width() * self._split)
        sides = ((0.0, float(border)), (float(border), box.width() - border))
        for image, (left, width) in zip(self._images, sides, strict=True):
            painter.save()
            painter.setClipRect(
                QRectF(left, 0, width, box.height()), Qt.ClipOperation.IntersectClip
            )
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, image)
            painter.restore()
        self._draw_handle(painter, border)
        _draw_tag(painter, 10, tr("In the file"), border - 8)
        _draw_tag(painter, border + 10, tr("As classes"), self.width() - 8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the border to the pointer."""
        self._move_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take the border along."""
        self._move_to(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the border with the arrows."""
        steps = {Qt.Key.Key_Left.value: -_STEP, Qt.Key.Key_Right.value: _STEP}
        if event.key() in steps:
            self._set(self._split + steps[event.key()])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)

    def _place(self) -> QRectF:
        """Return where the whole picture lies: it covers the box."""
        assert self._images is not None  # noqa: S101 - the caller looked
        image = self._images[0]
        scale = max(self.width() / image.width(), self.height() / image.height())
        width, height = image.width() * scale, image.height() * scale
        left, top = (self.width() - width) / 2, (self.height() - height) / 2
        return QRectF(left, top, width, height)

    def _draw_handle(self, painter: QPainter, border: int) -> None:
        white = theme.color("onFill")
        painter.fillRect(QRectF(border - 1, 0, 2, self.height()), white)
        knob = QRectF(0, 0, _KNOB_PX, _KNOB_PX)
        knob.moveCenter(QPointF(border, self.height() / 2))
        rounded(painter, knob, _KNOB_PX / 2, white)
        inner = knob.adjusted(6, 6, -6, -6)
        icons.paint(painter, inner, "arrows-left-right", theme.color("hud"))

    def _move_to(self, position: QPointF) -> None:
        self._set(position.x() / max(1, self.width()))

    def _set(self, split: float) -> None:
        self._split = min(0.98, max(0.02, split))
        self.update()


def _draw_tag(painter: QPainter, left: int, text: str, end: int) -> None:
    painter.setFont(theme.font("caption"))
    width = painter.fontMetrics().horizontalAdvance(shown(text)) + 16
    if left + width > end:
        return
    box = QRectF(left, 10, width, _TAG_PX)
    surface = QColor(theme.color("hud"))
    surface.setAlphaF(0.84)
    rounded(painter, box, RADIUS_SMALL, surface)
    painter.setPen(theme.color("hudText"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown(text))


def _image(pixels: "object") -> QImage:
    import numpy as np

    rgb = np.ascontiguousarray(pixels, np.uint8)
    height, width = rgb.shape[:2]
    kind = QImage.Format.Format_RGB888
    return QImage(rgb.tobytes(), width, height, width * 3, kind).copy()
