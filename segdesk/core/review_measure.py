"""How much a look of a person at an image, or at a part of it, would tell a model.

Two things are measured of each part: how unsure the model is of it, and in how much of
it another opinion differs - a second model, or the same one that saw the image
mirrored. Parts are squares of one size where most of both comes together; see Settles,
*Active Learning Literature Survey*, 2009, on uncertainty and query by committee.
"""

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.descriptor import describe
from segdesk.core.geometry import Rect

MOST_PARTS = 6
_CELLS = 8  # along the side of a part
_LEAST_SIDE, _MOST_SIDE = 64, 512
_SHARE = 0.22  # of the image's mean side
_OVERLAP = 0.15  # of a part, that another may cover
_LEAST_GAIN = 0.01
_NAMED = 4

Labels = NDArray[np.uint8]


class Part(msgspec.Struct, frozen=True, array_like=True):
    """A square of an image, or all of it.

    Parameters
    ----------
    x, y, width, height
        In pixels of the image.
    unsure
        Mean of 1 - confidence, from 0 (sure) to 1 (no class is likelier than another).
    differs
        Share of the pixels of which the other opinion has another class.
    shares
        (class index, share of the pixels that are unsure or differ), largest first.
    pair
        The two classes that the opinions differ in most; None: they do not.
    looks
        What it looks like: `segdesk.core.descriptor.describe`.
    """

    x: int
    y: int
    width: int
    height: int
    unsure: float
    differs: float
    shares: tuple[tuple[int, float], ...]
    pair: tuple[int, int] | None
    looks: tuple[float, ...]

    @property
    def box(self) -> Rect:
        """Where it lies."""
        return Rect(self.x, self.y, self.width, self.height)


class ReviewMeasure(msgspec.Struct, frozen=True):
    """What is known of one image.

    Parameters
    ----------
    size
        Width and height in pixels.
    whole
        The image as one part.
    parts
        Where a look tells most, best first.
    """

    size: tuple[int, int]
    whole: Part
    parts: tuple[Part, ...] = ()


def measure_review(
    pixels: NDArray[np.uint8],
    labels: Labels,
    confidence: Labels | None,
    other: Labels,
    num_classes: int,
) -> ReviewMeasure:
    """Measure an image and find its parts that are worth a look.

    Parameters
    ----------
    pixels
        (H, W, 3), RGB.
    labels, other
        (H, W), class indices: what the model says, and the other opinion.
    confidence
        (H, W), 0-255 for 0-1; None: the model does not tell it.
    num_classes
        C; with it the least confidence is 1 / C.
    """
    height, width = labels.shape
    unsure = _unsure(confidence, labels.shape, num_classes)
    differs = (labels != other).view(np.uint8)
    measured = _Measured(pixels, labels, other, unsure, differs)
    boxes = tuple(_boxes(unsure, differs, part_side(width, height)))
    whole = measured.part(Rect(0, 0, width, height))
    return ReviewMeasure((width, height), whole, tuple(map(measured.part, boxes)))


def part_side(width: int, height: int) -> int:
    """Return the side of a part in an image of a size, in pixels."""
    side = round(_SHARE * (width + height) / 2)
    return max(1, min(max(_LEAST_SIDE, min(_MOST_SIDE, side)), width, height))


class _Measured:
    def __init__(
        self,
        pixels: NDArray[np.uint8],
        labels: Labels,
        other: Labels,
        unsure: Labels,
        differs: Labels,
    ) -> None:
        self._pixels = pixels
        self._labels = labels
        self._other = other
        self._unsure = unsure
        self._differs = differs

    def part(self, box: Rect) -> Part:
        """Measure one part."""
        place = np.s_[box.y : box.y + box.height, box.x : box.x + box.width]
        labels, differs = self._labels[place], self._differs[place]
        unsure = self._unsure[place]
        weights = (unsure / 255.0 + differs).ravel()
        counts = np.bincount(labels.ravel(), weights, 256)[:255]
        total = max(float(counts.sum()), 1e-9)
        order = [int(i) for i in np.argsort(-counts, kind="stable")[:_NAMED]]
        return Part(
            *(box.x, box.y, box.width, box.height),
            unsure=round(float(unsure.mean()) / 255.0, 5),
            differs=round(float(differs.mean()), 5),
            shares=tuple(
                (index, round(float(counts[index]) / total, 4))
                for index in order
                if counts[index] > 0
            ),
            pair=_pair(labels, self._other[place], differs),
            looks=tuple(
                round(float(value), 4) for value in describe(self._pixels[place])
            ),
        )


def _unsure(
    confidence: Labels | None, shape: tuple[int, ...], num_classes: int
) -> Labels:
    """Return 0-255: 255 where no class is likelier than another."""
    if confidence is None:
        return np.zeros(shape, np.uint8)
    chance = 255.0 / max(2, num_classes)
    levels = (255.0 - np.arange(256)) / (255.0 - chance)
    table = np.rint(255.0 * levels.clip(0.0, 1.0)).astype(np.uint8)
    return table[confidence]


def _pair(labels: Labels, other: Labels, differs: Labels) -> tuple[int, int] | None:
    """Return the two classes that the opinions differ in most, in rising order."""
    where = differs.view(np.bool_)
    if not where.any():
        return None
    one, two = labels[where].astype(np.uint16), other[where].astype(np.uint16)
    keys = (np.minimum(one, two) << 8) | np.maximum(one, two)
    keys = keys[np.maximum(one, two) < 255]
    if not keys.size:
        return None
    most = int(np.bincount(keys).argmax())
    return most >> 8, most & 255


def _boxes(unsure: Labels, differs: Labels, side: int) -> Iterator[Rect]:
    """Yield squares that tell most, none much over another, best first."""
    cv2 = load_cv2()
    height, width = unsure.shape
    cell = max(1, side // _CELLS)
    columns, rows = max(1, width // cell), max(1, height // cell)
    grid = (columns, rows)
    gain = cv2.resize(unsure, grid, interpolation=cv2.INTER_AREA).astype(np.float32)
    gain /= 255.0
    gain += cv2.resize(differs.astype(np.float32), grid, interpolation=cv2.INTER_AREA)
    across, down = min(_CELLS, columns), min(_CELLS, rows)
    sums = _window_sums(gain, across, down) / (across * down)
    for _ in range(MOST_PARTS):
        top, left = np.unravel_index(int(sums.argmax()), sums.shape)
        if sums[top, left] < _LEAST_GAIN:
            return
        yield Rect(
            min(int(left) * width // columns, width - side),
            min(int(top) * height // rows, height - side),
            side,
            side,
        )
        # Where the next one would lie more than a bit over this one, none begins.
        far_x = max(1, round(across * (1 - _OVERLAP)))
        far_y = max(1, round(down * (1 - _OVERLAP)))
        sums[
            max(0, top - far_y + 1) : top + far_y,
            max(0, left - far_x + 1) : left + far_x,
        ] = -1.0


def _window_sums(
    gain: NDArray[np.float32], across: int, down: int
) -> NDArray[np.float64]:
    """Return the sum over the window that begins at each cell."""
    cv2 = load_cv2()
    total = cv2.integral(gain, sdepth=cv2.CV_64F)
    found: NDArray[np.float64] = (
        total[down:, across:]
        - total[:-down, across:]
        - total[down:, :-across]
        + total[:-down, :-across]
    )
    return found
