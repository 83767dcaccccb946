"""Small pictures of the entries of the queue. Slow: workers make them."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.errors import SegDeskError
from segdesk.core.geometry import Rect

if TYPE_CHECKING:
    from segdesk.app.review.entry import ReviewEntry

SIZE = (104, 88)  # twice what a row shows, for fine screens
_OPACITY = 0.42
_ROOM = 0.15  # round a region, of its side

Pixels = NDArray[np.uint8]


def picture_of(
    entry: "ReviewEntry", out_dir: Path, classes: ClassList
) -> Pixels | None:
    """Return what an entry shows, with the proposal over it; None: it is gone.

    Returns
    -------
    picture
        (h, w, 3), RGB, of `SIZE`.
    """
    from segdesk.core.cv import load_cv2
    from segdesk.core.imaging import read_image
    from segdesk.core.render import overlay
    from segdesk.formats.outputs import output_path
    from segdesk.formats.png_mask import read_mask

    try:
        image = read_image(entry.path).pixels
        labels = read_mask(output_path(out_dir, "mask", entry.name))
    except (SegDeskError, OSError):
        return None
    if labels.shape != image.shape[:2]:
        return None
    box = _framed(entry.box, labels.shape[1], labels.shape[0])
    place = np.s_[box.y : box.bottom, box.x : box.right]
    cv2 = load_cv2()
    pixels = cv2.resize(
        np.ascontiguousarray(image[place]), SIZE, interpolation=cv2.INTER_AREA
    )
    seen = cv2.resize(
        np.ascontiguousarray(labels[place]), SIZE, interpolation=cv2.INTER_NEAREST
    )
    background = classes.background_index
    hidden = () if background is None else (background,)
    return overlay(pixels, seen, classes, _OPACITY, hidden)


def _framed(box: Rect, width: int, height: int) -> Rect:
    """Return a part of the image round a box, in the shape of the picture."""
    room = 1 + 2 * _ROOM if box.width < width or box.height < height else 1.0
    wide, high = box.width * room, box.height * room
    shape = SIZE[0] / SIZE[1]
    wide, high = max(wide, high * shape), max(high, wide / shape)
    shrink = min(1.0, width / wide, height / high)
    across, down = max(1, int(wide * shrink)), max(1, int(high * shrink))
    x = round(box.x + box.width / 2 - across / 2)
    y = round(box.y + box.height / 2 - down / 2)
    return Rect(
        min(max(0, x), width - across), min(max(0, y), height - down), across, down
    )
