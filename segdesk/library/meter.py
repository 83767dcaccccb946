"""Saying how far and how fast bytes move."""

import time
from collections import deque
from collections.abc import Callable

from segdesk.jobs.events import Progress, Report
from segdesk.library.model_card import size_words

_REPORT_EVERY_S = 0.2
_RATE_WINDOW_S = 5.0


class Meter:
    """Reports `Progress` in bytes with the rate of the last seconds.

    Parameters
    ----------
    report
        Called at most five times a second, and at the end.
    """

    def __init__(self, report: Callable[[Report], None]) -> None:
        self._report = report
        self._marks: deque[tuple[float, int]] = deque()
        self._next_s = 0.0

    def start(self, done: int) -> None:
        """Begin to count at `done` bytes that did not move now."""
        self._marks.clear()
        self._marks.append((time.monotonic(), done))

    def tick(self, done: int, total: int) -> None:
        """Take note that `done` of `total` bytes are there."""
        now = time.monotonic()
        if now < self._next_s and done < total:
            return
        self._next_s = now + _REPORT_EVERY_S
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > _RATE_WINDOW_S:
            self._marks.popleft()
        since, before = self._marks[0]
        rate = round((done - before) / (now - since)) if now > since else 0
        self._report(Progress(done, total, "bytes", f"{size_words(rate)}/s"))
