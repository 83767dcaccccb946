"""A journey that measures nothing: the test says what is known of a model."""

from segdesk.app.signal import Signal
from segdesk.jobs.tune_events import ModeMeasured, Tuned
from segdesk.jobs.tune_specs import RunMode

FAST = RunMode(precision="bf16", channels_last=True)


def make_tuned(**changes) -> Tuned:
    """Return a record: bf16 is 1.6 times as fast."""
    values = {
        "model": "m",
        "device": "cuda:0",
        "device_name": "NVIDIA H200",
        "versions": "1",
        "chosen": FAST,
        "measured": (
            ModeMeasured(mode=RunMode(), images_per_s=10.0, equal=1.0),
            ModeMeasured(mode=FAST, images_per_s=16.0, equal=0.99979),
        ),
        "images": 4,
        "day": "2026-01-02",
    }
    return Tuned(**(values | changes))


class FakeTuning:
    """Answers at once with `known`; `started` are the models that were asked for."""

    def __init__(self) -> None:
        self.changed: Signal[str] = Signal()
        self.known: tuple[Tuned, ...] = ()
        self.running: set[str] = set()
        self.started: list[str] = []

    def is_running(self, model_id: str) -> bool:
        return model_id in self.running

    def why_not(self, entry) -> str | None:
        return "It is being measured" if entry.id in self.running else None

    def look_up(self, _entry, done) -> None:
        done(self.known)

    def start(self, entry) -> None:
        self.started.append(entry.id)
        self.running.add(entry.id)
        self.changed.emit(entry.id)
