"""What an edit would change, before it is done."""

import numpy as np
from numpy.typing import NDArray

from segdesk.core.edits import RasterEdit, TileChange
from segdesk.core.flood import NOTHING, Patch, trimmed
from segdesk.core.geometry import Rect, Size
from segdesk.core.tiles import tile_rect, unpack_tile


def changed_patch(edit: RasterEdit, size: Size) -> Patch:
    """Return the pixels that an edit changes.

    Parameters
    ----------
    size
        Of the image.
    """
    around = Rect(0, 0, 0, 0)
    for tile in edit.tiles:
        around = around.joined(tile_rect(tile.row, tile.column, size))
    if not around.area:
        return NOTHING
    mask = np.zeros((around.height, around.width), np.uint8)
    for tile in edit.tiles:
        part = tile_rect(tile.row, tile.column, size)
        mask[part.moved(-around.x, -around.y).slices] = _changed(tile, part)
    return trimmed(mask, around)


def _changed(tile: TileChange, part: Rect) -> NDArray[np.bool_]:
    before = np.empty((part.height, part.width), np.uint8)
    after = np.empty_like(before)
    unpack_tile(tile.before, before)
    unpack_tile(tile.after, after)
    changed: NDArray[np.bool_] = before != after
    return changed
