"""What `paint.py` and its peer take the times with."""

from dataclasses import dataclass, field

import numpy as np

from segdesk.core.classes import ClassList

TARGET_MS = 16.0
CLASSES = ClassList.from_names(
    ("background", "road", "water", "wood", "field", "roof", "wall", "rail")
)


@dataclass
class Times:
    """Milliseconds by kind of event: by the clock, and of work on this thread.

    On a machine that is busy with other things the second tells more.
    """

    clock: dict[str, list[float]] = field(default_factory=dict)
    work: dict[str, list[float]] = field(default_factory=dict)

    def add(self, kind: str, clock_ms: float, work_ms: float) -> None:
        """Note one event."""
        self.clock.setdefault(kind, []).append(clock_ms)
        self.work.setdefault(kind, []).append(work_ms)

    @property
    def high(self) -> float:
        """99th percentile of all events by the clock."""
        return float(np.percentile(_all(self.clock), 99))

    def line(self, name: str) -> str:
        """Return median, 99th percentile and worst by the clock, and of the work."""
        clock, work = _all(self.clock), _all(self.work)
        kinds = "  ".join(
            f"{kind} {np.percentile(values, 99):.1f}"
            for kind, values in self.work.items()
        )
        return (
            f"{name:<26}{np.median(clock):8.1f}{self.high:8.1f}{max(clock):8.1f}"
            f"{np.median(work):9.1f}{np.percentile(work, 99):8.1f}  "
            f"{'ok  ' if self.high <= TARGET_MS else 'over'}  {kinds}"
        )


def _all(by_kind: dict[str, list[float]]) -> list[float]:
    return [value for values in by_kind.values() for value in values]


HEAD = f"{'median':>8}{'p99':>8}{'max':>8}{'work':>9}{'p99':>8}"
