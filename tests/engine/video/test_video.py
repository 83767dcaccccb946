"""A predicted video: times, sound, sides; what is stopped or breaks still plays."""

import csv
import socket
import threading
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from clips import SIZE, even_times, make_clip, number_of, sound_seconds

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError, JobCancelledError, StorageError
from segdesk.core.video import index_video
from segdesk.core.video_frames import FrameReader
from segdesk.engine.frame import predict_frame
from segdesk.engine.video.video import run_video
from segdesk.formats.png_mask import read_mask
from segdesk.jobs.arrays import put, take
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import ModelSource
from segdesk.jobs.video_events import VideoStep
from segdesk.jobs.video_specs import FrameSpec, VideoSpec

pytestmark = pytest.mark.engine

CLASSES = ClassList(("background", "red"), ("#8A8F98", "#00FF00"))


class Redness:
    """A model that needs no network: class 1 where a picture is red."""

    device = torch.device("cpu")
    built = SimpleNamespace(classes=CLASSES)

    def __init__(self, before=lambda _number: None):
        self.calls = 0
        self._before = before

    def predict(self, pixels, *, confidence, tta, windows, check):
        del confidence, tta, windows
        self._before(self.calls)
        self.calls += 1
        check()
        labels = (pixels[:, :, 0] > pixels[:, :, 1].astype(int) + 60).astype(np.uint8)
        return SimpleNamespace(labels=labels, confidence=None, seconds={"network": 0.1})


class Desk:
    def __init__(self, folder):
        self.folder = folder
        self.clip = make_clip(folder / "in.mp4", even_times(30), sound="aac")
        (folder / "m.pth").write_bytes(b"weights")
        self.events = []
        self.stop = StopFlag()

    def spec(self, **fields):
        source = ModelSource(id="m", checkpoint=self.folder / "m.pth")
        defaults = {"source": self.clip, "out": self.folder / "out.mp4"}
        return VideoSpec(model=source, **{**defaults, **fields})

    def run(self, spec, model=None):
        context = JobContext(self.events.append, self.stop)
        return run_video(spec, context, model or Redness())

    def numbers(self, path, half=0):
        index = index_video(str(path))
        width = SIZE[0]
        with FrameReader(index) as reader:
            return index, [
                number_of(reader.frame(number)[:, half : half + width])
                for number in range(len(index))
            ]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_video_is_as_long_as_its_source_when_predicted(desk):
    spec = desk.spec(shares=desk.folder / "shares.csv", opacity=1.0)
    done = desk.run(spec)
    index, numbers = desk.numbers(spec.out)
    with FrameReader(index) as reader:
        painted = reader.frame(3)[30, 5]
    with spec.shares.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    assert numbers == list(range(30))
    assert index.times_s == pytest.approx(even_times(30), abs=1e-3)
    assert sound_seconds(spec.out) == pytest.approx(1.2, abs=0.1)
    assert (done.frames, done.audio, done.encoder) == (30, "copied", "libx264")
    assert painted[1] > 200
    assert painted[0] < 60
    assert [int(row["frame"]) for row in rows] == list(range(30))
    assert float(rows[9]["share_red"]) == pytest.approx(0.2, abs=0.05)
    steps = [event for event in desk.events if isinstance(event, VideoStep)]
    assert [share.number for step in steps for share in step.frames] == numbers
    assert (steps[-1].done, steps[-1].total) == (30, 30)
    assert {"decode", "network", "draw", "encode"} <= done.stages.keys()


def test_video_keeps_speed_when_frames_are_left_out(desk):
    model = Redness()
    spec = desk.spec(start_s=0.2, end_s=1.0, stride=4, kind="side")
    desk.run(spec, model)
    index, numbers = desk.numbers(spec.out)

    assert numbers == [5, 9, 13, 17, 21]
    assert index.times_s == pytest.approx([0, 0.16, 0.32, 0.48, 0.64], abs=1e-3)
    assert model.calls == 5
    assert index.facts.width > 2 * SIZE[0]
    assert sound_seconds(spec.out) == pytest.approx(0.8, abs=0.12)


@pytest.mark.parametrize(("fps", "calls", "frames"), [(10, 12, 12), (50, 30, 60)])
def test_video_has_even_times_when_rate_is_asked_for(desk, fps, calls, frames):
    clip = make_clip(desk.folder / "in.mkv", even_times(30))
    model = Redness()
    spec = desk.spec(source=clip, fps=fps, kind="mask", size=(0, 96))
    done = desk.run(spec, model)
    index = index_video(str(spec.out))

    assert len(index) == frames
    assert index.times_s == pytest.approx(even_times(frames, fps), abs=1e-3)
    assert model.calls == calls
    assert done.size == index.facts.size == (SIZE[0] * 2, 96)


def test_video_plays_until_the_stop_when_cancelled(desk):
    def stop_at(number):
        if number == 12:
            desk.stop.set()

    spec = desk.spec()
    with pytest.raises(JobCancelledError) as stopped:
        desk.run(spec, Redness(stop_at))
    _, numbers = desk.numbers(spec.out)

    assert numbers == list(range(12))
    assert stopped.value.kept.startswith("12 frames")
    assert sound_seconds(spec.out) < 1.1


