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
        self._kept: OrderedDict[Hashable, tuple[Hashable, QPixmap]] = OrderedDict()
        self._seen: OrderedDict[Hashable, Hashable] = OrderedDict()
        self._size_px = 0

    def draw(
        self,
        painter: QPainter,
        rect: QRect,
        shown: tuple[Hashable, Hashable],
        paint: Callable[[QPainter], None],
    ) -> None:
        """Draw a row.

        Parameters
        ----------
        rect
            Its place.
        shown
            Which row it is, quick to look up, and all that its looks depend on but for
            its size and the theme.
        paint
            Paints it, in the coordinates of `rect`.
        """
        ratio = painter.device().devicePixelRatio()
        now = theme.active()
        width, height = rect.width(), rect.height()
        name, look = shown
        looks = (look, width, height, ratio, now.is_dark, now.text_scale)
        kept_looks, picture = self._kept.get(name, (None, None))
        if picture is None or kept_looks != looks:
            if self._seen.get(name) != looks:
                self._seen[name] = looks
                if len(self._seen) > _SEEN:
                    self._seen.popitem(last=False)
                paint(painter)
                return
            picture = QPixmap(round(width * ratio), round(height * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(theme.color("panel"))
            inside = QPainter(picture)
            inside.translate(-rect.topLeft())
            paint(inside)
            inside.end()
            self._keep(name, looks, picture)
        else:
            self._kept.move_to_end(name)
        painter.drawPixmap(rect.topLeft(), picture)

    def _keep(self, name: Hashable, looks: Hashable, picture: QPixmap) -> None:
        if name in self._kept:
            self._size_px -= _pixels(self._kept.pop(name)[1])
        self._kept[name] = looks, picture
        self._size_px += _pixels(picture)
        while self._size_px > _KEPT_PX and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._size_px -= _pixels(dropped)


def _pixels(picture: QPixmap) -> int:
    return picture.width() * picture.height()
