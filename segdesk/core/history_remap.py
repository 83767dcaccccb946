"""Steps of a history under other class indices, so that undo survives the change."""

from dataclasses import replace

import numpy as np

from segdesk.core.class_remap import ClassRemap
from segdesk.core.cv import load_cv2
from segdesk.core.edits import RasterEdit, TileChange, changed_pixels
from segdesk.core.geometry import Size
from segdesk.core.history import ShapeEdit, Step
from segdesk.core.shape_edits import packed, unpacked
from segdesk.core.shapes import Shape
from segdesk.core.tiles import pack_tile, tile_rect, unpack_tile


class StepRemap:
    """Gives the pixels and shapes of steps the indices that a change of classes says.

    Each step leads from the labels before it to those after it, both changed in the
    same way, so that a history still fits the annotation it belongs to.

    Parameters
    ----------
    size
        Of the image.
    """

    def __init__(self, remap: ClassRemap, size: Size) -> None:
        self._remap = remap
        self._table = remap.table
        self._size = size
        self._known: dict[tuple[int, int, bytes], bytes] = {}

    def __call__(self, step: Step) -> Step:
        """Return a step under the new indices. Slow: call it on a worker."""
        index = step.class_index
        edits = tuple(
            self._pixels(edit) if isinstance(edit, RasterEdit) else self.shapes(edit)
            for edit in step.edits
        )
        at = None if index is None else self._remap.new_of[index]
        return replace(step, class_index=at, edits=edits)

    def _pixels(self, edit: RasterEdit) -> RasterEdit:
        tiles = tuple(
            TileChange(
                tile.row, tile.column, self._tile(tile, tile.before), self._after(tile)
            )
            for tile in edit.tiles
        )
        changed = sum(self._changed(tile) for tile in tiles)
        return RasterEdit(edit.rect, tiles, changed)

    def _after(self, tile: TileChange) -> bytes:
        return self._tile(tile, tile.after)

    def _tile(self, tile: TileChange, data: bytes) -> bytes:
        if len(data) == 1:
            return bytes((int(self._table[data[0]]),))
        key = tile.row, tile.column, data
        if key not in self._known:
            pixels = self._unpacked(tile, data)
            self._known[key] = pack_tile(load_cv2().LUT(pixels, self._table))
        return self._known[key]

    def _changed(self, tile: TileChange) -> int:
        if tile.before == tile.after:
            return 0
        before, after = (
            self._unpacked(tile, tile.before),
            self._unpacked(tile, tile.after),
        )
        return changed_pixels(before, after)

    def _unpacked(self, tile: TileChange, data: bytes) -> np.ndarray:
        part = tile_rect(tile.row, tile.column, self._size)
        pixels = np.empty((part.height, part.width), np.uint8)
        unpack_tile(data, pixels)
        return pixels

    def shapes(self, edit: ShapeEdit) -> ShapeEdit:
        """Return the edit of a shape under the new indices."""
        return ShapeEdit(edit.index, self._shape(edit.before), self._shape(edit.after))

    def _shape(self, shape: Shape | None) -> Shape | None:
        if shape is None:
            return None
        (moved,) = self._remap.shapes((shape,))
        under = shape.underlay
        if under is None:
            return moved
        labels = self._table[unpacked(under)]
        return replace(moved, underlay=packed(under.rect, np.ones_like(labels), labels))
