"""How far the prediction of a video is, and where its time goes."""

import time
from collections import deque
from collections.abc import Callable

from segdesk.core.language import tr
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Progress
from segdesk.jobs.video_events import FrameShares, VideoStep

_TELL_S = 0.2
_PACE_S = 5.0


class Teller:
    """Reports how far the work is, at most five times a second.

    Parameters
    ----------
    context
        Takes the reports.
    total
        Frames that there will be; None: not known.
    dropped
        Asked for the frames that a live source dropped.

    Attributes
    ----------
    done
        Frames that are written.
    """

    def __init__(
        self, context: JobContext, total: int | None, dropped: Callable[[], int]
    ) -> None:
        self.done = 0
        self._context = context
        self._total = total
        self._dropped = dropped
        self._fresh: list[FrameShares] = []
        self._told_s = 0.0
        self._pace: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])

    def tell(self, shares: FrameShares) -> None:
        """Count a frame that is written, and report it soon."""
        self.done += 1
        self._fresh.append(shares)
        if time.monotonic() - self._told_s >= _TELL_S:
            self.finish()

    def finish(self) -> None:
        """Report what was not reported yet."""
        now_s = time.monotonic()
        self._told_s = now_s
        self._pace.append((now_s, self.done))
        while len(self._pace) > 2 and self._pace[0][0] < now_s - _PACE_S:
            self._pace.popleft()
        begin_s, begin = self._pace[0]
        rate = (self.done - begin) / max(now_s - begin_s, 1e-6)
        left = None if self._total is None else self._total - self.done
        self._context.report(
            Progress(
                self.done, self._total, "frames", tr("{rate:.1f} frames/s", rate=rate)
            )
        )
        self._context.report(
            VideoStep(
                done=self.done,
                total=self._total,
                frames_per_s=rate,
                eta_s=left / rate if left is not None and rate > 0 else None,
                dropped=self._dropped(),
                frames=tuple(self._fresh),
            )
        )
        self._fresh = []


class Clock:
    """Seconds of work by stage; a stage is one thread's."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def stage(self, name: str) -> "_Stage":
        """Count the time of a block for a stage."""
        return _Stage(self, name)

    def add(self, seconds: dict[str, float]) -> None:
        """Count seconds by the names of their stages."""
        for name, took in seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + took


class _Stage:
    def __init__(self, clock: Clock, name: str) -> None:
        self._clock, self._name, self._began_s = clock, name, 0.0

    def __enter__(self) -> None:
        self._began_s = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._clock.add({self._name: time.perf_counter() - self._began_s})
