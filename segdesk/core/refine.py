"""Growing, shrinking and smoothing a class; removing specks; keeping the largest.

Pixels that a class loses go to what is nearest to them, so no gap opens. All of these
look at the whole class and are slow on large images: call them on a worker.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.edits import RasterEdit, plan_labels
from segdesk.core.geometry import Rect
from segdesk.core.rules import PaintRule, RuleKind
from segdesk.core.tiles import size_of

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_NOTHING = Rect(0, 0, 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Refiner:
    """Plans such edits; it changes nothing itself.

    Parameters
    ----------
    labels
        (H, W), read only.
    unlabelled
        What pixels become that have no neighbour to go to.
    rule
        What gives way to a class that grows.
    locked
        Indices of the locked classes; they neither lose nor gain.
    """

    labels: Pixels
    unlabelled: int
    rule: PaintRule
    locked: Collection[int] = ()

    def grow(self, index: int, radius: int) -> RasterEdit | None:
        """Plan a class that is wider by a radius in pixels on all sides."""
        rect, inside = self._class_mask(index, radius)
        if not rect.area:
            return None
        return self._planned(rect, index, _away(~inside) <= radius, None)

    def shrink(self, index: int, radius: int) -> RasterEdit | None:
        """Plan a class that is narrower by a radius in pixels on all sides.

        Borders of the image are none.
        """
        rect, inside = self._class_mask(index, radius)
        if not rect.area or inside.all():
            return None
        return self._planned(rect, index, None, inside & (_away(inside) <= radius))

    def smooth(self, index: int, radius: int) -> RasterEdit | None:
        """Plan a class whose border is rounded off: a pixel goes with the majority.

        Parameters
        ----------
        radius
            Of what the majority is counted in, in pixels.
        """
        cv2 = load_cv2()
        rect, inside = self._class_mask(index, radius)
        if not rect.area:
            return None
        kernel = _disc(radius).astype(np.float32)
        share = cv2.filter2D(
            inside.astype(np.float32),
            -1,
            kernel / kernel.sum(),
            borderType=cv2.BORDER_REPLICATE,
        )
        wanted = share > 0.5
        return self._planned(rect, index, wanted & ~inside, inside & ~wanted)

    def remove_specks(self, index: int, smaller_than: int) -> RasterEdit | None:
        """Plan a class without connected pieces of less than so many pixels."""
        rect, inside = self._class_mask(index, 1)
        if not rect.area:
            return None
        _, numbers, areas = _pieces(inside)
        small = areas < smaller_than
        small[0] = False
        return self._without_pieces(rect, index, np.where(small[numbers], numbers, 0))

    def keep_largest(self, index: int) -> RasterEdit | None:
        """Plan a class of which only the largest connected piece is left."""
        rect, inside = self._class_mask(index, 1)
        if not rect.area:
            return None
        count, numbers, areas = _pieces(inside)
        if count < 3:
            return None
        largest = 1 + int(np.argmax(areas[1:]))
        others = np.where(numbers == largest, 0, numbers)
        return self._without_pieces(rect, index, others)

    def _without_pieces(
        self, rect: Rect, index: int, numbers: NDArray[np.int32]
    ) -> RasterEdit | None:
        """Plan a class without some of its pieces.

        Each goes as a whole to the class that it borders on most.

        Parameters
        ----------
        numbers
            (h, w), of the pieces that go; 0 elsewhere.
        """
        if index in self._kept() or not numbers.any():
            return None
        values = self.labels[rect.slices]
        lost = numbers > 0
        takes = ~np.isin(values, [index, *self._kept()])
        taker = _neighbours(numbers, values, takes)[numbers]
        wanted = np.where(taker >= 0, taker, values).astype(np.uint8)
        wanted = self._given_away(wanted, lost & (taker < 0), index)
        return plan_labels(self.labels, wanted, rect)

    def _class_mask(self, index: int, margin: int) -> tuple[Rect, Mask]:
        """Return where a class is, with a margin, and its pixels there."""
        whole = (self.labels == index).view(np.uint8)
        found = Rect(*load_cv2().boundingRect(whole))
        if not found.area:
            return _NOTHING, np.zeros((0, 0), np.bool_)
        rect = found.grown(margin + 1).within(size_of(self.labels))
        return rect, whole[rect.slices] > 0

    def _planned(
        self, rect: Rect, index: int, gained: Mask | None, lost: Mask | None
    ) -> RasterEdit | None:
        wanted = self.labels[rect.slices].copy()
        if lost is not None and index not in self._kept():
            wanted = self._given_away(wanted, lost, index)
        if gained is not None:
            allowed = self.rule.allows(index, self.locked, self.unlabelled)
            wanted[gained & allowed[self.labels[rect.slices]]] = index
        return plan_labels(self.labels, wanted, rect)

    def _given_away(self, values: Pixels, lost: Mask, index: int) -> Pixels:
        """Return labels in which a class's lost pixels have the nearest other one."""
        cv2 = load_cv2()
        if not lost.any():
            return values
        takes = ~np.isin(values, [index, *self._kept()])
        if not takes.any():
            return np.where(lost, np.uint8(self.unlabelled), values)
        _, sources = cv2.distanceTransformWithLabels(
            (~takes).view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        by_source = np.zeros(int(sources.max()) + 1, np.uint8)
        by_source[sources[takes]] = values[takes]
        given: Pixels = np.where(lost, by_source[sources], values)
        return given

    def _kept(self) -> frozenset[int]:
        """Return the classes that must stay as they are."""
        unlocked = self.rule.kind is RuleKind.EVERYWHERE
        return frozenset() if unlocked else frozenset(self.locked)


def _pieces(inside: Mask) -> tuple[int, NDArray[np.int32], NDArray[np.int32]]:
    """Return the number of pieces with the ground, which is which, and their areas."""
    cv2 = load_cv2()
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(
        inside.view(np.uint8), connectivity=8
    )
    return count, numbers, stats[:, cv2.CC_STAT_AREA]


def _neighbours(
    numbers: NDArray[np.int32], values: Pixels, takes: Mask
) -> NDArray[np.int16]:
    """Return the label that each piece borders on most; -1: none that takes it.

    Returns
    -------
    takers
        By number of the piece; -1 for 0.
    """
    takers = np.full(int(numbers.max()) + 1, -1, np.int16)
    pairs = []
    for turned in (False, True):
        piece, label, free = (
            part.T if turned else part for part in (numbers, values, takes)
        )
        for one, other in ((slice(1, None), slice(-1)), (slice(-1), slice(1, None))):
            meets = (piece[one] > 0) & free[other]
            pairs.append(piece[one][meets].astype(np.int64) * 256 + label[other][meets])
    found, counts = np.unique(np.concatenate(pairs), return_counts=True)
    order = np.argsort(counts, kind="stable")  # the most frequent is written last
    takers[found[order] // 256] = found[order] % 256
    return takers


def _away(inside: Mask) -> NDArray[np.float32]:
    """Return how far each pixel is from the nearest False one, centre to centre.

    Returns
    -------
    distance
        (h, w); 0 on those that are False.
    """
    cv2 = load_cv2()
    distance: NDArray[np.float32] = cv2.distanceTransform(
        inside.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
    )
    return distance


def _disc(radius: int) -> Pixels:
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disc: Pixels = (x * x + y * y <= radius * radius + radius).view(np.uint8)
    return disc
