"""Which part of a video the time line shows, and where its times lie on it."""

from dataclasses import dataclass, replace

_STEPS_S = (0.04, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
_LEAST_TICK_PX = 84
_LEAST_S = 0.2
_MINUTE_S, _HOUR_S = 60, 3600
MOST_ZOOM = 200.0


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a video on a line.

    Parameters
    ----------
    whole_s
        Length of the video.
    begin_s, end_s
        What is shown.
    left, width
        Where on the widget it is shown, in px.
    """

    whole_s: float
    begin_s: float
    end_s: float
    left: float
    width: float

    @property
    def zoom(self) -> float:
        """How many times closer than the whole video."""
        return self.whole_s / self._length

    @property
    def _length(self) -> float:
        return max(1e-6, self.end_s - self.begin_s)

    def x_of(self, time_s: float) -> float:
        """Return where a time lies."""
        return self.left + (time_s - self.begin_s) / self._length * self.width

    def time_at(self, x: float) -> float:
        """Return the time of a place, within the video."""
        time_s = self.begin_s + (x - self.left) / max(1.0, self.width) * self._length
        return min(max(time_s, 0.0), self.whole_s)

    def zoomed(self, zoom: float, about_s: float) -> "Span":
        """Return a closer or wider part in which a time stays where it is."""
        closest = min(MOST_ZOOM, max(1.0, self.whole_s / _LEAST_S))
        length = self.whole_s / min(max(zoom, 1.0), closest)
        share = (about_s - self.begin_s) / self._length
        return self._from(about_s - share * length, length)

    def moved(self, by_s: float) -> "Span":
        """Return a part beside it, of the same length."""
        return self._from(self.begin_s + by_s, self._length)

    def showing(self, time_s: float) -> "Span":
        """Return a part of the same length in which a time is seen."""
        if self.begin_s <= time_s <= self.end_s:
            return self
        return self._from(time_s - self._length / 8, self._length)

    def ticks(self) -> tuple[float, list[float]]:
        """Return the distance of the ticks, in seconds, and the ticks."""
        each = self._length / max(1.0, self.width)
        fitting = (step for step in _STEPS_S if step / each >= _LEAST_TICK_PX)
        step = next(fitting, _STEPS_S[-1])
        first = int(self.begin_s / step)
        count = int(self._length / step) + 2
        ticks = [(first + at) * step for at in range(count)]
        return step, [tick for tick in ticks if self.begin_s <= tick <= self.end_s]

    def _from(self, begin_s: float, length: float) -> "Span":
        length = min(length, self.whole_s)
        begin_s = min(max(0.0, begin_s), self.whole_s - length)
        return replace(self, begin_s=begin_s, end_s=begin_s + length)


def clock(time_s: float, digits: int = 0) -> str:
    """Return a time as "00:05", "00:05.600", "1:02:03"."""
    units = 10**digits
    count = round(time_s * units)
    seconds, rest = divmod(count, units)
    hours, seconds = divmod(seconds, _HOUR_S)
    minutes, seconds = divmod(seconds, _MINUTE_S)
    words = f"{minutes:02d}:{seconds:02d}"
    if hours:
        words = f"{hours}:{words}"
    return f"{words}.{rest:0{digits}d}" if digits else words
