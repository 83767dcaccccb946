"""Connected regions of a label map."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.mapped import MAPPED_PIXELS

_COUNTED_PIXELS = 16_000_000


@dataclass(frozen=True, slots=True)
class RegionStats:
    """How many connected regions there are, by class and together.

    Parameters
    ----------
    counts
        (C,) int64, regions of each class; 0 for classes that were left out.
    mean_area_px
        Mean size of all counted regions in pixels; 0 without any.
    mean_confidence
        Mean over the regions of their mean confidence 0-1, each region with the same
        weight; None without any or without a confidence map.
    """

    counts: NDArray[np.int64]
    mean_area_px: float
    mean_confidence: float | None

    @property
    def total(self) -> int:
        """Number of all counted regions."""
        return int(self.counts.sum())


def region_stats(
    labels: NDArray[np.uint8],
    num_classes: int,
    confidence: NDArray[np.uint8] | None = None,
    leave_out: Collection[int] = (),
    least: int = 0,
) -> RegionStats:
    """Count the regions whose pixels touch by side or corner.

    Numbers for every pixel of a huge map would take sixteen times its memory. From
    `MAPPED_PIXELS` on, the regions are counted on a grid of some of its pixels; what is
    smaller than a mesh of it may be missed.

    Parameters
    ----------
    labels
        (H, W), class index of each pixel.
    num_classes
        C; larger indices are not counted.
    confidence
        (H, W), 0-255 for a confidence of 0-1.
    leave_out
        Classes that are not counted, such as the background.
    least
        0-255; a region counts when one of its pixels is at least that sure. Without a
        confidence map all count.
    """
    step = _step(labels.size)
    if step > 1:
        grid = np.s_[::step, ::step]
        labels = np.ascontiguousarray(labels[grid])
        if confidence is not None:
            confidence = np.ascontiguousarray(confidence[grid])
    counts = np.zeros(num_classes, np.int64)
    areas: list[NDArray[np.int64]] = []
    sums: list[NDArray[np.float64]] = []
    for index in range(num_classes):
        if index in leave_out:
            continue
        found = _regions_of(labels, index, confidence, least)
        if found is None:
            continue
        area, total = found
        counts[index] = area.size
        areas.append(area)
        sums.append(total)
    if not counts.any():
        return RegionStats(counts, 0.0, None)
    sizes = np.concatenate(areas)
    means = np.concatenate(sums) / sizes / 255.0
    return RegionStats(
        counts=counts,
        mean_area_px=float(sizes.mean()) * step**2,
        mean_confidence=None if confidence is None else float(means.mean()),
    )


def _step(pixels: int) -> int:
    if pixels < MAPPED_PIXELS:
        return 1
    return int(np.ceil(np.sqrt(pixels / _COUNTED_PIXELS)))


def _regions_of(
    labels: NDArray[np.uint8],
    index: int,
    confidence: NDArray[np.uint8] | None,
    least: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """Return areas and sums of confidence of the regions of one class."""
    cv2 = load_cv2()
    mask = (labels == index).view(np.uint8)
    left, top, width, height = cv2.boundingRect(mask)
    if width == 0:
        return None
    part = np.s_[top : top + height, left : left + width]
    _, numbers = cv2.connectedComponents(mask[part], connectivity=8)
    # Only the pixels of the class are counted: number 0 is what lies outside it.
    inside = mask[part].view(np.bool_)
    chosen = numbers[inside] - 1
    areas = np.bincount(chosen).astype(np.int64)
    if confidence is None:
        return areas, np.zeros(areas.size)
    sure = confidence[part][inside]
    sums = np.bincount(chosen, weights=sure).astype(np.float64)
    if least:
        kept = np.bincount(chosen[sure >= least], minlength=areas.size) > 0
        areas, sums = areas[kept], sums[kept]
    return areas, sums
