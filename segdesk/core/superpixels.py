"""Patches of like colour to paint by.

R. Achanta et al., "SLIC superpixels compared to state-of-the-art superpixel methods",
PAMI 34(11), 2012, written for numpy. An image is cut into blocks that are worked out
when they are needed, so the size of the image does not matter.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.flood import NOTHING, Patch, trimmed
from segdesk.core.geometry import Rect, Size
from segdesk.core.shapes import Point

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.int32]

SMALLEST_PX, LARGEST_PX = 4, 400
_PER_BLOCK = 20  # superpixels along a block's side
_WORKING_PX = 28  # larger ones are found in a smaller copy
_ROUNDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class SuperpixelBlock:
    """The superpixels of one block of an image.

    Parameters
    ----------
    rect
        Its place in the image.
    numbers
        (h, w) int32, which superpixel each pixel belongs to; each is in one piece.
    """

    rect: Rect
    numbers: Numbers

    def at(self, place: Point) -> Patch:
        """Return the superpixel under a place; nothing outside the block."""
        if not self.rect.holds(*place):
            return NOTHING
        mask = self.numbers == self.number_at(place)
        return trimmed(mask.view(np.uint8), self.rect)

    def number_at(self, place: Point) -> int:
        """Return the number of the superpixel under a place of the block."""
        row, column = int(place.y) - self.rect.y, int(place.x) - self.rect.x
        return int(self.numbers[row, column])


def block_round(place: Point, size: Size, superpixel_size: int) -> Rect:
    """Return the block that holds a place.

    Parameters
    ----------
    size
        Of the image.
    superpixel_size
        Side of a superpixel, 4 to 400.
    """
    side = _PER_BLOCK * _clamped(superpixel_size)
    x, y = int(place.x) // side * side, int(place.y) // side * side
    return Rect(x, y, side, side).within(size)


def superpixels(
    image: Pixels, block: Rect, superpixel_size: int, compactness: float
) -> SuperpixelBlock:
    """Find the superpixels of a block. Slow: call it on a worker.

    Parameters
    ----------
    image
        (H, W, 3) RGB, read only.
    block
        What `block_round` returned.
    superpixel_size
        Side of a superpixel, 4 to 400.
    compactness
        1-40; the higher, the squarer.
    """
    cv2 = load_cv2()
    side = _clamped(superpixel_size)
    factor = min(1.0, _WORKING_PX / side)
    pixels = np.ascontiguousarray(image[block.slices])
    size = (max(1, round(block.width * factor)), max(1, round(block.height * factor)))
    if factor < 1:
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    numbers = _whole(_slic(pixels, max(2, round(side * factor)), compactness))
    if factor < 1:
        full = (block.width, block.height)
        numbers = cv2.resize(
            numbers.astype(np.float32), full, interpolation=cv2.INTER_NEAREST
        ).astype(np.int32)
    return SuperpixelBlock(block, numbers)


def _slic(pixels: Pixels, side: int, compactness: float) -> Numbers:
    """Return (h, w), the nearest centre of each pixel in colour and place."""
    cv2 = load_cv2()
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    height, width = lab.shape[:2]
    rows, columns = max(1, round(height / side)), max(1, round(width / side))
    y, x = np.mgrid[:rows, :columns].reshape(2, -1) + 0.5
    y, x = y * height / rows, x * width / columns
    tones = lab[y.astype(int), x.astype(int)]
    weight = (compactness / side) ** 2
    numbers = np.zeros((height, width), np.int32)
    down, along = np.mgrid[:height, :width].astype(np.float32) + np.float32(0.5)
    for _ in range(_ROUNDS):
        nearest = np.full((height, width), np.inf, np.float32)
        for number, (cy, cx, tone) in enumerate(
            zip(y.tolist(), x.tolist(), tones, strict=True)
        ):
            part = Rect(round(cx) - side, round(cy) - side, 2 * side + 1, 2 * side + 1)
            here = part.within(Size(width, height)).slices
            apart = ((lab[here] - tone) ** 2).sum(-1)
            apart += weight * ((down[here] - cy) ** 2 + (along[here] - cx) ** 2)
            closer = apart < nearest[here]
            np.copyto(nearest[here], apart, where=closer)
            np.copyto(numbers[here], number, where=closer)
        flat = numbers.reshape(-1)
        counts = np.maximum(np.bincount(flat, minlength=y.size), 1)
        y = np.bincount(flat, down.reshape(-1), y.size) / counts
        x = np.bincount(flat, along.reshape(-1), x.size) / counts
        tones = np.stack(
            [
                np.bincount(flat, tone.reshape(-1), y.size) / counts
                for tone in cv2.split(lab)
            ],
            axis=1,
        ).astype(np.float32)
    return numbers


def _whole(numbers: Numbers) -> Numbers:
    """Keep the largest piece of each number; the rest joins what is nearest."""
    cv2 = load_cv2()
    stray = np.ones(numbers.shape, np.uint8)
    for number, part in _boxes(numbers):
        inside = (numbers[part.slices] == number).view(np.uint8)
        _, pieces, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=4)
        largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
        stray[part.slices][pieces == largest] = 0
    if not stray.any():
        return numbers
    _, sources = cv2.distanceTransformWithLabels(
        stray, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    by_source = np.zeros(int(sources.max()) + 1, np.int32)
    kept = stray == 0
    by_source[sources[kept]] = numbers[kept]
    joined: Numbers = by_source[sources]
    return joined


def _boxes(numbers: Numbers) -> list[tuple[int, Rect]]:
    """Return every number that is used, with the rectangle round its pixels."""
    count = int(numbers.max()) + 1
    height, width = numbers.shape
    flat = numbers.reshape(-1)
    y, x = np.divmod(np.arange(flat.size), width)
    low = np.full((count, 2), max(height, width))
    high = np.full((count, 2), -1)
    for axis, places in enumerate((x, y)):
        np.minimum.at(low[:, axis], flat, places)
        np.maximum.at(high[:, axis], flat, places)
    return [
        (n, Rect(int(a), int(b), int(c - a + 1), int(d - b + 1)))
        for n, ((a, b), (c, d)) in enumerate(zip(low, high, strict=True))
        if c >= 0
    ]


def _clamped(size: int) -> int:
    return min(max(size, SMALLEST_PX), LARGEST_PX)
