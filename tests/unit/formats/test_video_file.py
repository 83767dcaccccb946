"""Written videos play as they should: times, sides, sound."""

import signal

import pytest
from clips import SIZE, even_times, make_clip, number_of, picture, sound_seconds

from segdesk.core.errors import InputError, StorageError
from segdesk.core.video import index_video
from segdesk.core.video_frames import FrameReader
from segdesk.formats import video_file as module
from segdesk.formats.video_file import VideoWriter, video_file
from segdesk.formats.video_sound import Sound

resource = pytest.importorskip("resource", reason="limits are POSIX's")


def write(path, times, *, size=SIZE, sound=None, end_s=None):
    with video_file(path) as (file, kind):
        heard = sound and Sound(sound[0], 0.0, sound[1], sound[2], kind)
        writer = VideoWriter(file, kind, size, fps=25, sound=heard)
        for number, time_s in enumerate(times):
            writer.add(picture(number, size), time_s)
        writer.finish(times[-1] + 0.04 if end_s is None else end_s)
    return writer.encoder, heard and heard.how


@pytest.mark.parametrize("name", ["out.mp4", "out.mkv", "out.mov"])
def test_writer_keeps_times_when_rate_varies(tmp_path, name):
    times = [0, 0.04, 0.4, 0.44, 1.2]
    encoder, _ = write(tmp_path / name, times)
    index = index_video(str(tmp_path / name))
    with FrameReader(index) as reader:
        numbers = [number_of(reader.frame(number)) for number in range(5)]

    assert index.times_s == pytest.approx(times, abs=2e-3)
    assert numbers == [0, 1, 2, 3, 4]
    assert encoder == "libx264"
    assert index.facts.codec == "h264"


def test_writer_fills_up_when_sides_are_odd(tmp_path):
    write(tmp_path / "odd.mp4", even_times(3), size=(67, 47))
    facts = index_video(str(tmp_path / "odd.mp4")).facts

    assert facts.size == (68, 48)


def test_writer_takes_mpeg4_when_h264_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_ENCODERS", ("no_such_encoder", "mpeg4"))
    encoder, _ = write(tmp_path / "out.mp4", even_times(10))
    index = index_video(str(tmp_path / "out.mp4"))

    assert encoder == index.facts.codec == "mpeg4"
    assert index.times_s == pytest.approx(even_times(10), abs=1e-3)
    monkeypatch.setattr(module, "_ENCODERS", ("no_such_encoder",))
    with pytest.raises(StorageError, match="can encode neither"):
        write(tmp_path / "none.mp4", even_times(3))


@pytest.mark.parametrize(
    ("source", "codec", "how"),
    [("a.mp4", "aac", "copied"), ("a.mkv", "pcm_s16le", "encoded")],
)
def test_sound_is_cut_to_the_part_when_written_beside(tmp_path, source, codec, how):
    clip = make_clip(tmp_path / source, even_times(50), sound=codec)
    _, done = write(tmp_path / "out.mp4", even_times(20), sound=(clip, 0.5, 1.3))
    facts = index_video(str(tmp_path / "out.mp4")).facts

    assert done == how
    assert facts.audio == "aac"
    assert sound_seconds(tmp_path / "out.mp4") == pytest.approx(0.8, abs=0.15)


def test_video_is_refused_in_words_when_name_asks_for_another_kind(tmp_path):
    with (
        pytest.raises(InputError, match=r"written as \.mp4"),
        video_file(tmp_path / "out.gif"),
    ):
        pass


def test_earlier_video_stays_when_disk_is_full(tmp_path):
    path = tmp_path / "out.mp4"
    write(path, even_times(3))
    before = path.read_bytes()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    asked = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limit[1]))
        with pytest.raises(StorageError, match="may not grow past"):
            write(path, even_times(200), size=(320, 240))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, asked)

    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]
