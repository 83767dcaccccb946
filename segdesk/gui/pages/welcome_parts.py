"""The parts of the welcome page: doors, recent places, the state of the machine."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QPushButton, QWidget

from segdesk.core.language import plural, shown, tr
from segdesk.core.video_source import is_video_name
from segdesk.gui import icons, theme
from segdesk.gui.components.focus import ring_off, ring_on_focus
from segdesk.gui.components.menu import Menu
from segdesk.gui.components.painting import (
    RADIUS_NOTICE,
    RADIUS_SMALL,
    cap_width,
    draw_cap,
    draw_elided,
    rounded,
    rounded_path,
)
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from segdesk.app.files.recent import RecentPlace

DOOR = QSize(316, 286)
_PICTURE = 150
_THUMBNAIL = QSize(64, 45)
ROW_HEIGHT = 60


class Door(QPushButton):
    """A large button with a picture.

    Parameters
    ----------
    title, text
        What it opens, and what is behind it.
    drawing
        "nuclei", "aerial" or "curves".
    key
        The key that does the same.
    """

    stepped = Signal(int)

    def __init__(
        self, title: str, text: str, *, icon: str, drawing: str, key: str
    ) -> None:
        super().__init__()
        put(self.setText, title)
        put(self.setAccessibleName, title)
        put(self.setAccessibleDescription, text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        larger = max(0.0, theme.active().text_scale - 1)
        self.setFixedSize(DOOR.width(), DOOR.height() + round(90 * larger))
        self._words = text
        self._icon = icon
        self._drawing = drawing
        self._picture: QPixmap | None = None
        self._look: tuple[float, bool] | None = None
        self._key = key

    def set_key(self, key: str) -> None:
        """Show another key."""
        self._key = key
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter; go to the doors beside it with the arrows."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key in steps:
            self.stepped.emit(steps[key])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw picture, title, words and key."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        lit = self.window().focusWidget() is self
        over = self.underMouse()
        rounded(painter, box, RADIUS_NOTICE, theme.color("panel"))
        self._draw_picture(painter, box)
        line = QRectF(0, _PICTURE, box.width(), 1)
        painter.fillRect(line, theme.color("line"))
        painter.setClipping(False)
        edge = theme.color("accent" if lit else "outline" if over else "line2")
        rounded(painter, box, RADIUS_NOTICE, None, edge, edge_px=1.5 if lit else 1)
        mark = QRectF(17, _PICTURE + 19, 20, 20)
        icons.paint(painter, mark, self._icon, theme.color("accent"))
        painter.setFont(theme.font("title"))
        painter.setPen(theme.color("text"))
        title = QRectF(46, _PICTURE + 14, box.width() - 60, 30)
        draw_elided(painter, title, self.text())
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text2"))
        words = QRectF(
            18, _PICTURE + 50, box.width() - 34, box.height() - _PICTURE - 90
        )
        painter.drawText(words, int(Qt.TextFlag.TextWordWrap), shown(self._words))
        if self._key:
            cap = QRectF(18, box.height() - 37, cap_width(self._key), 26)
            tint = theme.mix("text", "panel", 0.08)
            draw_cap(painter, cap, self._key, fill=tint, ink=theme.color("text2"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Look chosen."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Look as before."""
        super().focusOutEvent(event)
        self.update()

    def _draw_picture(self, painter: QPainter, box: QRectF) -> None:
        painter.setClipPath(rounded_path(box, RADIUS_NOTICE))
        look = (self.devicePixelRatioF(), theme.active().is_dark)
        if look != self._look:
            self._look = look
            QTimer.singleShot(0, self, self._make_picture)
        if self._picture is None:
            spot = QRectF(0, 0, box.width(), _PICTURE)
            painter.fillRect(spot, theme.color("canvas"))
        else:
            painter.drawPixmap(QPoint(0, 0), self._picture)

    def _make_picture(self) -> None:
        """Draw the picture after the window is on screen: it takes a while."""
        from segdesk.gui.pages.illustrations import draw_picture

        ratio = self.devicePixelRatioF()
        self._picture = draw_picture(self._drawing, self.width(), _PICTURE, ratio)
        self.update()


