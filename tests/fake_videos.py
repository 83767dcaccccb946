"""Videos that are decoded at once and predicted when a test says so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from segdesk.app.video.annotating import VideoAnnotating
from segdesk.app.video.live import LivePrediction
from segdesk.app.video.memory import VideoMemory
from segdesk.app.video.places import FramePlaces
from segdesk.app.video.recording import VideoRecording
from segdesk.app.video.videos import Videos
from segdesk.core.classes import ClassList
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Cancelled, Failed
from segdesk.jobs.frame_feed import LiveAnswer
from segdesk.jobs.runner import attempt

CLASSES = ClassList.from_names(("road", "tree"))


class ManualFeed:
    """Stands for the engine's feed: a test answers."""

    def __init__(self, live: LivePrediction) -> None:
        self.live = live
        self.offered = []
        live._feed = self  # type: ignore[assignment]

    def offer(self, _model, number, time_s, pixels) -> None:
        self.offered.append((number, time_s, pixels))

    def clear(self) -> None:
        pass

    def close(self, _timeout_s=0) -> None:
        pass

    def answer(self, label=1) -> None:
        number, time_s, pixels = self.offered[-1]
        labels = np.full(pixels.shape[:2], label, np.uint8)
        shares = tuple(float(at == label) for at in range(2))
        self.live._on_answer(
            LiveAnswer(
                number=number,
                time_s=time_s,
                labels=labels,
                confidence=None,
                shares=shares,
                classes=CLASSES,
                device="cpu",
                seconds={"network": 0.1},
                fps=9.0,
                dropped=0,
            )
        )


class FakeEngine:
    """Does long work at once; its runner gives up every job."""

    def __init__(self) -> None:
        self.runner = self
        self.specs: list[Any] = []

    def run(self, spec: Any, report: Any, stop: Any) -> Cancelled:
        self.specs.append(spec)
        return Cancelled()

    def start_work(
        self,
        work: Callable[[JobContext], Any],
        report: Callable[[Any], None],
        done: Callable[[Any], object],
        ended: Callable[[Any], object],
    ) -> Callable[[], None]:
        outcome = attempt(lambda: work(JobContext(report, StopFlag())))
        if isinstance(outcome, Failed | Cancelled):
            ended(outcome)
        else:
            done(outcome)
        return lambda: None


def make_videos(desk: Any, executor: Any, timer: Any, predicting: Any) -> Videos:
    """Return the journey of videos, with calls that are made at once."""
    engine: Any = FakeEngine()
    return Videos(desk, engine, executor, timer, predicting, lambda call: call())


def make_recording(desk: Any, videos: Any, executor: Any, home: Path) -> VideoRecording:
    """Return what records, with calls that are made at once."""
    engine: Any = FakeEngine()
    memory = VideoMemory(home / "videos.json")
    return VideoRecording(
        desk, videos.watch, memory, engine, executor, lambda call: call()
    )


def make_annotating(
    desk: Any, videos: Any, executor: Any, showing: Any, home: Path
) -> VideoAnnotating:
    """Return what makes images of frames."""
    memory = VideoMemory(home / "videos.json")
    places = FramePlaces(desk, videos, memory, executor)
    return VideoAnnotating(desk, videos, executor, showing, places)
