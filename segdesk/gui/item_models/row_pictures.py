"""Rows that were painted once, kept as pictures."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap

from segdesk.gui import theme

_SEEN = 40
_KEPT_PX = 4_000_000  # of all pictures together, 4 bytes each


class RowPictures:
    """Draws rows again without laying out their texts again.

    A row is painted when something on it is another, or when it was not seen for a
    while. Its picture is made at the second sight, because many rows only rush past;
    from then on it is copied.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, QPixmap] = OrderedDict()
        self._seen: OrderedDict[Hashable, None] = OrderedDict()
        self._size_px = 0

    def draw(
        self,
        painter: QPainter,
        rect: QRect,
        shown: Hashable,
        paint: Callable[[QPainter], None],
    ) -> None:
        """Draw a row.

        Parameters
        ----------
        rect
            Its place.
        shown
            All that its looks depend on, but for its size and the theme.
        paint
            Paints it, in the coordinates of `rect`.
        """
        ratio = painter.device().devicePixelRatio()
        now = theme.active()
        width, height = rect.width(), rect.height()
        key = (shown, width, height, ratio, now.is_dark, now.text_scale)
        picture = self._kept.get(key)
        if picture is None and key not in self._seen:
            self._seen[key] = None
            if len(self._seen) > _SEEN:
                self._seen.popitem(last=False)
            paint(painter)
            return
        if picture is None:
            picture = QPixmap(round(width * ratio), round(height * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(theme.color("panel"))
            inside = QPainter(picture)
            inside.translate(-rect.topLeft())
            paint(inside)
            inside.end()
            self._keep(key, picture)
        else:
            self._kept.move_to_end(key)
        painter.drawPixmap(rect.topLeft(), picture)

    def _keep(self, key: Hashable, picture: QPixmap) -> None:
        self._kept[key] = picture
        self._size_px += _pixels(picture)
        while self._size_px > _KEPT_PX and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._size_px -= _pixels(dropped)


def _pixels(picture: QPixmap) -> int:
    return picture.width() * picture.height()
