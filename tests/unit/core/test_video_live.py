"""A stream over the network: the newest frame, and a sentence when it breaks."""

import socket
import threading
import time

import pytest
from clips import SIZE, even_times, make_clip, number_of, picture

from segdesk.core.errors import VideoReadError
from segdesk.core.video_live import LiveSource, open_live
from segdesk.core.video_source import is_live, named


@pytest.fixture
def sender(tmp_path):
    """Return a function that serves a clip's first bytes once, and hangs up."""
    clip = make_clip(tmp_path / "sent.ts", even_times(50), gop=5)
    servers = []

    def serve(share):
        data = (tmp_path / "sent.ts").read_bytes()
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def send():
            link, _ = server.accept()
            with link:
                link.sendall(data[: int(len(data) * share)])

        thread = threading.Thread(target=send)
        thread.start()
        servers.append(thread)
        return f"tcp://127.0.0.1:{server.getsockname()[1]}"

    assert clip
    yield serve
    for part in servers:
        part.join(5) if isinstance(part, threading.Thread) else part.close()


def test_live_source_tells_when_stream_breaks(sender):
    with LiveSource(sender(0.6)) as source:
        numbers = []

        def take_all():
            while (frame := source.take(5)) is not None:
                numbers.append((frame.number, number_of(frame.pixels)))

        with pytest.raises(VideoReadError, match="stopped") as broken:
            take_all()

        assert source.facts.size == SIZE
        assert source.facts.live
        assert source.facts.duration_s is None
        # All that was not taken in time is dropped, and counted.
        assert source.dropped == numbers[-1][0] + 1 - len(numbers)
    assert numbers
    assert all(shown >= arrived for arrived, shown in numbers)
    assert broken.value.hint


def test_live_source_is_refused_in_words_when_nobody_answers():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(VideoReadError) as refused:
        LiveSource(f"rtsp://me:secret@127.0.0.1:{port}/door")

    told = refused.value
    assert told.message == f"rtsp://127.0.0.1:{port}/door was not opened."
    assert "secret" not in str(told) + told.detail


def test_live_source_is_refused_in_words_when_there_is_no_such_camera():
    with pytest.raises(VideoReadError, match="no number of a camera"):
        LiveSource("camera:front")
    with pytest.raises(VideoReadError, match="no number of a camera"):
        LiveSource("camera:99999999999")
    with pytest.raises(VideoReadError, match="There is no such camera"):
        LiveSource("camera:97")


class FakeCamera:
    """Stands for OpenCV's camera: twelve pictures, and it is pulled out."""

    CAP_PROP_FPS, COLOR_BGR2RGB = 5, 4

    def __init__(self) -> None:
        self.count = 0
        self.asked = []

    def VideoCapture(self, number):  # noqa: N802 - as OpenCV has it
        self.asked.append(number)
        return self

    def isOpened(self):  # noqa: N802 - as OpenCV has it
        return True

    def read(self):
        self.count += 1
        if self.count > 12:
            return False, None
        return True, picture(self.count)[:, :, ::-1]

    def get(self, _what):
        return 30.0

    def cvtColor(self, raw, _how):  # noqa: N802 - as OpenCV has it
        return raw[:, :, ::-1]

    def release(self):
        self.count = -1


def test_camera_shows_its_pictures_when_it_is_there(monkeypatch):
    camera = FakeCamera()
    monkeypatch.setattr("segdesk.core.video_live.load_cv2", lambda: camera)
    with LiveSource("camera:3") as source:
        assert camera.asked == [3]
        assert (source.facts.size, source.facts.fps) == (SIZE, 30.0)
        frames = []

        def take_all():
            while (frame := source.take(5)) is not None:
                frames.append(number_of(frame.pixels))

        with pytest.raises(VideoReadError, match="camera:3 stopped"):
            take_all()
        assert frames[-1] == 12
        assert frames == sorted(frames)


def test_connecting_is_given_up_when_nobody_waits_for_it():
    class GivenUpError(Exception):
        pass

    def check():
        raise GivenUpError

    with socket.create_server(("127.0.0.1", 0)) as server:  # it never answers
        port = server.getsockname()[1]
        began_s = time.monotonic()
        with pytest.raises(GivenUpError):
            open_live(f"http://127.0.0.1:{port}/door", check)
        assert time.monotonic() - began_s < 5


def test_source_is_live_when_it_is_an_address():
    assert is_live("rtsp://host/path")
    assert is_live("camera:0")
    assert not is_live("/films/rtsp.mp4")
    assert not is_live("C:\\films\\a.mp4")
    assert named("/films/a.mp4") == "a.mp4"
