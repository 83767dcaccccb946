"""Live prediction: the newest frame wins, one at a time."""

import queue
import threading

import numpy as np
import pytest

from segdesk.core.classes import ClassList
from segdesk.jobs import frame_feed
from segdesk.jobs.arrays import put, take
from segdesk.jobs.events import Cancelled, Failed, Succeeded
from segdesk.jobs.frame_feed import FrameFeed, LiveModel
from segdesk.jobs.model_source import ModelSource
from segdesk.jobs.video_events import FrameDone

CLASSES = ClassList(("dark", "bright"), ("#000000", "#FFFFFF"))


class Gate:
    """An engine that predicts when the test lets it."""

    def __init__(self):
        self.started = queue.Queue()
        self.go = queue.Queue()
        self.specs = []

    def run(self, spec, report, stop):
        del report
        self.specs.append(spec)
        pixels = take(spec.pixels)
        self.started.put(spec.number)
        word = self.go.get(timeout=10)
        if stop.is_set():
            return Cancelled()
        if word == "fail":
            return Failed(kind="ModelError", message="The network failed.")
        labels = (pixels[:, :, 0] > 127).astype(np.uint8)
        return Succeeded(
            FrameDone(
                model_id=spec.model.id,
                number=spec.number,
                time_s=spec.time_s,
                labels=put(labels, spec.scratch_dir),
                confidence=None,
                shares=(0.5, 0.5),
                classes=CLASSES,
                device="cpu",
                seconds={"network": 0.1},
            )
        )

    def close(self):
        pass


@pytest.fixture
def live(tmp_path):
    """Return gate, feed, model and the queue of what it tells."""
    gate, told = Gate(), queue.Queue()
    feed = FrameFeed(gate, told.put, told.put)
    model = LiveModel(ModelSource(id="m", checkpoint=tmp_path / "m.pth"))
    yield gate, feed, model, told
    for _ in range(3):
        gate.go.put("go")
    feed.close()
    assert "live prediction" not in {thread.name for thread in threading.enumerate()}


def frame(bright):
    return np.full((4, 6, 3), 200 if bright else 10, np.uint8)


def test_feed_predicts_the_newest_when_frames_come_faster(live):
    gate, feed, model, told = live
    feed.offer(model, 0, 0.0, frame(bright=False))
    assert gate.started.get(timeout=5) == 0
    for number in (1, 2, 3):
        feed.offer(model, number, number / 25, frame(bright=True))
    gate.go.put("go")
    gate.go.put("go")
    first, second = told.get(timeout=5), told.get(timeout=5)

    assert (first.number, second.number) == (0, 3)
    assert (first.labels == 0).all()
    assert (second.labels == 1).all()
    assert (first.dropped, second.dropped) == (2, 2)
    assert {"network", "total"} <= second.seconds.keys()
    assert second.time_s == 3 / 25
    assert not list(gate.specs[0].scratch_dir.iterdir())


def test_feed_goes_on_when_a_frame_fails(live):
    gate, feed, model, told = live
    feed.offer(model, 0, 0.0, frame(bright=False))
    gate.go.put("fail")
    assert told.get(timeout=5).message == "The network failed."
    feed.offer(model, 1, 0.0, frame(bright=False))
    gate.go.put("go")

    assert told.get(timeout=5).number == 1


def test_feed_goes_on_when_there_was_no_room_for_its_folder(live, monkeypatch):
    def full():
        raise OSError(28, "No space left on device")

    gate, feed, model, told = live
    with monkeypatch.context() as disk:
        disk.setattr(frame_feed, "make_scratch_dir", full)
        feed.offer(model, 0, 0.0, frame(bright=False))
        assert "No space left" in told.get(timeout=5).cause
    gate.go.put("go")
    feed.offer(model, 1, 0.0, frame(bright=False))

    assert told.get(timeout=5).number == 1


def test_feed_forgets_what_is_stale_when_cleared(live):
    gate, feed, model, told = live
    feed.offer(model, 0, 0.0, frame(bright=False))
    gate.started.get(timeout=5)
    feed.offer(model, 1, 0.0, frame(bright=False))
    feed.clear()
    feed.offer(model, 2, 0.0, frame(bright=True))
    gate.go.put("go")
    gate.go.put("go")

    assert told.get(timeout=5).number == 2
    assert told.empty()
