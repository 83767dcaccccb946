"""A stream over the network: the newest frame, and a sentence when it breaks."""

import socket
import threading

import pytest
from clips import SIZE, even_times, make_clip, number_of

from segdesk.core.errors import VideoReadError
from segdesk.core.video_live import LiveSource
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


def test_source_is_live_when_it_is_an_address():
    assert is_live("rtsp://host/path")
    assert is_live("camera:0")
    assert not is_live("/films/rtsp.mp4")
    assert not is_live("C:\\films\\a.mp4")
    assert named("/films/a.mp4") == "a.mp4"
