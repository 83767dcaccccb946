"""Pixels that a tool would paint: filled in the colour of their class, ringed white."""

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage

from segdesk.app.tools.preview import MaskPreview
from segdesk.core.cv import load_cv2
from segdesk.core.geometry import Cover, Rect
from segdesk.core.overlay import Indices
from segdesk.core.sampling import nearest, part_of, shown_part
from segdesk.gui.qimage import coloured
from segdesk.gui.viewer.place import Place

_WIDE_PX, _LINE_PX, _HALO_PX = 2.4, 1.2, 1.0
_FILL_SHARE, _HALO_SHARE = 0.45, 0.7
_NOTHING, _FILL, _LINE, _HALO = range(4)
_CODES = np.zeros(256, np.uint8)
_CODES[:5] = (_NOTHING, _HALO, _LINE, _HALO, _FILL)


class MaskLayer:
    """Draws one mask for one pane.

    Parameters
    ----------
    is_filled
        Fill it in the colour of its class; else it is an outline.
    """

    def __init__(self, *, is_filled: bool = True) -> None:
        self._is_filled = is_filled
        self._mask: MaskPreview | None = None
        self._place: Place | None = None
        self._colour, self._wide = 0, False
        self._image = QImage()
        self._at = QPoint()

    def image(
        self,
        mask: MaskPreview,
        place: Place,
        rgb: tuple[int, int, int],
        *,
        wide: bool = False,
    ) -> tuple[QImage, QPoint]:
        """Return the mask, premultiplied, and its place in the pane, in device pixels.

        Parameters
        ----------
        rgb
            Colour of its class.
        wide
            Ring it as something that one click takes.
        """
        red, green, blue = rgb
        colour = red << 16 | green << 8 | blue
        kept = self._place
        if (
            mask is not self._mask
            or (colour, wide) != (self._colour, self._wide)
            or kept is None
            or not place.same_as(kept)
        ):
            self._mask, self._place = mask, place
            self._colour, self._wide = colour, wide
            self._draw(mask, place)
        return self._image, self._at

    def _draw(self, mask: MaskPreview, place: Place) -> None:
        self._image = QImage()
        if place.cover is None:
            return
        line_px = _WIDE_PX if self._wide else _LINE_PX
        line, halo = (max(1, round(px * place.ratio)) for px in (line_px, _HALO_PX))
        inside, at = _sampled(mask, place.cover, line + halo + 1)
        if not inside.size:
            return
        table = [0] * 4
        if self._is_filled:
            table[_FILL] = round(255 * _FILL_SHARE) << 24 | self._colour
        table[_LINE] = 0xFFFFFFFF
        table[_HALO] = round(255 * _HALO_SHARE) << 24
        self._image = coloured(_codes(inside, line, halo), table)
        self._at = QPoint(place.cover.x + at.x, place.cover.y + at.y)


def _sampled(mask: MaskPreview, cover: Cover, rim: int) -> tuple[Indices, Rect]:
    """Return the mask at screen size, a rim round it, and its place in the cover."""
    seen = shown_part(cover, mask.rect)
    around = seen.grown(rim).within(cover.size)
    inside = np.zeros((around.height, around.width), np.uint8)
    if seen.area:
        part = part_of(cover, seen)
        inner = Cover(
            part.x,
            part.y,
            (part.columns - mask.rect.x) // mask.step,
            (part.rows - mask.rect.y) // mask.step,
            part.anchor_x,
            part.anchor_y,
        )
        place = seen.moved(-around.x, -around.y)
        inside[place.slices] = nearest(mask.mask, inner) != 0
        if mask.labels is not None:
            inside[place.slices] &= nearest(mask.labels, part) == mask.class_index
    return inside, around


def _codes(inside: Indices, line: int, halo: int) -> Indices:
    cv2 = load_cv2()

    def disc(radius: int) -> Indices:
        size = 2 * radius + 1
        shape: Indices = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        return shape

    within_line = cv2.erode(inside, disc(line))
    within_halo = cv2.erode(inside, disc(line + halo))
    # Each lies in the next, so that their sum tells where a pixel is.
    depth = cv2.add(cv2.dilate(inside, disc(halo)), inside)
    depth = cv2.add(cv2.add(depth, within_line), within_halo)
    codes: Indices = cv2.LUT(depth, _CODES)
    return codes
