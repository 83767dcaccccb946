"""What drawing, moving, cutting and deleting shapes does to shapes and pixels.

Shapes are painted in the order of their list. A shape that shrinks, moves or goes gives
back what it covered: its underlay as long as the annotation is open, else the shapes
below it, else what is unlabelled. Pixels that were painted over since then stay.
"""

import zlib
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segdesk.core.boolean import Operation, Rings, combine
from segdesk.core.cv import load_cv2
from segdesk.core.edits import RasterEdit, plan_labels, plan_mask
from segdesk.core.geometry import Rect
from segdesk.core.history import ShapeEdit
from segdesk.core.rasterize import shape_mask
from segdesk.core.rules import PaintRule
from segdesk.core.shape_index import ShapeIndex
from segdesk.core.shapes import Polygon, Polyline, Shape, Underlay, bounds
from segdesk.core.tiles import size_of

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Edits = tuple[RasterEdit | ShapeEdit, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ShapePlanner:
    """Plans edits of shapes; it changes nothing itself.

    Parameters
    ----------
    labels
        (H, W), read only.
    shapes
        All shapes, in the order in which they are painted.
    unlabelled
        Value of pixels nobody has labelled.
    rule
        What gives way to a new shape.
    locked
        Indices of the locked classes.
    index
        Where the shapes are; None: measure them.
    """

    labels: Pixels
    shapes: tuple[Shape, ...]
    unlabelled: int
    rule: PaintRule
    locked: Collection[int] = ()
    index: ShapeIndex | None = None

    def paint(self, shape: Shape) -> Edits:
        """Plan a shape's pixels without the shape."""
        return self._painted(*self._mask(shape), shape.class_index)

    def add(self, shape: Shape) -> Edits:
        """Plan a new shape on top of all others."""
        rect, mask = self._mask(shape)
        under = self.labels[rect.slices]
        kept = replace(shape, underlay=packed(rect, mask, under))
        painted = self._painted(rect, mask, shape.class_index)
        return (*painted, ShapeEdit(len(self.shapes), None, kept))

    def replace(self, index: int, after: Shape) -> Edits:
        """Plan another form, place or class of a shape."""
        before = self.shapes[index]
        rect = bounds(before).joined(bounds(after)).within(size_of(self.labels))
        old, new = self._mask_in(before, rect), self._mask_in(after, rect)
        wanted = self.labels[rect.slices].copy()
        self._write(wanted, self._revealed(index, rect), old & ~new, before.class_index)
        grown = new & ~old & ~self._covered_above(index, rect)
        self._write(wanted, after.class_index, grown)
        self._write(wanted, after.class_index, new & old, before.class_index)
        under = self._under(index, rect)
        after = replace(after, underlay=packed(rect, new.view(np.uint8), under))
        edit = ShapeEdit(index, before, after)
        return (*self._edits(rect, wanted), edit)

    def remove(self, index: int) -> Edits:
        """Plan a shape's end."""
        before = self.shapes[index]
        rect = bounds(before).within(size_of(self.labels))
        wanted = self.labels[rect.slices].copy()
        old = self._mask_in(before, rect)
        self._write(wanted, self._revealed(index, rect), old, before.class_index)
        return (*self._edits(rect, wanted), ShapeEdit(index, before, None))

    def unite(self, shape: Shape) -> Edits:
        """Plan a shape that grows together with those of its class that it meets."""
        rings: Rings = shape.outlines()
        met: list[int] = []
        for index in self._meeting(shape):
            parts = combine(self.shapes[index].outlines(), rings, Operation.UNION)
            if len(parts) == 1:
                rings = parts[0]
                met.append(index)
        if not met:
            return self.add(shape)
        whole = Polygon(class_index=shape.class_index, rings=rings)
        rect = bounds(whole).within(size_of(self.labels))
        under = self.labels[rect.slices].copy()
        for index in met:
            inside = self._mask_in(self.shapes[index], rect)
            np.copyto(under, self._under(index, rect), where=inside)
        mask = self._mask_in(whole, rect).view(np.uint8)
        whole = replace(whole, underlay=packed(rect, mask, under))
        gone = [ShapeEdit(i, self.shapes[i], None) for i in reversed(met)]
        new = ShapeEdit(len(self.shapes) - len(met), None, whole)
        return (*self.paint(shape), *gone, new)

    def cut(self, shape: Shape) -> Edits:
        """Plan taking an area away from a class: its pixels and its shapes."""
        rect, mask = self._mask(shape)
        wanted = self.labels[rect.slices].copy()
        left = mask.view(np.bool_)
        edits: list[ShapeEdit] = []
        for index in reversed(self._meeting(shape)):
            inside = self._mask_in(self.shapes[index], rect) & left
            if not inside.any():
                continue
            self._write(wanted, self._revealed(index, rect), inside, shape.class_index)
            edits += self._cut_shape(index, shape)
        self._write(wanted, self.unlabelled, left, shape.class_index)
        return (*self._edits(rect, wanted), *edits)

    def _cut_shape(self, index: int, shape: Shape) -> list[ShapeEdit]:
        before = self.shapes[index]
        parts = combine(before.outlines(), shape.outlines(), Operation.DIFFERENCE)
        edits = [ShapeEdit(index, before, None)]
        edits += [
            ShapeEdit(
                index,
                None,
                Polygon(
                    class_index=before.class_index,
                    rings=rings,
                    extra=before.extra,
                    underlay=before.underlay,
                ),
            )
            for rings in reversed(parts)
        ]
        return edits

    def _meeting(self, shape: Shape) -> list[int]:
        """Return the shapes of its class, areas all, whose bounds it touches."""
        return [
            index
            for index in self._near(bounds(shape).grown(1))
            if self.shapes[index].class_index == shape.class_index
            and not isinstance(self.shapes[index], Polyline)
        ]

    def _near(self, rect: Rect) -> list[int]:
        """Return the shapes whose bounds meet a rectangle, the lowest first."""
        return (self.index or ShapeIndex(self.shapes)).near(rect)

    def _mask(self, shape: Shape) -> tuple[Rect, Pixels]:
        return shape_mask(shape, size_of(self.labels))

    def _mask_in(self, shape: Shape, rect: Rect) -> Mask:
        """Return a shape's pixels in a rectangle of the image."""
        where, mask = self._mask(shape)
        inside = np.zeros((rect.height, rect.width), np.bool_)
        shared = where.shared(rect)
        if shared.area:
            here = shared.moved(-rect.x, -rect.y).slices
            inside[here] = mask[shared.moved(-where.x, -where.y).slices] > 0
        return inside

    def _painted(self, rect: Rect, mask: Pixels, value: int) -> tuple[RasterEdit, ...]:
        allowed = self.rule.allows(value, self.locked, self.unlabelled)
        edit = plan_mask(self.labels, mask, rect, value, allowed)
        return () if edit is None else (edit,)

    def _write(
        self,
        wanted: Pixels,
        values: Pixels | int,
        where: Mask,
        only: int | None = None,
    ) -> None:
        """Write values under the rule; `only` over one class, whatever the rule says.

        Locked classes keep their pixels either way.
        """
        if only is not None:
            where = where & (wanted == only)
        if isinstance(values, int):
            self._write_one(wanted, values, where, only)
            return
        for value in np.flatnonzero(np.bincount(values[where], minlength=256)):
            self._write_one(wanted, int(value), where & (values == value), only)

    def _write_one(
        self, wanted: Pixels, value: int, where: Mask, only: int | None
    ) -> None:
        rule = self.rule if only is None else self.rule.locks_alone()
        allowed = rule.allows(value, self.locked, self.unlabelled)
        table = np.where(allowed, np.uint8(value), np.arange(256, dtype=np.uint8))
        if wanted.size:
            np.copyto(wanted, load_cv2().LUT(wanted, table), where=where)

    def _revealed(self, index: int, rect: Rect) -> Pixels:
        """Return what shows in a rectangle when a shape is not there."""
        values = self._under(index, rect)
        for other in self._near(rect):
            if other > index:
                self._paint_over(values, self.shapes[other], rect)
        return values

    def _under(self, index: int, rect: Rect) -> Pixels:
        """Return what lies under a shape; outside of it, what is there now."""
        shape = self.shapes[index]
        values = self.labels[rect.slices].copy()
        inside = self._mask_in(shape, rect)
        values[inside] = self.unlabelled
        known = shape.underlay
        if known is None:
            for other in self._near(rect):
                if other < index:
                    self._paint_over(values, self.shapes[other], rect, inside)
            return values
        shared = known.rect.shared(rect)
        if shared.area:
            here = shared.moved(-rect.x, -rect.y).slices
            there = shared.moved(-known.rect.x, -known.rect.y).slices
            np.copyto(values[here], unpacked(known)[there], where=inside[here])
        return values

    def _paint_over(
        self,
        values: Pixels,
        shape: Shape,
        rect: Rect,
        where: Mask | None = None,
    ) -> None:
        mask = self._mask_in(shape, rect)
        values[mask if where is None else mask & where] = shape.class_index

    def _covered_above(self, index: int, rect: Rect) -> Mask:
        """Return which pixels the shapes above one show."""
        covered = np.zeros((rect.height, rect.width), np.bool_)
        now = self.labels[rect.slices]
        for number in self._near(rect):
            other = self.shapes[number]
            if number > index:
                covered |= self._mask_in(other, rect) & (now == other.class_index)
        return covered

    def _edits(self, rect: Rect, wanted: Pixels) -> tuple[RasterEdit, ...]:
        edit = plan_labels(self.labels, wanted, rect)
        return () if edit is None else (edit,)


def packed(rect: Rect, mask: Pixels, labels: Pixels) -> Underlay:
    """Return the labels under a mask of 0 and 1, packed."""
    values = labels * mask
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    return Underlay(rect, packer.compress(values.tobytes()) + packer.flush())


def unpacked(underlay: Underlay) -> Pixels:
    """Return the labels of an underlay, of the size of its rectangle."""
    values = np.frombuffer(zlib.decompress(underlay.packed), np.uint8)
    return values.reshape(underlay.rect.height, underlay.rect.width)
