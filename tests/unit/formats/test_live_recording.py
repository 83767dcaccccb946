"""Recording what is live: the film plays, however the recording ended."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from clips import SIZE, number_of, picture

from segdesk.core.errors import StorageError
from segdesk.core.video import index_video
from segdesk.core.video_frames import FrameReader
from segdesk.formats import live_recording
from segdesk.formats.live_recording import LiveRecording

_KILLED = """
import os, signal, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from clips import SIZE, picture
from segdesk.formats.live_recording import LiveRecording
film = LiveRecording(Path(sys.argv[1]), SIZE, 25, print)
for number in range(60):
    film.add(number / 25, lambda number=number: picture(number))
while film.frames < 60:
    time.sleep(0.01)
os.kill(os.getpid(), signal.SIGKILL)
"""


def record(path, times, size=SIZE, failed=None):
    film = LiveRecording(path, SIZE, 25, failed or pytest.fail)
    for number, time_s in enumerate(times):
        film.add(100 + time_s, lambda number=number: picture(number, size))
    film.stop()
    return film


def test_film_keeps_the_times_at_which_frames_came_when_stopped(tmp_path):
    path = tmp_path / "new" / "door.mkv"
    film = record(path, (0, 0.04, 0.5, 2))

    index = index_video(str(path))
    assert index.times_s == pytest.approx((0, 0.04, 0.5, 2), abs=0.002)
    with FrameReader(index) as reader:
        assert [number_of(reader.frame(at)) for at in range(4)] == [0, 1, 2, 3]
    assert (film.frames, film.dropped) == (4, 0)


def test_film_plays_when_the_program_was_killed(tmp_path):
    path, tests = tmp_path / "door.mkv", Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", _KILLED, path, tests], check=False)

    index = index_video(str(path))
    # A piece of a second that was not whole is lost, no more.
    assert 60 - len(index) <= 40
    with FrameReader(index) as reader:
        assert number_of(reader.frame(len(index) - 1)) == len(index) - 1


def test_film_is_ended_properly_when_the_disk_is_nearly_full(tmp_path, monkeypatch):
    told, full = [], []

    class Usage:
        @property
        def free(self):
            return 1_000_000 if full else 10**12

    monkeypatch.setattr(live_recording.shutil, "disk_usage", lambda _: Usage())
    monkeypatch.setattr(live_recording, "_LOOK_S", 0.0)
    film = LiveRecording(tmp_path / "door.mkv", SIZE, 25, told.append)
    film.add(0, lambda: picture(0))
    while not film.frames:
        time.sleep(0.001)
    full.append(True)
    film.add(1, lambda: picture(1))
    film._thread.join(5)

    assert [error.message for error in told] == ["The recording was ended."]
    assert "1.0 MB are free" in told[0].cause
    assert "door.mkv plays up to here" in told[0].cause
    assert len(index_video(str(film.path))) == film.frames
    with pytest.raises(StorageError, match="Nothing was recorded"):
        LiveRecording(tmp_path / "other.mkv", SIZE, 25, told.append)
    assert not (tmp_path / "other.mkv").exists()


def test_pictures_are_fitted_when_the_sender_changes_its_size(tmp_path):
    path = tmp_path / "door.mkv"
    film = LiveRecording(path, SIZE, 25, pytest.fail)
    film.add(0, lambda: picture(5))
    film.add(1, lambda: picture(5, (128, 96)))
    film.stop()

    index = index_video(str(path))
    assert index.facts.size == SIZE
    assert len(index) == 2