def test_earlier_video_stays_when_cancelled(desk):
    spec = desk.spec(overwrite=True)
    spec.out.write_bytes(b"earlier")

    with pytest.raises(JobCancelledError, match=r"out\.mp4 is unchanged"):
        desk.run(spec, Redness(lambda number: number == 5 and desk.stop.set()))
    assert spec.out.read_bytes() == b"earlier"
    assert not list(desk.folder.glob(".segdesk*"))


def test_labels_are_calm_when_smoothed(desk):
    class Flicker(Redness):
        def predict(self, pixels, **fields):
            found = super().predict(pixels, **fields)
            if self.calls % 4 == 2:
                found.labels[:] = 0
            return found

    shares = desk.folder / "a.csv"
    desk.run(desk.spec(shares=shares, smooth=3), Flicker())
    with shares.open(encoding="utf-8") as file:
        reds = [float(row["share_red"]) for row in csv.DictReader(file)]

    assert len(reds) == 30
    assert min(reds) > 0.15


def test_frames_are_files_when_asked_for(desk):
    spec = desk.spec(kind="frames", out=desk.folder / "frames", start_s=1.0)
    done = desk.run(spec)
    masks = sorted((spec.out / "masks").iterdir())

    assert [path.name for path in masks] == [f"{n:06d}.png" for n in range(25, 30)]
    assert read_mask(masks[0])[30, 5] == 1
    assert len(list((spec.out / "overlays").iterdir())) == 5
    assert (spec.out / "classes.json").is_file()
    assert done.encoder == "png"


def test_video_holds_what_came_when_stream_breaks(desk):
    sent = make_clip(desk.folder / "sent.ts", even_times(40), gop=5)
    data = (desk.folder / "sent.ts").read_bytes()
    server = socket.create_server(("127.0.0.1", 0))

    def send():
        with server.accept()[0] as link:
            link.sendall(data[: len(data) // 2])

    thread = threading.Thread(target=send)
    thread.start()
    address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    done = desk.run(desk.spec(source=address))
    thread.join(5)
    server.close()
    index, numbers = desk.numbers(desk.folder / "out.mp4")

    assert sent
    assert "stopped" in done.problem
    assert len(index) == done.frames > 0
    assert numbers == sorted(numbers)
    assert any(isinstance(event, Noted) for event in desk.events)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"start_s": 1.3}, "no frame from 1.3 s"),
        ({"start_s": 0.5, "end_s": 0.4}, "is empty"),
        ({"smooth": 4}, "odd number"),
        ({"size": (4, 4)}, "sides from 16"),
        ({"fps": 0}, "frames a second"),
        ({"stride": 0}, "stride"),
        ({"quality": 70}, "quality"),
    ],
)
def test_video_is_refused_in_words_when_numbers_make_no_sense(desk, fields, words):
    with pytest.raises(InputError, match=words):
        desk.run(desk.spec(**fields))
    assert not (desk.folder / "out.mp4").exists()


def test_video_is_refused_when_it_would_replace_something(desk):
    with pytest.raises(InputError, match="would replace the video"):
        desk.run(desk.spec(out=desk.folder / "in.mp4", overwrite=True))
    with pytest.raises(InputError, match="would replace the video"):
        desk.run(desk.spec(shares=desk.folder / "in.mp4", overwrite=True))
    with pytest.raises(InputError, match="two different names"):
        desk.run(desk.spec(shares=desk.folder / "out.mp4"))
    (desk.folder / "mine.csv").write_text("a table of something else")
    with pytest.raises(InputError, match=r"mine.csv is there already"):
        desk.run(desk.spec(shares=desk.folder / "mine.csv"))
    (desk.folder / "out.mp4").write_bytes(b"earlier")
    with pytest.raises(InputError, match="is there already"):
        desk.run(desk.spec())
    with pytest.raises(StorageError):
        desk.run(desk.spec(out=desk.folder / "in.mp4" / "out.mp4"))


def test_frame_is_predicted_when_handed_over(desk):
    scratch = desk.folder / "scratch"
    scratch.mkdir()
    pixels = np.zeros((10, 20, 3), np.uint8)
    pixels[:, :5, 0] = 200
    spec = FrameSpec(
        model=ModelSource(id="m", checkpoint=desk.folder / "m.pth"),
        pixels=put(pixels, scratch),
        scratch_dir=scratch,
        number=7,
        time_s=0.28,
    )
    done = predict_frame(spec, JobContext(desk.events.append, desk.stop), Redness())

    assert (done.number, done.time_s, done.device) == (7, 0.28, "cpu")
    assert done.shares == (0.75, 0.25)
    assert {"take", "network", "count", "hand over"} == done.seconds.keys()
    assert take(done.labels)[:, :5].all()
    assert not list(scratch.iterdir())
