"""A label map as a TIFF that lies on the earth where its image does.

The tags that place a GeoTIFF are copied as they are; no library for maps is needed.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.image_source import opened
from segdesk.core.label_map import colour_table

# Pixel scale, tie points, transformation, the three of the coordinate system.
_PLACES = (33550, 33922, 34264, 34735, 34736, 34737)
_TILE = 256
_IS_ASCII = 2

Tag = tuple[int, int, int, Any, bool]


def place_tags(path: Path) -> tuple[Tag, ...]:
    """Return the tags that say where on the earth an image lies.

    Returns
    -------
    tags
        Code, type, count, value of each; empty where the file is no GeoTIFF.

    Raises
    ------
    ImageReadError
        When the file cannot be opened.
    """
    with opened(path) as source:
        if source.format != "TIFF":
            return ()
    from tifffile import TiffFile

    with TiffFile(path) as tiff:
        page: Any = tiff.pages[0]
        found = page.tags
        tags = [found.get(code) for code in _PLACES]
        return tuple(
            (tag.code, int(tag.dtype), tag.count, tag.value, True)
            for tag in tags
            if tag is not None
        )


def encode_geotiff(
    labels: NDArray[np.uint8], classes: ClassList, place: tuple[Tag, ...] = ()
) -> bytes:
    """Return a label map as the bytes of a tiled TIFF with a palette.

    Parameters
    ----------
    labels
        (H, W), class index of each pixel.
    classes
        Give the palette.
    place
        From `place_tags` of its image.
    """
    from tifffile import imwrite

    colours, _ = colour_table(classes)
    file = BytesIO()
    imwrite(
        file,
        labels,
        photometric="palette",
        colormap=colours.T.astype(np.uint16) * 257,
        tile=(_TILE, _TILE),
        compression="zlib",
        predictor=False,
        extratags=[
            (code, kind, 0 if kind == _IS_ASCII else count, value, once)
            for code, kind, count, value, once in place
        ],
        metadata=None,
    )
    return file.getvalue()
