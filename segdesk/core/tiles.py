"""Square tiles of a label map, packed small enough to keep thousands of them."""

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.geometry import Rect, Size

TILE = 256
_MOST_RUNS = 8000
_ALIKE = tuple(bytes((value,)) for value in range(256))
_WINDOW_BITS = 12  # runs of a tile are few: less to set up
_IN_RUNS = b"r"  # zlib begins with another byte


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

    The rest is written as runs: regions have few of them, and numpy finds them in less
    time than zlib needs for the pixels. From row to row they change little, so what is
    packed in the end is how each differs from the last but one. Noise, of many runs,
    goes through zlib as it is.

    Parameters
    ----------
    tile
        (h, w), at most `TILE` by `TILE`.
    """
    low, high, _, _ = load_cv2().minMaxLoc(tile)
    if low == high:
        return _ALIKE[int(low)]
    flat = tile.reshape(-1)
    ends = np.flatnonzero(flat[1:] != flat[:-1])
    if ends.size < _MOST_RUNS:
        packer = zlib.compressobj(1, zlib.DEFLATED, -_WINDOW_BITS, 4)
        return _IN_RUNS + packer.compress(_runs(flat, ends)) + packer.flush()
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

    Raises
    ------
    ValueError, zlib.error
        When it is no packed tile of this size.
    """
    if len(packed) == 1:
        target[...] = packed[0]
        return
    if packed.startswith(_IN_RUNS):
        pixels = _pixels(zlib.decompress(packed[1:], -_WINDOW_BITS))
    else:
        pixels = np.frombuffer(zlib.decompress(packed), np.uint8)
    target[...] = pixels.reshape(target.shape)


def _runs(flat: NDArray[np.uint8], ends: NDArray[np.intp]) -> bytes:
    """Return (3, n) bytes: low and high byte of the lengths, values; as differences.

    Parameters
    ----------
    ends
        Last pixel of every run but the last one.
    """
    bounds = np.empty(ends.size + 2, np.intp)
    bounds[0], bounds[1:-1], bounds[-1] = -1, ends, flat.size - 1
    lengths = bounds[1:] - bounds[:-1]
    planes = np.empty((3, lengths.size), np.uint8)
    planes[0], planes[1], planes[2] = lengths & 255, lengths >> 8, flat[bounds[1:]]
    planes[:, 2:] -= planes[:, :-2].copy()
    return planes.tobytes()


def _pixels(runs: bytes) -> NDArray[np.uint8]:
    """Return the pixels that `_runs` told of."""
    planes = np.frombuffer(runs, np.uint8).reshape(3, -1).copy()
    for start in (0, 1):
        turn = planes[:, start::2]
        np.cumsum(turn, axis=1, dtype=np.uint8, out=turn)
    lengths = planes[0] + (planes[1].astype(np.intp) << 8)
    return np.repeat(planes[2], lengths)


class SparseMask:
    """A mask of a large image that takes memory only where something is in it.

    Parameters
    ----------
    size
        Of the image.
    """

    def __init__(self, size: Size) -> None:
        self._size = size
        self._tiles: dict[tuple[int, int], NDArray[np.uint8]] = {}

    def add(self, mask: NDArray[np.uint8], rect: Rect) -> None:
        """Add pixels.

        Parameters
        ----------
        mask
            (h, w), 1 where to add.
        rect
            Its place, inside the image.
        """
        for key in tiles_under(rect):
            here, there = self._overlap(key, rect)
            tile = self._tiles.get(key)
            if tile is None:
                tile = self._tiles[key] = np.zeros((TILE, TILE), np.uint8)
            np.maximum(tile[here], mask[there], out=tile[here])

    def crop(self, rect: Rect) -> NDArray[np.uint8]:
        """Return (h, w) uint8, 1 where pixels were added."""
        mask = np.zeros((rect.height, rect.width), np.uint8)
        for key in tiles_under(rect):
            tile = self._tiles.get(key)
            if tile is not None:
                here, there = self._overlap(key, rect)
                mask[there] = tile[here]
        return mask

    def _overlap(
        self, key: tuple[int, int], rect: Rect
    ) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        whole = tile_rect(*key, self._size)
        part = rect.shared(whole)
        here = part.moved(-whole.x, -whole.y).slices
        return here, part.moved(-rect.x, -rect.y).slices