class RecentRow(QPushButton):
    """A place that was open lately.

    `removed` says that the user takes it off the list.

    Parameters
    ----------
    place
        What to show.
    request
        Asks for a thumbnail: path, and what takes (h, w, 3) RGB uint8 or None.
    """

    removed = Signal(str)

    def __init__(
        self,
        place: "RecentPlace",
        request: "Callable[[Path, Callable[[NDArray[np.uint8] | None], None]], None]",
    ) -> None:
        super().__init__()
        self.place = place
        self._thumbnail: QPixmap | None = None
        put(
            self.setAccessibleName,
            tr(
                "{name}, {count_words}", name=place.name, count_words=count_words(place)
            ),
        )
        put(self.setAccessibleDescription, place.path)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(ROW_HEIGHT)
        if place.first:
            request(Path(place.first), self._on_thumbnail)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter, take off the list with Delete."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key is Qt.Key.Key_Delete:
            self.removed.emit(self.place.path)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to take it off the list."""
        menu = Menu(self)
        row = menu.addAction(
            icons.icon("x", active_role="onFill"), tr("Remove from recent")
        )
        row.setProperty("shownKey", "Del")
        row.triggered.connect(self._on_remove_triggered)
        menu.fit_width()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put on the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        ring_off(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw thumbnail, name, path, count and time."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self.underMouse():
            painter.fillRect(box, theme.color("hover"))
        spot = QRectF(12, (box.height() - _THUMBNAIL.height()) / 2, 64, 45)
        self._draw_thumbnail(painter, spot)
        painter.setFont(theme.font("section"))
        painter.setPen(theme.color("text"))
        draw_elided(painter, QRectF(90, 9, box.width() - 400, 22), self.place.name)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text3"))
        path = QRectF(90, 31, box.width() - 400, 18)
        draw_elided(painter, path, self.place.path, Qt.TextElideMode.ElideMiddle)
        painter.setPen(theme.color("text2"))
        painter.setFont(theme.font("small", tabular=True))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        edge = box.adjusted(0, 9, -17, 0)
        painter.drawText(
            QRectF(edge.x(), 9, edge.width(), 22),
            right,
            shown(count_words(self.place)),
        )
        painter.setPen(theme.color("text3"))
        opened = when_words(self.place.opened, datetime.now().astimezone())
        painter.drawText(QRectF(edge.x(), 31, edge.width(), 18), right, shown(opened))

    def _draw_thumbnail(self, painter: QPainter, spot: QRectF) -> None:
        if self._thumbnail is None:
            rounded(painter, spot, RADIUS_SMALL, theme.color("raised"))
            middle = spot.center()
            mark = QRectF(middle.x() - 8, middle.y() - 8, 16, 16)
            icons.paint(painter, mark, "image", theme.color("text3"))
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(rounded_path(spot, RADIUS_SMALL))
        painter.drawPixmap(spot, self._thumbnail, QRectF(_cropped(self._thumbnail)))
        painter.restore()

    def _on_thumbnail(self, pixels: "NDArray[np.uint8] | None") -> None:
        if pixels is None:
            return
        height, width = pixels.shape[:2]
        image = QImage(
            pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888
        )
        self._thumbnail = QPixmap.fromImage(image)
        self.update()

    def _on_remove_triggered(self) -> None:
        self.removed.emit(self.place.path)


class Card(QWidget):
    """A surface with an edge, for rows and sentences."""

    def __init__(self) -> None:
        super().__init__()
        self._radius = RADIUS_NOTICE

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the surface."""
        del event
        fill, edge = theme.color("panel"), theme.color("line")
        rounded(QPainter(self), QRectF(self.rect()), self._radius, fill, edge)


def _cropped(picture_: QPixmap) -> QRect:
    """Return the middle of a picture in the shape of a thumbnail."""
    whole = picture_.rect()
    size = _THUMBNAIL.scaled(whole.size(), Qt.AspectRatioMode.KeepAspectRatio)
    part = QRect(QPoint(0, 0), size)
    part.moveCenter(whole.center())
    return part


def count_words(place: "RecentPlace") -> str:
    """Return how much a place holds, in words: "63 images", "221 frames"."""
    if is_video_name(Path(place.path)):
        return plural(place.images, "{n} frame", "{n:,} frames")
    return plural(place.images, "{n} image", "{n:,} images")


def when_words(opened: datetime, now: datetime) -> str:
    """Return when something was: "today 14:05", "yesterday", "18 Nov"."""
    local = opened.astimezone(now.tzinfo)
    days = (now.date() - local.date()).days
    if days <= 0:
        return tr("today {time:%H:%M}", time=local)
    if days == 1:
        return tr("yesterday")
    year = "" if local.year == now.year else f" {local.year}"
    month = QLocale.c().monthName(local.month, QLocale.FormatType.ShortFormat)
    return tr("{day} {month}{year}", day=local.day, month=month, year=year)
