"""Square tiles of a label map, packed small enough to keep thousands of them."""

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.geometry import Rect, Size

TILE = 256


def tiles_under(rect: Rect) -> Iterator[tuple[int, int]]:
    """Yield (row, column) of every tile that a rectangle touches."""
    if not rect.area:
        return
    for row in range(rect.y // TILE, (rect.bottom - 1) // TILE + 1):
        for column in range(rect.x // TILE, (rect.right - 1) // TILE + 1):
            yield row, column


def tile_rect(row: int, column: int, size: Size) -> Rect:
    """Return the pixels of a tile; those at the right and the bottom may be less."""
    return Rect(column * TILE, row * TILE, TILE, TILE).within(size)


def size_of(labels: NDArray[np.uint8]) -> Size:
    """Return the width and height of a label map.

    Parameters
    ----------
    labels
        (H, W).
    """
    return Size(int(labels.shape[1]), int(labels.shape[0]))


def pack_tile(tile: NDArray[np.uint8]) -> bytes:
    """Return a tile as bytes: one byte where all its pixels are alike.

    The rest goes through zlib's run-length strategy, which packs label maps tighter
    than its default and as fast.

    Parameters
    ----------
    tile
        (h, w), at most `TILE` by `TILE`.
    """
    low, high, _, _ = load_cv2().minMaxLoc(tile)
    if low == high:
        return bytes((int(low),))
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    return packer.compress(tile.tobytes()) + packer.flush()


def unpack_tile(packed: bytes, target: NDArray[np.uint8]) -> None:
    """Write a packed tile.

    Parameters
    ----------
    packed
        What `pack_tile` made.
    target
        (h, w) of the same size as the tile, written in place.
    """
    if len(packed) == 1:
        target[...] = packed[0]
        return
    target[...] = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(target.shape)
