"""Arrays as Qt images, without a copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from segdesk.core.cv import load_cv2
from segdesk.core.geometry import Rect

_PREMULTIPLIED = QImage.Format.Format_ARGB32_Premultiplied
_OPAQUE = QImage.Format.Format_RGB32


@dataclass(frozen=True, slots=True, eq=False)
class ArrayImage:
    """A Qt image over an array's memory, and the array that must live as long.

    A copy of `image` shares the memory; keep this value for as long as one is used.
    """

    image: QImage
    array: NDArray[Any]


def rgb_image(pixels: NDArray[np.uint8]) -> ArrayImage:
    """Return RGB pixels as an image over their memory.

    Parameters
    ----------
    pixels
        (H, W, 3) RGB; rows may be apart, as those of a part of a picture.
    """
    height, width = pixels.shape[:2]
    if not pixels.size or pixels.strides[1:] != (3, 1) or pixels.strides[0] < 3 * width:
        pixels = np.ascontiguousarray(pixels)
    apart = pixels.strides[0]
    flat = as_strided(
        pixels, (apart * (height - 1) + 3 * width,), (1,), writeable=False
    )
    image = QImage(flat.data, width, height, apart, QImage.Format.Format_RGB888)
    return ArrayImage(image, pixels)


def indexed_image(indices: NDArray[np.uint8], table: Sequence[int]) -> ArrayImage:
    """Return indices with their colours as an image over their memory.

    Parameters
    ----------
    indices
        (H, W).
    table
        Up to 256 colours, 0xAARRGGBB.
    """
    indices = np.ascontiguousarray(indices)
    height, width = indices.shape
    image = QImage(indices.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(table)
    return ArrayImage(image, indices)


def coloured(indices: NDArray[np.uint8], table: Sequence[int]) -> QImage:
    """Return indices in their colours, premultiplied, ready to be painted."""
    source = indexed_image(indices, table)  # holds the memory while it is read
    return source.image.convertToFormat(_PREMULTIPLIED)


class Coloured:
    """Indices in their colours, premultiplied, and changed in place.

    Parameters
    ----------
    indices
        (H, W).
    table
        256 colours, 0xAARRGGBB.

    Attributes
    ----------
    image
        The picture; it looks as whatever was written last.
    """

    def __init__(self, indices: NDArray[np.uint8], table: Sequence[int]) -> None:
        height, width = indices.shape
        self._pixels = np.empty((height, width), np.int32)
        load_cv2().LUT(indices, _premultiplied(tuple(table)), self._pixels)
        self.image = QImage(self._pixels.data, width, height, 4 * width, _PREMULTIPLIED)

    def write(self, indices: NDArray[np.uint8], at: Rect, table: Sequence[int]) -> None:
        """Show other indices in one part."""
        part = self._pixels[at.slices]
        load_cv2().LUT(indices, _premultiplied(tuple(table)), part)


@lru_cache(maxsize=16)
def _premultiplied(table: tuple[int, ...]) -> NDArray[np.int32]:
    """Return (1, 256) colours as OpenCV looks them up, premultiplied as Qt does it."""
    colours = np.array(table, np.uint32)
    alpha = colours >> 24
    pixels = alpha << 24
    for shift in (0, 8, 16):
        part = ((colours >> shift) & 255) * alpha
        pixels |= ((part + (part >> 8) + 128) >> 8) << shift
    return pixels.view(np.int32).reshape(1, -1)


def opaque(source: ArrayImage) -> QImage:
    """Return a copy in the format of the screen, which is painted fastest."""
    return source.image.convertToFormat(_OPAQUE)


def enlarged(
    image: QImage, columns: NDArray[np.intp], rows: NDArray[np.intp]
) -> ArrayImage:
    """Return an opaque 32-bit image with its columns and rows picked or repeated."""
    height, width = image.height(), image.width()
    words = np.frombuffer(image.constBits(), np.uint32).reshape(height, width)
    words = words.take(columns, axis=1, mode="clip").take(rows, axis=0, mode="clip")
    return ArrayImage(
        QImage(words.data, columns.size, rows.size, columns.size * 4, _OPAQUE), words
    )
