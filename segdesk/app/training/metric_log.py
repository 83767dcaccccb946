"""Curves as a plot draws them: few enough points, a mean line, time left.

A plot is some hundred pixels wide and a run may have 100,000 points: each column of
pixels gets the lowest and the highest of its points, so that no spike is lost.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_MEAN_POINTS = 200  # about this many windows of the mean fit into a curve
_RATE_POINTS = 50


@dataclass(frozen=True, slots=True)
class Line:
    """Points of a line: (N,) float64 each, x rising; NaN is a gap."""

    x: Array
    y: Array

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.x)


EMPTY = Line(np.empty(0), np.empty(0))


def decimated(x: NDArray[np.int64], y: Array, columns: int) -> Line:
    """Reduce a curve to at most two points a column, its lowest and its highest.

    Parameters
    ----------
    x, y
        (N,) each, x rising. NaN is a gap and does not hide the numbers beside it.
    columns
        Width of the plot in pixels.
    """
    if len(x) <= 2 * columns:
        return Line(x.astype(np.float64), y.astype(np.float64))
    # Whole numbers, since numpy would make floats of all of x to compare.
    edges = x[0] + (x[-1] - x[0] + 1) * np.arange(columns) // columns
    starts = np.unique(np.searchsorted(x, edges))
    low = np.fmin.reduceat(y, starts)
    high = np.fmax.reduceat(y, starts)
    first = x[starts].astype(np.float64)
    last = np.append(x[starts[1:] - 1], x[-1]).astype(np.float64)
    return Line(np.stack((first, last), 1).ravel(), np.stack((low, high), 1).ravel())


def mean_line(x: NDArray[np.int64], y: Array, columns: int) -> Line:
    """Return the running mean of a curve over the last points, gaps left out.

    The window grows with the curve, from one point to one in 200 of its length, so
    the line is as calm early as late.
    """
    count = len(y)
    if not count:
        return EMPTY
    window = max(1, min(count, max(9, count // _MEAN_POINTS)))
    step = -(-count // max(1, columns))  # a calm curve needs a point a column
    at = np.arange(count - 1, -1, -step)[::-1]
    known = ~np.isnan(y)
    total = np.concatenate(([0.0], np.cumsum(np.where(known, y, 0.0))))
    number = np.concatenate(([0], np.cumsum(known)))
    end, start = at + 1, np.maximum(0, at + 1 - window)
    points = number[end] - number[start]
    sums = total[end] - total[start]
    mean = np.divide(sums, points, out=np.full(len(at), np.nan), where=points > 0)
    return Line(x[at].astype(np.float64), mean)


def seconds_per_iteration(iter_time_s: Array) -> float | None:
    """Return the time of an iteration now: the median of the newest; None: unknown."""
    newest = iter_time_s[-_RATE_POINTS:]
    newest = newest[~np.isnan(newest)]
    return float(np.median(newest)) if len(newest) else None


def nice_ticks(low: float, high: float, about: int = 4) -> tuple[Array, int]:
    """Return round numbers that cover a range, and the digits they need.

    Parameters
    ----------
    about
        How many steps there should be, more or less.
    """
    span = (high - low) or abs(high) or 1.0
    raw = span / about
    power = 10.0 ** np.floor(np.log10(raw))
    step = power * next(s for s in (1, 2, 2.5, 5, 10) if s * power >= raw * 0.999)
    first = np.floor(low / step + 1e-9)
    last = np.ceil(high / step - 1e-9)
    digits = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    if abs(step * 10**digits - round(step * 10**digits)) > 1e-6:
        digits += 1
    return np.arange(first, last + 1) * step, digits
