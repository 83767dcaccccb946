"""What is live on screen: newest frames, breaks, predictions, recordings."""

import time
from collections import deque
from types import SimpleNamespace

import pytest
from clips import number_of
from fake_videos import ManualFeed, make_recording, make_videos
from fake_workers import ManualTimer
from senders import Sender

from segdesk.app.desk import Desk
from segdesk.app.job_center import JobCenter
from segdesk.app.notices import Notices
from segdesk.app.session import Session
from segdesk.app.settings.settings import Settings
from segdesk.app.signal import Signal
from segdesk.app.video.link import LinkState
from segdesk.core.errors import SegDeskError
from segdesk.core.video import index_video
from segdesk.jobs.model_source import ModelSource


class WaitingExecutor:
    """Does one piece of work when a test says so."""

    def __init__(self) -> None:
        self.waiting = deque()

    def submit(self, work, done, failed) -> None:
        self.waiting.append((work, done, failed))

    def run(self) -> None:
        work, done, failed = self.waiting.popleft()
        try:
            result = work()
        except SegDeskError as error:
            failed(error)
        else:
            done(result)

    def run_until(self, is_so) -> None:
        end_s = time.monotonic() + 20
        while not is_so():
            assert time.monotonic() < end_s, "it took too long"
            self.run() if self.waiting else time.sleep(0.01)


@pytest.fixture
def house(tmp_path, segdesk_home):
    timer, executor = ManualTimer(), WaitingExecutor()
    desk = Desk(Session(), Settings(segdesk_home / "s"), Notices(), JobCenter())
    model = SimpleNamespace(source=ModelSource(id="m", checkpoint=tmp_path / "m.pth"))
    predicting = SimpleNamespace(model=model, changed=Signal())
    videos = make_videos(desk, executor, timer, predicting)
    recording = make_recording(desk, videos, executor, segdesk_home)
    recording._memory.keep_recordings(tmp_path)
    watch = videos.watch
    shots = []
    watch.shown.connect(shots.append)
    yield SimpleNamespace(**locals())
    recording.close()
    videos.close()
    while executor.waiting:
        executor.run()


def test_newest_frame_is_shown_and_held_when_asked(house):
    watch, executor = house.watch, house.executor
    with Sender() as sender:
        house.videos.open_live(sender.address)
        executor.run_until(lambda: len(house.shots) >= 3)
        numbers = [number_of(shot.image.pixels) for shot in house.shots]
        assert numbers == sorted(set(numbers))
        assert watch.link.state is LinkState.LIVE
        assert house.videos.still is None
        house.videos.toggle()
        while executor.waiting:
            executor.run()
        held = watch.shot
        assert house.videos.still is held
        house.videos.toggle()
        executor.run_until(lambda: watch.shot is not held)
        assert house.videos.why_no_film().startswith("What is live")


def test_link_connects_again_when_the_sender_comes_back(house):
    watch, executor, timer = house.watch, house.executor, house.timer
    with Sender() as sender:
        house.videos.open_live(sender.address)
        executor.run_until(lambda: house.shots)
    executor.run_until(lambda: watch.link.state is LinkState.LOST)
    assert watch.link.problem
    timer.pass_time()  # in vain: nobody is there
    assert watch.link.attempt == 1
    assert watch.is_open
    with Sender(port=sender.port):
        timer.pass_time()
        assert watch.link.state is LinkState.LIVE
        assert watch.link.attempt == 0
        count = len(house.shots)
        executor.run_until(lambda: len(house.shots) > count)
    assert house.desk.notices.history == []


def test_link_is_let_go_when_the_page_is_left_and_comes_back_with_it(house):
    watch, executor, videos = house.watch, house.executor, house.videos
    with Sender() as sender:
        videos.open_live(sender.address)
        executor.run_until(lambda: house.shots)
        videos.rest()
        assert not watch.is_open
        count = len(house.shots)
        videos.come_back()
        assert watch.link.source == sender.address
        executor.run_until(lambda: len(house.shots) > count)


def test_link_stays_until_the_recording_ends_when_the_page_is_left(house):
    watch, executor, videos = house.watch, house.executor, house.videos
    toasts = []
    house.desk.notices.toasted.connect(lambda *toast: toasts.append(toast))
    with Sender() as sender:
        videos.open_live(sender.address)
        executor.run_until(lambda: house.shots)
        house.recording.start()
        executor.run_until(lambda: house.recording.film is not None)
        videos.rest()
        assert watch.is_open
        assert "still recorded" in str(toasts[-1])
        house.recording.stop()
        assert not watch.is_open


def test_notice_tells_the_cure_when_nobody_answers_at_first(house):
    house.videos.open_live("tcp://127.0.0.1:9")
    notice = house.desk.notices.history[-1]
    assert notice.message == "tcp://127.0.0.1:9 was not opened."
    assert notice.hint
    assert not house.watch.is_open


def test_frames_are_dropped_and_counted_when_the_model_is_slow(house):
    watch, executor = house.watch, house.executor
    feed = ManualFeed(watch.live)
    house.videos.set_predicts(on=True)
    with Sender() as sender:
        house.videos.open_live(sender.address)
        watch.live._feed = feed
        executor.run_until(lambda: feed.offered)
        assert house.shots == []
        time_s = time.monotonic() + 10
        while watch.dropped < 5 and time.monotonic() < time_s:
            time.sleep(0.01)
        assert watch.dropped >= 5
        feed.answer()
        assert house.shots[-1].prediction is not None
        assert house.shots[-1].shares == (0.0, 1.0)


def test_every_frame_is_recorded_though_few_are_shown(house, tmp_path):
    watch, executor, recording = house.watch, house.executor, house.recording
    assert recording.why_not() == "Open a camera or a stream first"
    with Sender() as sender:
        house.videos.open_live(sender.address)
        executor.run_until(lambda: house.shots)
        recording.toggle()
        executor.run_until(lambda: recording.film is not None)
        watch.hold(on=True)  # nothing comes on screen meanwhile
        film = recording.film
        while film.frames < 10:
            time.sleep(0.01)
        recording.toggle()
    assert recording.film is None
    notice = house.desk.notices.history[-1]
    assert notice.message == f"{film.path.name} was recorded."
    assert film.path.parent == tmp_path
    index = index_video(str(film.path))
    assert len(index) == film.frames >= 10
    assert index.duration_s == pytest.approx(film.frames / 25, rel=0.5)
