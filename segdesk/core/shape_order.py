"""Putting a shape above or below others: what changes in pixels and underlays."""

from dataclasses import replace

import numpy as np

from segdesk.core.edits import plan_labels
from segdesk.core.geometry import Rect
from segdesk.core.history import ShapeEdit
from segdesk.core.rasterize import shape_mask
from segdesk.core.shape_edits import (
    Edits,
    Mask,
    Pixels,
    ShapePlanner,
    packed,
    unpacked,
)
from segdesk.core.shape_index import ShapeIndex
from segdesk.core.shapes import Shape, bounds
from segdesk.core.tiles import size_of


def plan_reorder(planner: ShapePlanner, index: int, to: int) -> Edits:
    """Plan another place of a shape in the order in which shapes are painted.

    Where it overlaps shapes that it passes, the upper one shows afterwards. Pixels that
    were painted over since they were drawn stay, and so do locked classes.

    Parameters
    ----------
    index, to
        Place of the shape now and afterwards.
    """
    return _Reorder(planner, index, to).edits()


class _Reorder:
    """One shape on its way past others.

    Everything below is about the rectangle of that shape.
    """

    def __init__(self, planner: ShapePlanner, index: int, to: int) -> None:
        self._planner = planner
        self._index, self._to = index, to
        self._shapes = planner.shapes
        self._rect = bounds(self._shapes[index]).within(size_of(planner.labels))
        near = (planner.index or ShapeIndex(self._shapes)).near(self._rect)
        self._before = near
        self._after = sorted(near, key=self._new_place)
        self._masks = {old: self._mask(self._shapes[old]) for old in near}

    def edits(self) -> Edits:
        """Return the pixels that change, the way of the shape, other underlays."""
        base = self._base()
        old, new = self._unders(base, self._before), self._unders(base, self._after)
        moved = self._shapes[self._index]
        mask = self._masks[self._index]
        under = packed(self._rect, mask.view(np.uint8), new[self._index])
        edits = [
            ShapeEdit(self._index, moved, None),
            ShapeEdit(self._to, None, replace(moved, underlay=under)),
        ]
        for number in self._before:
            over = self._masks[number] & mask & (old[number] != new[number])
            shape = self._shapes[number]
            if number != self._index and shape.underlay is not None and over.any():
                changed = self._with_under(shape, over, old[number], new[number])
                edits.append(ShapeEdit(self._place_of(number), shape, changed))
        return (*self._painted(base), *edits)

    def _new_place(self, number: int) -> int:
        return self._to if number == self._index else self._place_of(number)

    def _place_of(self, number: int) -> int:
        """Return where another shape is when this one has gone its way."""
        gone = number - (number > self._index)
        return gone + (gone >= self._to)

    def _painted(self, base: Pixels) -> Edits:
        now = self._planner.labels[self._rect.slices]
        shown = self._stack(base, self._before)
        wanted = self._stack(base, self._after)
        where = (now == shown) & (shown != wanted) & self._masks[self._index]
        rule, locked = self._planner.rule.locks_alone(), self._planner.locked
        result = now.copy()
        for value in np.flatnonzero(np.bincount(wanted[where], minlength=256)):
            allowed = rule.allows(int(value), locked, self._planner.unlabelled)
            here = where & (wanted == value) & allowed[now]
            result[here] = value
        edit = plan_labels(self._planner.labels, result, self._rect)
        return () if edit is None else (edit,)

    def _base(self) -> Pixels:
        """Return what lies below all shapes."""
        values = self._planner.labels[self._rect.slices].copy()
        for old in reversed(self._before):
            mask = self._masks[old]
            values[mask] = self._known_under(self._shapes[old], values)[mask]
        return values

    def _known_under(self, shape: Shape, values: Pixels) -> Pixels:
        """Return a shape's underlay; outside of it nothing is labelled."""
        under = np.full_like(values, self._planner.unlabelled)
        if shape.underlay is not None:
            shared = shape.underlay.rect.shared(self._rect)
            here = _inside(shared, self._rect)
            there = _inside(shared, shape.underlay.rect)
            if shared.area:
                under[here.slices] = unpacked(shape.underlay)[there.slices]
        return under

    def _unders(self, base: Pixels, order: list[int]) -> dict[int, Pixels]:
        """Return what lies under each shape when they are painted in an order."""
        values, found = base.copy(), {}
        for number in order:
            found[number] = values.copy()
            values[self._masks[number]] = self._shapes[number].class_index
        return found

    def _with_under(self, shape: Shape, over: Mask, old: Pixels, new: Pixels) -> Shape:
        """Return a shape with another underlay where the old one was of shapes."""
        known = shape.underlay
        if known is None:
            return shape
        values = unpacked(known).copy()
        shared = known.rect.shared(self._rect)
        here, there = _inside(shared, self._rect), _inside(shared, known.rect)
        part = values[there.slices]
        where = over[here.slices] & (part == old[here.slices])
        part[where] = new[here.slices][where]
        return replace(shape, underlay=packed(known.rect, np.ones_like(values), values))

    def _stack(self, base: Pixels, order: list[int]) -> Pixels:
        values = base.copy()
        for old in order:
            values[self._masks[old]] = self._shapes[old].class_index
        return values

    def _mask(self, shape: Shape) -> Mask:
        where, mask = shape_mask(shape, size_of(self._planner.labels))
        inside = np.zeros((self._rect.height, self._rect.width), np.bool_)
        shared = where.shared(self._rect)
        if shared.area:
            part = mask[_inside(shared, where).slices] > 0
            inside[_inside(shared, self._rect).slices] = part
        return inside


def _inside(part: Rect, whole: Rect) -> Rect:
    """Return a rectangle as seen from the corner of another one."""
    return part.moved(-whole.x, -whole.y)
