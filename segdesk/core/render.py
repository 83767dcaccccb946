"""Pictures of a prediction for files: overlay, side by side, confidence."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.label_map import colour_table

_GAP_PX = 8


def overlay(
    pixels: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    classes: ClassList,
    opacity: float = 0.5,
    hidden: Collection[int] = (),
) -> NDArray[np.uint8]:
    """Lay the colours of the classes over an image.

    The window never calls this: it draws the label map through a colour table.

    Parameters
    ----------
    pixels
        (H, W, 3), RGB.
    labels
        (H, W), class index of each pixel; what is no class stays as it is.
    opacity
        0 shows the image alone, 1 the colours alone.
    hidden
        Class indices that are not painted.

    Returns
    -------
    picture
        (H, W, 3), RGB.
    """
    cv2 = load_cv2()
    colours, shown = colour_table(classes, hidden)
    triple = cv2.cvtColor(labels, cv2.COLOR_GRAY2RGB)
    painted = cv2.LUT(triple, colours.reshape(1, 256, 3))
    cv2.addWeighted(pixels, 1.0 - opacity, painted, opacity, 0.0, dst=painted)
    kept = cv2.LUT(labels, (~shown).astype(np.uint8))
    picture: NDArray[np.uint8] = cv2.copyTo(pixels, kept, painted)
    return picture


def side_by_side(
    left: NDArray[np.uint8], right: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Put two pictures of one height beside each other, with a white gap.

    Parameters
    ----------
    left, right
        (H, W, 3) each, RGB.
    """
    gap = np.full((left.shape[0], _GAP_PX, 3), 255, np.uint8)
    return np.concatenate((left, gap, right), axis=1)


def confidence_colours() -> NDArray[np.uint8]:
    """Return the colour of each confidence: inferno, bright where the model is unsure.

    Returns
    -------
    table
        (256, 3), RGB; row = confidence, 0-255 for 0-1.
    """
    cv2 = load_cv2()
    ramp = np.arange(255, -1, -1, dtype=np.uint8)[None]
    table: NDArray[np.uint8] = cv2.applyColorMap(ramp, cv2.COLORMAP_INFERNO)[0, :, ::-1]
    return np.ascontiguousarray(table)


def encode_jpeg(pixels: NDArray[np.uint8], quality: int = 92) -> bytes:
    """Return a picture as the bytes of a JPEG.

    Parameters
    ----------
    pixels
        (H, W, 3), RGB; at most 65,500 on a side, as the format demands.
    quality
        1-100.
    """
    cv2 = load_cv2()
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    encoded: bytes = data.tobytes()
    return encoded
