"""Which bands of an image are shown, and how wide numbers become 8 bits."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from segdesk.core.language import joined, tr

Stretching = Literal["range", "percentiles"]

_TAILS = (2.0, 98.0)


class ImageView(msgspec.Struct, frozen=True):
    """How an image that is more than 8-bit RGB is looked at.

    Parameters
    ----------
    bands
        Three numbers from 0: what is shown as red, green and blue; or one, for grey.
        Empty: the first three, or the first.
    stretch
        What becomes 0 and 255 of wide numbers. "range": the smallest and the largest
        value. "percentiles": the 2nd and the 98th, of 8-bit numbers too.
    each
        Every band is stretched for itself; else all that are shown alike.
    """

    bands: tuple[int, ...] = ()
    stretch: Stretching = "range"
    each: bool = False


AS_STORED: Final = ImageView()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A straight line from values to 0-255.

    Parameters
    ----------
    low, high
        What becomes 0 and 255.
    keeps
        Values are in 0-255 already and stay as they are.
    """

    low: float
    high: float
    keeps: bool = False

    @classmethod
    def of_range(
        cls, low: float, high: float, dtype: np.dtype[np.generic]
    ) -> "Stretch":
        """Return the line for a smallest and a largest value."""
        whole = np.issubdtype(dtype, np.integer)
        return cls(low, high, bool(whole and low >= 0 and high <= 255))

    @classmethod
    def of_sample(cls, values: NDArray[np.generic]) -> "Stretch":
        """Return the line between percentiles of some values of the image."""
        values = finite(values)
        if values.size == 0:
            return cls(0.0, 0.0)
        low, high = np.percentile(values.astype(np.float64), _TAILS)
        return cls(float(low), float(high))

    def __call__(self, values: NDArray[np.generic]) -> NDArray[np.uint8]:
        """Return uint8 of the same shape; NaN becomes 0."""
        if self.keeps:
            return values.astype(np.uint8, copy=False)
        low, high = self.low, self.high
        scale = 255.0 / (high - low) if high > low else 0.0
        real = np.nan_to_num(
            values.astype(np.float32), nan=low, posinf=high, neginf=low
        )
        stretched: NDArray[np.uint8] = (
            np.rint((real - low) * scale).clip(0, 255).astype(np.uint8)
        )
        return stretched


@dataclass(frozen=True, slots=True)
class Stretches:
    """How the bands of an image are stretched: all by one line, or each by its own.

    Parameters
    ----------
    lines
        One for all, or one for each band.
    """

    lines: tuple[Stretch, ...]

    def __call__(self, values: NDArray[np.generic]) -> NDArray[np.uint8]:
        """Return uint8 of (…, bands) values."""
        if len(self.lines) == 1 or all(line.keeps for line in self.lines):
            return self.lines[0](values)
        result = np.empty(values.shape, np.uint8)
        for band, line in enumerate(self.lines):
            # Where one band has numbers beyond 255, none is left as it is.
            straight = Stretch(line.low, line.high)
            result[..., band] = straight(values[..., band])
        return result

    @property
    def notes(self) -> list[str]:
        """Sentences on what was done, for the user."""
        if all(line.keeps for line in self.lines):
            return []
        ranges = [
            tr("{low:g} to {high:g}", low=line.low, high=line.high)
            for line in self.lines
        ]
        alone = tr(", each band for itself") if len(ranges) > 1 else ""
        return [
            tr(
                "Values from {ranges} were stretched to 0–255{alone}.",
                ranges=joined(", ", ranges),
                alone=alone,
            )
        ]


def finite(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return the values that are numbers; the array itself where all are."""
    if not np.issubdtype(values.dtype, np.floating):
        return values
    kept: NDArray[np.generic] = values[np.isfinite(values)]
    return kept


def lines_of_sample(values: NDArray[np.generic], *, each: bool) -> Stretches:
    """Return the lines between percentiles of some values of the image.

    Parameters
    ----------
    values
        (…, bands).
    each
        One line for each band.
    """
    return Stretches(tuple(Stretch.of_sample(part) for part in _parts(values, each)))


def lines_of_range(
    pieces: Iterable[NDArray[np.generic]],
    dtype: np.dtype[np.generic],
    *,
    each: bool,
) -> Stretches:
    """Return the lines between the smallest and the largest value of an image.

    Parameters
    ----------
    pieces
        (…, bands) of it.
    each
        One line for each band.
    """
    ends: list[list[NDArray[np.generic]]] = []
    for piece in pieces:
        for place, part in enumerate(_parts(piece, each)):
            if place == len(ends):
                ends.append([])
            if (numbers := finite(part)).size:
                ends[place].append(np.array((numbers.min(), numbers.max())))
    lines = (Stretch.of_range(*range_of(found), dtype) for found in ends or [[]])
    return Stretches(tuple(lines))


def _parts(values: NDArray[np.generic], each: bool) -> list[NDArray[np.generic]]:
    if not each:
        return [values]
    return [values[..., band] for band in range(values.shape[-1])]


def range_of(pieces: Iterable[NDArray[np.generic]]) -> tuple[float, float]:
    """Return the smallest and the largest value that is a number; 0 and 0 if none.

    Parameters
    ----------
    pieces
        Of one image; one without any number, such as a blank tile, does not count.
    """
    numbers = (values for piece in pieces if (values := finite(piece)).size)
    ends = [(float(values.min()), float(values.max())) for values in numbers]
    if not ends:
        return 0.0, 0.0
    return min(low for low, _ in ends), max(high for _, high in ends)
