"""Bilinear resizing along one axis, as a band of weights that can be composed.

A bilinear resize is linear and separable: `out = Ry · image · Rxᵀ`. Two of them, with a
crop between, are again one such map: `Ry = R2[:, :crop] · R1`. Each row of a matrix has
at most four entries that are not zero, so an axis is kept as a first index and a few
weights for each output position.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a resize: `out[i] = Σ_k weights[i, k] · source[first[i] + k]`.

    Parameters
    ----------
    first
        (n_out,) int64, first source index of each output position, ascending.
    weights
        (n_out, taps) float32, not negative, each row sums to 1.
    n_source
        Length of the source; `first + taps` may reach past it where weights are 0.
    """

    first: NDArray[np.int64]
    weights: NDArray[np.float32]
    n_source: int

    def __len__(self) -> int:
        """Return the number of output positions."""
        return len(self.first)

    @property
    def taps(self) -> int:
        """Number of source positions that an output position looks at."""
        return int(self.weights.shape[1])

    @property
    def is_identity(self) -> bool:
        """Output and source are the same, but for a crop at the end."""
        positions = np.arange(len(self))
        return bool(
            np.array_equal(self.first, positions) and np.all(self.weights[:, 0] == 1.0)
        )

    def cropped(self, length: int) -> "Axis":
        """Return the first `length` output positions."""
        return Axis(self.first[:length], self.weights[:length], self.n_source)

    def mirrored(self) -> "Axis":
        """Return the output positions from the last to the first."""
        return Axis(self.first[::-1].copy(), self.weights[::-1].copy(), self.n_source)


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of output positions and the run of source positions they look at.

    Parameters
    ----------
    out
        Output positions.
    source
        Source positions.
    matrix
        (len(out), len(source)) float32, the dense piece of the resize.
    """

    out: slice
    source: slice
    matrix: NDArray[np.float32]


def resize_axis(n_source: int, n_out: int, *, align_corners: bool) -> Axis:
    """Return one axis of `torch.nn.functional.interpolate(mode="bilinear")`.

    The positions are computed in float32, as torch does, so both round alike.
    """
    position = np.arange(n_out, dtype=np.float32)
    if n_source == n_out:
        centre = position
    elif align_corners:
        step = np.float32((n_source - 1) / (n_out - 1)) if n_out > 1 else np.float32(0)
        centre = position * step
    else:
        step = np.float32(n_source / n_out)
        half = np.float32(0.5)
        centre = np.maximum((position + half) * step - half, np.float32(0))
    first = np.minimum(centre.astype(np.int64), n_source - 1)
    beyond = np.where(first + 1 < n_source, centre - first, 0).astype(np.float32)
    return Axis(first, np.stack((1 - beyond, beyond), axis=1), n_source)


def compose(inner: Axis, outer: Axis) -> Axis:
    """Return the resize that does `inner` first and `outer` on its result.

    Parameters
    ----------
    inner
        First resize. Its output may be longer than what `outer` reads: a crop.
    outer
        Second resize.
    """
    second = np.minimum(outer.first[:, None] + np.arange(outer.taps), len(inner) - 1)
    lowest = inner.first[second[:, 0]]
    reach = inner.first[second] - lowest[:, None]
    taps = int(reach.max(initial=0)) + inner.taps
    weights = np.zeros((len(outer), taps), np.float64)
    rows = np.arange(len(outer))
    for tap in range(outer.taps):
        for inner_tap in range(inner.taps):
            weight = outer.weights[:, tap].astype(np.float64)
            weight = weight * inner.weights[second[:, tap], inner_tap]
            np.add.at(weights, (rows, reach[:, tap] + inner_tap), weight)
    used = int(np.flatnonzero(weights.any(axis=0)).max(initial=0)) + 1
    return Axis(lowest, weights[:, :used].astype(np.float32), inner.n_source)


def segments(axis: Axis, length: int) -> list[Segment]:
    """Cut an axis into runs of at most `length` output positions."""
    runs = []
    for begin in range(0, len(axis), length):
        end = min(begin + length, len(axis))
        first, weights = axis.first[begin:end], axis.weights[begin:end]
        low = int(first.min())
        high = int(first.max()) + axis.taps
        matrix = np.zeros((end - begin, high - low), np.float32)
        columns = (first - low)[:, None] + np.arange(axis.taps)
        np.put_along_axis(matrix, columns, weights, axis=1)
        source = slice(low, min(high, axis.n_source))
        matrix = np.ascontiguousarray(matrix[:, : source.stop - source.start])
        runs.append(Segment(slice(begin, end), source, matrix))
    return runs
