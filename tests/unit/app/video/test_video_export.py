"""Exporting a video: the spec that the engine gets, and what is told of it."""

from types import SimpleNamespace

import pytest
from clips import even_times, make_clip
from fake_batches import FakeRunner
from fake_videos import make_videos
from fake_workers import ImmediateExecutor, ManualTimer

from segdesk.app.desk import Desk
from segdesk.app.job_center import JobCenter
from segdesk.app.notices import Notices
from segdesk.app.session import Session
from segdesk.app.settings.settings import Settings
from segdesk.app.signal import Signal
from segdesk.app.video.export import VideoChoice, VideoExporting
from segdesk.jobs.events import Succeeded
from segdesk.jobs.model_source import ModelSource
from segdesk.jobs.video_events import VideoDone, VideoStep


@pytest.fixture
def house(tmp_path, segdesk_home):
    desk = Desk(Session(), Settings(segdesk_home / "s.toml"), Notices(), JobCenter())
    model = SimpleNamespace(source=ModelSource(id="m", checkpoint=tmp_path / "m.pth"))
    predicting = SimpleNamespace(model=model, model_name="M", changed=Signal())
    videos = make_videos(desk, ImmediateExecutor(), ManualTimer(), predicting)
    runner = FakeRunner()
    exporting = VideoExporting(desk, videos, predicting, runner)
    make_clip(tmp_path / "drive.mp4", even_times(50))
    videos.open(tmp_path / "drive.mp4")
    yield SimpleNamespace(**locals())
    videos.close()


def test_export_predicts_the_range_when_it_is_marked(house, tmp_path):
    house.videos.mark_in(10)
    house.videos.mark_out(19)
    out = house.exporting.proposed("side")
    assert out == tmp_path / "drive side.mp4"
    choice = VideoChoice(out, "side", whole=False, stride=2, smooth=3)
    assert house.exporting.frames(choice) == 5
    revealed = []
    house.exporting.run(choice, revealed.append)
    (spec,) = house.runner.specs
    assert (spec.start_s, spec.end_s) == (pytest.approx(0.4), pytest.approx(0.8))
    assert (spec.kind, spec.stride, spec.smooth) == ("side", 2, 3)
    assert house.exporting.why_not() == "A video is being exported"
    house.runner.say(VideoStep(done=3, total=5, frames_per_s=2.0))
    (job,) = house.desk.jobs.live()
    assert (job.done, job.total, job.unit) == (3, 5, "frames")
    done = VideoDone(
        out=out, shares=None, frames=5, seconds=2.0, size=(128, 48), encoder="libx264"
    )
    house.runner.end(Succeeded(done))
    notice = house.desk.notices.history[-1]
    assert notice.message == "drive side.mp4 was exported."
    notice.verbs[0].run()
    assert revealed == [out]
    assert house.exporting.why_not() is None


def test_problem_is_told_when_the_target_cannot_be_written(house, tmp_path):
    problem = house.exporting.problem
    (tmp_path / "there.mp4").touch()
    assert problem(VideoChoice(tmp_path / "there.mp4")).startswith("there.mp4 is there")
    assert "itself" in problem(VideoChoice(tmp_path / "drive.mp4"))
    assert "end in .mp4" in problem(VideoChoice(tmp_path / "film.avi"))
    assert "that is there" in problem(VideoChoice(tmp_path / "no" / "film.mp4"))
    assert "empty" in problem(VideoChoice(tmp_path, "frames"))
    assert problem(VideoChoice(tmp_path / "new", "frames")) == ""
    assert problem(VideoChoice(tmp_path / "new.mp4")) == ""


def test_nothing_is_exported_when_no_model_is_loaded(house):
    house.predicting.model = None
    assert house.exporting.why_not() == "Load a model first"
