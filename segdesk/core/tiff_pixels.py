"""TIFF files that Pillow does not read, or not within memory: piece by piece.

BigTIFF, tiles, any number of bands, numbers of any kind. tifffile finds and decodes
the pieces; never more than some of them are in memory. Those that come next are decoded
on other cores meanwhile.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_MIN_IS_WHITE, _PALETTE, _CMYK, _CIELAB = 0, 3, 5, 8
_MAX_SAMPLE = 1 << 20
# Pieces that are decoded at once, where none is larger than this.
_MOST_THREADS = 4
_AHEAD_BYTES = 32_000_000

_Segment = tuple[int, slice, slice, NDArray[np.generic]]


class TiffPixels:
    """The first page of an open TIFF.

    Parameters
    ----------
    file
        Its bytes, at any position; stays open.

    Attributes
    ----------
    size
        (width, height) in pixels, as stored.
    bands
        Number of bands; a palette's three colours count.
    dtype
        Of one value.
    frames
        Number of pages.
    orientation
        As EXIF's, 1 (upright) to 8.
    told
        Takes the pixels of each piece when it was used; may raise to stop.

    Raises
    ------
    ValueError
        It is no TIFF whose pixels can be read.
    """

    def __init__(self, file: BinaryIO) -> None:
        from tifffile import TiffFile

        file.seek(0)
        self.told: Callable[[int], None] = lambda _pixels: None
        self._file = TiffFile(file)
        page: Any = self._file.pages[0]
        self._page = page
        self.size = (int(page.imagewidth), int(page.imagelength))
        self.frames = len(self._file.pages)
        turned = page.tags.valueof("Orientation", 1)
        self.orientation = turned if turned in range(1, 9) else 1
        self._colours = _palette(page)
        self.bands = 3 if self._colours is not None else int(page.samplesperpixel)
        if page.dtype is None or page.photometric in {_CMYK, _CIELAB}:
            msg = f"TIFF of {page.photometric!s}, {page.bitspersample} bits"
            raise ValueError(msg)
        self.dtype: np.dtype[np.generic] = np.dtype(
            np.uint8 if self._colours is not None else page.dtype
        )

    def pieces(
        self, bands: Sequence[int]
    ) -> Iterator[tuple[slice, slice, NDArray[np.generic]]]:
        """Yield rows, columns and (h, w, n) values of each piece.

        Parameters
        ----------
        bands
            Which ones, in that order.
        """
        if self._page.planarconfig == 2 and self._page.samplesperpixel > 1:
            yield from self._of_planes(bands)
            return
        for _, rows, columns, values in self._segments(None):
            piece = self._coloured(values)
            if tuple(bands) != tuple(range(piece.shape[2])):
                piece = piece[:, :, list(bands)]
            yield rows, columns, piece
            self.told(values.shape[0] * values.shape[1])

    def _of_planes(
        self, bands: Sequence[int]
    ) -> Iterator[tuple[slice, slice, NDArray[np.generic]]]:
        """Yield pieces of a file that keeps band after band."""
        by_band = [self._segments(band) for band in bands]
        for pieces in zip(*by_band, strict=True):
            _, rows, columns, _ = pieces[0]
            values = np.concatenate([one[3] for one in pieces], axis=2)
            yield rows, columns, values
            self.told(values.shape[0] * values.shape[1])

    def _segments(self, band: int | None) -> Iterator[_Segment]:
        """Yield band, rows, columns and values of stored segments, in their order."""
        page = self._page
        each = len(page.dataoffsets)
        if band is not None:
            each //= page.samplesperpixel
        first = 0 if band is None else band * each
        width, height = self.size
        whole = width * height * (1 if band is not None else self.bands)
        piece_bytes = whole * self.dtype.itemsize // max(1, each)
        threads = min(_MOST_THREADS, os.cpu_count() or 1)
        if piece_bytes > _AHEAD_BYTES or each < threads:
            threads = 0
        waiting: deque[Future[_Segment]] = deque()
        pool = ThreadPoolExecutor(max(1, threads), "tiff")
        try:
            for index in range(first, first + each):
                data = self._stored(index)
                if not threads:
                    yield self._decoded(data, index)
                    continue
                waiting.append(pool.submit(self._decoded, data, index))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _stored(self, index: int) -> bytes | None:
        """Return the bytes of a segment; None: it is blank."""
        count = self._page.databytecounts[index]
        if not count:
            return None
        handle = self._file.filehandle
        handle.seek(self._page.dataoffsets[index])
        data: bytes = handle.read(count)
        if len(data) < count:
            msg = "truncated"
            raise ValueError(msg)
        return data

    def _decoded(self, data: bytes | None, index: int) -> _Segment:
        page = self._page
        tables = {"jpegtables": page.jpegtables} if page.jpegtables else {}
        try:
            values, place, shape = page.decode(data, index, **tables)
        except RuntimeError as error:  # as imagecodecs' own errors are
            raise ValueError(str(error)) from error
        # Tiles at the right and the bottom reach past the image.
        height = min(int(shape[1]), self.size[1] - place[2])
        width = min(int(shape[2]), self.size[0] - place[3])
        if values is None:
            blank = page.nodata or 0
            values = np.full((1, height, width, shape[3]), blank, page.dtype)
        rows = slice(place[2], place[2] + height)
        columns = slice(place[3], place[3] + width)
        return int(place[0]), rows, columns, values[0, :height, :width]

    def _coloured(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        if self._colours is not None:
            coloured: NDArray[np.generic] = self._colours[values[:, :, 0]]
            return coloured
        if self._page.photometric == _MIN_IS_WHITE and values.dtype.kind == "u":
            inverted: NDArray[np.generic] = np.bitwise_not(values)
            return inverted
        return values

    def small(self, bands: Sequence[int], side_px: int) -> NDArray[np.generic]:
        """Return (h, w, n) of the pixels on an even grid, as stored.

        Parameters
        ----------
        bands
            Which ones, in that order.
        side_px
            About how long the longer side becomes; a smaller image keeps its own.
        """
        width, height = self.size
        step = max(1, max(width, height) // side_px)
        shape = -(-height // step), -(-width // step), len(bands)
        grid = np.zeros(shape, self.dtype)
        for rows, columns, values in self.pieces(bands):
            top, left = -rows.start % step, -columns.start % step
            part = values[top::step, left::step]
            y, x = (rows.start + top) // step, (columns.start + left) // step
            grid[y : y + part.shape[0], x : x + part.shape[1]] = part
        return grid

    def sample(self, bands: Sequence[int]) -> NDArray[np.generic]:
        """Return (n, bands): about a million values, spread evenly over the image."""
        width, height = self.size
        step = max(1, int((width * height * len(bands) / _MAX_SAMPLE) ** 0.5))
        parts = []
        for rows, columns, values in self.pieces(bands):
            top, left = -rows.start % step, -columns.start % step
            parts.append(values[top::step, left::step].reshape(-1, len(bands)))
        return np.concatenate(parts)


def _palette(page: Any) -> NDArray[np.uint8] | None:  # noqa: ANN401 - no types there
    """Return (n, 3) RGB of a palette."""
    if page.photometric != _PALETTE or page.colormap is None:
        return None
    colours: NDArray[np.uint8] = (np.asarray(page.colormap).T >> 8).astype(np.uint8)
    return colours
