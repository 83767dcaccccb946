"""How fast a batch goes, from the last half minute of work."""

from collections import deque

_WINDOW_S = 30.0
_LEAST_S = 1.0


class Pace:
    """Measures images a second; time in which the batch waited does not count."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()
        self._worked_s = 0.0
        self._last_s: float | None = None

    @property
    def worked_s(self) -> float:
        """Seconds of work so far."""
        return self._worked_s

    def note(self, now_s: float, worked: int, *, waits: bool = False) -> None:
        """Note how many images were predicted by now.

        Parameters
        ----------
        now_s
            Monotonic seconds.
        waits
            The time since the last note was spent waiting.
        """
        if self._last_s is not None and not waits:
            self._worked_s += now_s - self._last_s
        self._last_s = now_s
        self._marks.append((self._worked_s, worked))
        while len(self._marks) > 2 and self._worked_s - self._marks[1][0] > _WINDOW_S:
            self._marks.popleft()

    @property
    def rate(self) -> float | None:
        """Images a second; None before anything can be said."""
        if len(self._marks) < 2:
            return None
        (first_s, first), (last_s, last) = self._marks[0], self._marks[-1]
        if last_s - first_s < _LEAST_S or last <= first:
            return None
        return (last - first) / (last_s - first_s)

    def seconds_left(self, count: int) -> float | None:
        """Return the time that some images take; None before it can be said."""
        rate = self.rate
        return None if rate is None else count / rate
