"""Opening and playing videos: by the clock, without lag, with a model or without."""

from types import SimpleNamespace

import pytest
from clips import even_times, make_clip, number_of
from fake_videos import ManualFeed, make_videos
from fake_workers import ImmediateExecutor, ManualTimer

from segdesk.app.desk import Desk
from segdesk.app.job_center import JobCenter
from segdesk.app.notices import Notices
from segdesk.app.session import Session
from segdesk.app.settings.settings import Settings
from segdesk.app.signal import Signal
from segdesk.jobs.model_source import ModelSource


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def house(tmp_path, segdesk_home):
    clock, timer = Clock(), ManualTimer()
    desk = Desk(
        Session(), Settings(segdesk_home / "s.toml"), Notices(), JobCenter(clock)
    )
    model = SimpleNamespace(source=ModelSource(id="m", checkpoint=tmp_path / "m.pth"))
    predicting = SimpleNamespace(model=model, changed=Signal())
    videos = make_videos(desk, ImmediateExecutor(), timer, predicting)
    shots = []
    videos.player.shown.connect(shots.append)
    clip = make_clip(tmp_path / "drive.mp4", even_times(50))
    videos.open(tmp_path / clip)
    yield SimpleNamespace(**locals())
    videos.close()


def test_player_shows_frame_that_is_due_when_time_passes(house):
    player = house.videos.player
    house.videos.toggle()
    house.clock.now = 0.1
    house.timer.pass_time()
    house.clock.now = 1.0
    house.timer.pass_time()
    assert [shot.number for shot in house.shots] == [0, 0, 2, 25]
    assert number_of(house.shots[-1].image.pixels) == 25
    assert player.dropped == 1 + 22
    player.set_speed(0.5)
    house.clock.now = 2.0
    house.timer.pass_time()
    assert player.number == 37
    house.clock.now = 9.0
    house.timer.pass_time()
    assert not player.is_playing


def test_player_begins_again_when_it_loops_in_the_range(house):
    videos = house.videos
    videos.mark_in(10)
    videos.mark_out(19)
    videos.player.set_loops(on=True)
    videos.toggle()
    assert videos.player.number == 10
    house.clock.now = 0.5
    house.timer.pass_time()
    assert videos.player.is_playing
    assert videos.player.number == 10


def test_player_shows_frames_with_their_labels_when_model_is_slow(house):
    feed = ManualFeed(house.videos.live)
    house.videos.set_predicts(on=True)
    feed.answer()
    house.videos.toggle()
    feed.answer()
    house.shots.clear()
    house.clock.now = 0.1
    house.timer.pass_time()
    house.clock.now = 0.4
    feed.answer()  # of frame 2, 0.3 s late: what is due by now is next
    assert [(shot.number, bool(shot.prediction)) for shot in house.shots] == [(2, True)]
    assert feed.offered[-1][0] == 10
    film = house.videos.film
    assert film.shares.of(2) == (0.0, 1.0)
    assert film.shares.known == 2


def test_live_labels_are_those_of_most_frames_when_smoothed(house):
    feed = ManualFeed(house.videos.live)
    house.videos.set_smooth(3)
    house.videos.set_predicts(on=True)
    seen = []
    for number, label in ((0, 1), (1, 1), (2, 0)):
        house.videos.player.seek(number)
        feed.answer(label)
        seen.append(int(house.shots[-1].prediction.labels[0, 0]))
    assert seen == [1, 1, 1]
    house.videos.player.seek(0)  # back: other frames do not vote
    feed.answer(0)
    assert house.shots[-1].prediction.labels[0, 0] == 0


def test_notice_tells_when_file_is_no_video(house, tmp_path):
    (tmp_path / "words.mp4").write_text("no film")
    house.videos.open(tmp_path / "words.mp4")
    notice = house.desk.notices.history[-1]
    assert notice.message == "words.mp4 was not opened."
    assert house.videos.opening is None
    assert house.videos.film.path.name == "drive.mp4"


def test_marks_are_found_when_going_to_the_next(house):
    videos = house.videos
    videos.film.marks = {7: True, 30: False}
    videos.next_mark(1)
    videos.next_mark(1)
    assert videos.player.number == 30
    videos.next_mark(-1)
    assert videos.player.number == 7
