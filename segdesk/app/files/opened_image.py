"""An image as the viewer wants it: pixels and their smaller copies."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.freed_memory import hand_back
from segdesk.core.image_view import AS_STORED, ImageView
from segdesk.core.imaging import LoadedImage, read_image
from segdesk.core.mapped import let_go
from segdesk.core.paths import mapped_images_dir
from segdesk.core.pyramid import Pyramid

_SHOWN_BANDS, _SHOWN_BITS = 3, 8


@dataclass(frozen=True, slots=True)
class OpenedImage:
    """A decoded image with a pyramid for smooth drawing below 100 %.

    Parameters
    ----------
    loaded
        The image and what was converted while it was read.
    pyramid
        Its level 0 is the image itself.
    view
        The bands and the stretch it was read with.
    """

    loaded: LoadedImage
    pyramid: Pyramid
    view: ImageView = AS_STORED

    @property
    def path(self) -> Path:
        """The file."""
        return self.loaded.path

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """(H, W, 3) RGB uint8."""
        return self.pyramid.pixels

    @property
    def has_views(self) -> bool:
        """Whether it can be shown in more ways than one: many bands, wide numbers."""
        loaded = self.loaded
        many = loaded.format == "TIFF" and loaded.bands > _SHOWN_BANDS
        return many or loaded.bit_depth > _SHOWN_BITS

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])


def open_image(
    path: Path,
    view: ImageView = AS_STORED,
    tell: Callable[[float], None] = lambda _share: None,
) -> OpenedImage:
    """Read an image and build its pyramid. Slow: call it on a worker.

    The pixels of a large image lie in a file of the cache folder; see
    `segdesk.core.mapped`.

    Parameters
    ----------
    tell
        Takes how much is read, 0-1, of a large TIFF; may raise to stop.

    Raises
    ------
    ImageReadError
        When the file cannot be read; it says why.
    StorageError
        When the cache folder has no room for a large image.
    """
    loaded = read_image(path, view, mapped_in=mapped_images_dir(), tell=tell)
    opened = OpenedImage(loaded, Pyramid(loaded.pixels), view)
    let_go(loaded.pixels)
    hand_back(loaded.pixels.nbytes)
    return opened
