"""A review queue in which nothing is ranked."""

from types import SimpleNamespace

from segdesk.app.signal import Signal

_WHY = "The review queue is empty"


class FakeReview:
    """What commands and bars ask of the review queue."""

    def __init__(self) -> None:
        self.queue = SimpleNamespace(
            changed=Signal(),
            entries=(),
            kept=None,
            measuring=SimpleNamespace(is_busy=False),
            why_not_rank=lambda: _WHY,
        )
        self.working = SimpleNamespace(
            changed=Signal(),
            on_screen=None,
            why_none=lambda: _WHY,
            why_not_ready=lambda: _WHY,
            why_not_accept=lambda: _WHY,
        )
        self.gain = SimpleNamespace()
