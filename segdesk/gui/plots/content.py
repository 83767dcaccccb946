"""What a plot shows, as values: lines, dots, names; nothing of pyqtgraph."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Xs = NDArray[np.int64]
Ys = NDArray[np.float64]


class Look(StrEnum):
    """How a curve is drawn."""

    RAW = "raw"  # 35 % strong, one pixel: the noise under a mean
    MEAN = "mean"  # running mean, two pixels
    LINE = "line"  # as it is, two pixels
    THIN = "thin"  # as it is, one and a half
    DOTS = "dots"  # a line with its points
    EARLIER = "earlier"  # another run: grey, dashed


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One curve.

    Parameters
    ----------
    name
        For legends and readings.
    x, y
        Iterations and values, (N,) each; NaN is a gap.
    colour
        Role of the theme, or "#RRGGBB".
    """

    name: str
    x: Xs
    y: Ys
    look: Look
    colour: str

    @property
    def last(self) -> float | None:
        """The newest value that is known."""
        for value in self.y[::-1]:
            if not np.isnan(value):
                return float(value)
        return None


@dataclass(frozen=True, slots=True, eq=False)
class PlotContent:
    """Everything that one plot shows.

    Parameters
    ----------
    curves
        Those drawn first lie below.
    length
        Iterations on the whole x axis.
    now
        The iteration that a run at work is at; None: it is not.
    best
        Iteration and value of the point that is ringed.
    low, high
        The y axis holds at least these.
    digits
        After the point, in readings.
    names_at_end
        Names stand at the ends of the curves, not in a legend.
    """

    curves: tuple[Curve, ...] = ()
    length: int = 1
    now: int | None = None
    best: tuple[int, float] | None = None
    low: float | None = 0.0
    high: float | None = None
    digits: int = 3
    names_at_end: bool = False

    def y_range(self) -> tuple[float, float]:
        """Return the lowest and the highest value to show, spikes left out."""
        low, high = self.low, self.high
        lows, highs = [], []
        for curve in self.curves:
            some = curve.y[:: max(1, len(curve.y) // _LOOKED_AT)]
            known = some[~np.isnan(some)]
            if len(known):
                few = len(known) < _FEW
                ends = (0, 100) if few else (_LOW_SHARE, _HIGH_SHARE)
                below, above = np.percentile(known, ends)
                lows.append(float(below))
                highs.append(float(above))
        least = min(lows, default=0.0) if low is None else low
        most = max([*highs, *([high] if high is not None else [])], default=1.0)
        if most > least:
            return self._rimmed(least, most) if highs else (least, most)
        air = abs(least) * _AIR_SHARE or 1.0  # one value alone lies in the middle
        return (least, least + air) if low is not None else (least - air, least + air)

    def _rimmed(self, least: float, most: float) -> tuple[float, float]:
        """Return the range with so much room that dots at its ends stay whole."""
        rim = _RIM_SHARE * (most - least)
        floor = 0.0 if least >= 0 else least - rim
        low = max(floor, least - rim) if self.low is None else least
        return low, most if self.high is not None and most <= self.high else most + rim


_FEW = 100
_AIR_SHARE = 0.2
_RIM_SHARE = 0.06
_LOOKED_AT = 2000  # points of a long curve tell its range
_LOW_SHARE, _HIGH_SHARE = 0.5, 99.5  # a spike must not flatten all the rest
EMPTY = PlotContent()
