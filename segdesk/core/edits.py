"""Edits of a label map that can be taken back: packed tiles before and after."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.geometry import Rect, Size
from segdesk.core.tiles import pack_tile, size_of, tile_rect, tiles_under, unpack_tile

_NEVER = Rect(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class TileChange:
    """One tile before and after an edit.

    Parameters
    ----------
    row, column
        Place in the grid of tiles.
    before, after
        What `tiles.pack_tile` made.
    """

    row: int
    column: int
    before: bytes
    after: bytes

    def share(self, before: bytes) -> None:
        """Hold what is before by an equal value that somebody else holds already."""
        object.__setattr__(self, "before", before)


@dataclass(frozen=True, slots=True)
class RasterEdit:
    """A change of pixels of a label map.

    Parameters
    ----------
    rect
        The part of the image that it may have changed.
    tiles
        The tiles that differ.
    changed_px
        Number of pixels that differ.
    """

    rect: Rect
    tiles: tuple[TileChange, ...]
    changed_px: int

    @property
    def size_bytes(self) -> int:
        """Memory that it takes, about."""
        return sum(len(tile.before) + len(tile.after) + 160 for tile in self.tiles)

    def apply(self, labels: NDArray[np.uint8]) -> Rect:
        """Write the tiles as they are after the edit.

        Parameters
        ----------
        labels
            (H, W), changed in place.

        Returns
        -------
        dirty
            The part to paint again.
        """
        size = size_of(labels)
        for tile in self.tiles:
            part = tile_rect(tile.row, tile.column, size)
            unpack_tile(tile.after, labels[part.slices])
        return self.rect

    def revert(self, labels: NDArray[np.uint8]) -> Rect:
        """Write the tiles as they were before the edit.

        Parameters
        ----------
        labels
            (H, W), changed in place.

        Returns
        -------
        dirty
            The part to paint again.
        """
        size = size_of(labels)
        for tile in self.tiles:
            part = tile_rect(tile.row, tile.column, size)
            unpack_tile(tile.before, labels[part.slices])
        return self.rect


class EditRecorder:
    """Watches pixels being painted in place, and makes one edit of it in the end.

    `touch` what will be painted, paint, repeat, then `finish` or `rollback`. Memory
    and time follow the tiles that were touched, never the image.

    Parameters
    ----------
    labels
        (H, W), painted in place by the caller.
    """

    def __init__(self, labels: NDArray[np.uint8]) -> None:
        self._labels = labels
        self._size = size_of(labels)
        self._raw: dict[tuple[int, int], NDArray[np.uint8]] = {}
        self._packed: dict[tuple[int, int], bytes] = {}
        self._settled: dict[tuple[int, int], TileChange] = {}
        self._changed_px: dict[tuple[int, int], int] = {}
        self._rect = _NEVER
        self._turn = threading.Lock()

    @property
    def unpacked(self) -> int:
        """Number of tiles that `finish` has still to compare and to pack."""
        return len((self._raw.keys() | self._packed.keys()) - self._settled.keys())

    @property
    def rect(self) -> Rect:
        """Everything that was touched so far."""
        return self._rect

    def touch(self, rect: Rect) -> None:
        """Keep what lies under a rectangle, before it is painted."""
        rect = rect.within(self._size)
        self._rect = self._rect.joined(rect)
        for key in tiles_under(rect):
            self._settled.pop(key, None)
            if key not in self._raw and key not in self._packed:
                part = tile_rect(*key, self._size)
                self._raw[key] = self._labels[part.slices].copy()

    @property
    def raw(self) -> int:
        """Number of tiles that are kept as they are: 64 kB each."""
        return len(self._raw)

    def settle(self, away_from: Rect, budget_s: float = 0.003) -> bool:
        """Pack tiles, first those that the pen has left: `finish` has little to do.

        Parameters
        ----------
        away_from
            Where the pen is.
        budget_s
            Time after which the rest is left for the next call.

        Returns
        -------
        more
            There is a rest.
        """
        near = set(tiles_under(away_from.within(self._size)))
        enough = time.perf_counter() + budget_s
        for key in [key for key in self._raw if key not in near]:
            self._settle(key)
            if time.perf_counter() > enough:
                return True
        for key in self._raw:  # under the pen, what was there before will not change
            if key not in self._packed:
                self._packed[key] = pack_tile(self._raw[key])
                if time.perf_counter() > enough:
                    return True
        return False

    def finish(self) -> RasterEdit | None:
        """Return all that was painted as one edit; None when nothing changed.

        A worker may call it as long as nobody paints; another call waits for it and
        returns the same.
        """
        with self._turn:
            for key in [*self._raw, *self._packed]:
                if key not in self._settled:
                    self._settle(key)
        tiles = tuple(
            change
            for key, change in sorted(self._settled.items())
            if self._changed_px[key]
        )
        if not tiles:
            return None
        return RasterEdit(self._rect, tiles, sum(self._changed_px.values()))

    def rollback(self) -> Rect:
        """Put everything back as it was before the first touch, and begin anew.

        Returns
        -------
        dirty
            The part to paint again; empty when nothing was touched.
        """
        with self._turn:
            self._put_back()
            self._raw.clear()
            self._packed.clear()
            self._settled.clear()
            self._changed_px.clear()
        dirty, self._rect = self._rect, _NEVER
        return dirty

    def _put_back(self) -> None:
        for key, raw in self._raw.items():
            self._labels[tile_rect(*key, self._size).slices] = raw
        for key in self._packed.keys() - self._raw.keys():
            packed = self._packed[key]
            unpack_tile(packed, self._labels[tile_rect(*key, self._size).slices])

    def _settle(self, key: tuple[int, int]) -> None:
        now = self._labels[tile_rect(*key, self._size).slices]
        before = self._raw.pop(key, None)
        if before is None:
            before = np.empty_like(now, order="C")
            unpack_tile(self._packed[key], before)
        elif key not in self._packed:
            self._packed[key] = pack_tile(before)
        changed = changed_pixels(before, now)
        after = pack_tile(now) if changed else self._packed[key]
        self._changed_px[key] = changed
        self._settled[key] = TileChange(*key, self._packed[key], after)


def changed_pixels(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> int:
    """Return how many pixels of two label maps of the same size differ."""
    cv2 = load_cv2()
    return int(cv2.countNonZero(cv2.compare(before, after, cv2.CMP_NE)))


def plan_edit(
    labels: NDArray[np.uint8],
    rect: Rect,
    draw: Callable[[NDArray[np.uint8], Rect], None],
) -> RasterEdit | None:
    """Return the edit that a drawing would make, without touching the label map.

    Safe on a worker as long as nobody paints meanwhile: the document's revision tells.

    Parameters
    ----------
    labels
        (H, W), read only.
    rect
        Where the drawing may change pixels.
    draw
        Called for each tile with a copy of the tile's pixels in `rect`, (h, w), to be
        changed in place, and with the rectangle in the image that they cover.

    Returns
    -------
    edit
        Not applied yet; None when no pixel would change.
    """
    changes: list[TileChange] = []
    changed_px = 0
    dirty = _NEVER
    for key, whole, part in _parts(rect, size_of(labels)):
        before = labels[whole.slices]
        after = before.copy()
        draw(after[part.moved(-whole.x, -whole.y).slices], part)
        changed = changed_pixels(before, after)
        if changed:
            changes.append(TileChange(*key, pack_tile(before), pack_tile(after)))
            changed_px += changed
            dirty = dirty.joined(part)
    return RasterEdit(dirty, tuple(changes), changed_px) if changes else None


def _parts(rect: Rect, size: Size) -> Iterator[tuple[tuple[int, int], Rect, Rect]]:
    rect = rect.within(size)
    for key in tiles_under(rect):
        whole = tile_rect(*key, size)
        yield key, whole, rect.shared(whole)


def plan_mask(
    labels: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    rect: Rect,
    value: int,
    allowed: NDArray[np.bool_],
) -> RasterEdit | None:
    """Return the edit that paints one class into a mask.

    Parameters
    ----------
    labels
        (H, W), read only.
    mask
        (h, w), not 0 where to paint.
    rect
        The place of the mask in the image, of the mask's size; may stick out.
    value
        Class to paint.
    allowed
        (256,), what `PaintRule.allows` returned.
    """
    cv2 = load_cv2()
    table = np.where(allowed, np.uint8(value), np.arange(256, dtype=np.uint8))

    def draw(pixels: NDArray[np.uint8], part: Rect) -> None:
        inside = mask[part.moved(-rect.x, -rect.y).slices]
        cv2.copyTo(cv2.LUT(pixels, table), inside, pixels)

    return plan_edit(labels, rect, draw)


def plan_labels(
    labels: NDArray[np.uint8],
    wanted: NDArray[np.uint8],
    rect: Rect,
    mask: NDArray[np.bool_] | None = None,
) -> RasterEdit | None:
    """Return the edit that writes other labels, pixel by pixel.

    Parameters
    ----------
    labels
        (H, W), read only.
    wanted
        (h, w), the labels to write.
    rect
        Their place in the image, of the same size; may stick out.
    mask
        (h, w), where to write; None: everywhere.
    """

    def draw(pixels: NDArray[np.uint8], part: Rect) -> None:
        place = part.moved(-rect.x, -rect.y).slices
        np.copyto(pixels, wanted[place], where=True if mask is None else mask[place])

    return plan_edit(labels, rect, draw)
