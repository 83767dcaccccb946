"""Videos that are cut, turned, deep, odd or wrong: every frame is the right one."""

import random
from pathlib import Path

import numpy as np
import pytest
from clips import SIZE, even_times, make_clip, number_of

from segdesk.core.errors import JobCancelledError, VideoReadError
from segdesk.core.video import index_video, read_facts
from segdesk.core.video_frames import FrameReader
from segdesk.core.video_source import load_av
from segdesk.core.video_thumbnails import ThumbnailReader


@pytest.fixture(scope="module")
def steady(tmp_path_factory):
    """Return a clip of 60 frames with frames that depend on later ones."""
    return make_clip(tmp_path_factory.mktemp("clip") / "steady.mp4", even_times(60))


def test_index_gives_times_as_they_are_when_rate_varies(tmp_path):
    times = [0, 0.04, 0.08, 0.5, 0.54, 1.25, 1.29, 1.33]
    index = index_video(make_clip(tmp_path / "phone.mp4", times))

    assert index.times_s == pytest.approx(times, abs=1e-4)
    assert index.variable
    assert index.at(0.49) == 2
    assert index.at(99) == 7
    assert index.facts.fps == pytest.approx(7 / 1.33, rel=1e-3)


def test_reader_gives_the_very_frame_when_asked_in_any_order(steady):
    index = index_video(steady)
    order = random.Random(1).sample(range(60), 60)
    backwards = list(range(59, -1, -1))
    with FrameReader(index, cache_bytes=3 * SIZE[0] * SIZE[1] * 3) as reader:
        found = [number_of(reader.frame(number)) for number in order + backwards]
        jumped = [number_of(f.pixels) for f in reader.frames(range(3, 60, 7))]

    assert found == order + backwards
    assert jumped == list(range(3, 60, 7))
    assert not reader.damaged
    assert not index.variable
    assert index.notes() == ()


def test_reader_opens_file_again_when_asked_after_its_end(steady):
    reader = FrameReader(index_video(steady))
    before = number_of(reader.frame(5))
    reader.close()
    reader.close()
    after = [number_of(reader.frame(number)) for number in (6, 40)]
    reader.close()

    assert (before, after) == (5, [6, 40])


def test_reader_stands_picture_upright_when_phone_was_turned(tmp_path):
    clip = make_clip(tmp_path / "turned.mp4", even_times(3), turn=-90)
    index = index_video(clip)
    with FrameReader(index) as reader:
        upright = reader.frame(1)

    assert index.facts.size == SIZE[::-1]
    assert index.facts.rotation == 90
    # Turned clockwise, the left side comes to lie above.
    assert upright[2, 5, 0] > 150
    assert number_of(np.rot90(upright)) == 1


@pytest.mark.parametrize(
    ("name", "size", "kinds", "bits"),
    [
        ("deep.mp4", SIZE, {"pix_fmt": "yuv420p10le"}, 10),
        ("odd.mp4", (67, 47), {"pix_fmt": "yuv444p"}, 8),
        ("odd.mkv", (67, 47), {"codec": "ffv1"}, 8),
        ("old.avi", SIZE, {"codec": "mpeg4"}, 8),
    ],
)
def test_reader_gives_every_frame_when_format_is_rare(
    tmp_path, name, size, kinds, bits
):
    clip = make_clip(tmp_path / name, even_times(20), size=size, **kinds)
    index = index_video(clip)
    with FrameReader(index) as reader:
        found = [number_of(reader.frame(number)) for number in (7, 19, 0, 12)]

    assert found == [7, 19, 0, 12]
    assert index.facts.size == size
    assert index.facts.bit_depth == bits


def test_reader_shows_squares_when_pixels_are_wide(tmp_path):
    clip = make_clip(tmp_path / "wide.mp4", even_times(3), ratio=2)
    index = index_video(clip)
    with FrameReader(index) as reader:
        pixels = reader.frame(2)

    assert index.facts.size == (2 * SIZE[0], SIZE[1])
    assert number_of(pixels[:, ::2]) == 2


def test_reader_counts_frames_when_packets_carry_no_time(tmp_path):
    clip = make_clip(tmp_path / "bare.h264", even_times(20))
    index = index_video(clip)
    with FrameReader(index) as reader:
        found = [number_of(reader.frame(number)) for number in (3, 11, 5)]

    assert len(index) == 20
    assert found == [3, 11, 5]


def test_index_counts_what_is_there_when_file_was_cut(tmp_path):
    whole = make_clip(tmp_path / "whole.mkv", even_times(60), codec="ffv1", gop=1)
    data = (tmp_path / "whole.mkv").read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) // 2])
    index = index_video(str(tmp_path / "cut.mkv"))
    with FrameReader(index) as reader:
        last = number_of(reader.frame(len(index) - 1))

    assert 20 < len(index) < 40
    assert last in {len(index) - 1, len(index) - 2}
    assert f"{len(index_video(whole)):,} frames; {len(index):,}" in index.notes()[0]


def test_reader_shows_frame_before_when_place_is_broken(tmp_path):
    clip = make_clip(
        tmp_path / "a.ts", even_times(30), codec="mpeg4", gop=5, size=(320, 240)
    )
    data = bytearray((tmp_path / "a.ts").read_bytes())
    at = len(data) // 2
    data[at : at + 1500] = bytes(1500)
    (tmp_path / "broken.ts").write_bytes(data)
    index = index_video(clip)
    broken = index_video(str(tmp_path / "broken.ts"))
    with FrameReader(broken) as reader:
        shapes = {reader.frame(number).shape for number in range(len(broken))}
        first, last = number_of(reader.frame(0)), reader.frame(len(broken) - 1)

    assert len(broken) < len(index)
    assert shapes == {(240, 320, 3)}
    assert first == 0
    assert number_of(last) == 29


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gone.mp4", None, "is not there"),
        ("empty.mp4", b"", "It is empty"),
        ("notes.mp4", b"some words\n" * 50, "no video in a container"),
        ("list.mp4", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "no video"),
        ("ffconcat.mp4", b"ffconcat version 1.0\nfile steady.mp4\n", "no video"),
    ],
)
def test_facts_are_refused_in_words_when_file_is_no_video(
    tmp_path, name, content, words
):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(VideoReadError) as refused:
        read_facts(str(tmp_path / name))

    assert refused.value.message == f"{name} was not opened."
    assert words in refused.value.cause
    assert refused.value.hint


def test_facts_are_refused_in_words_when_recording_was_cut_off(steady, tmp_path):
    data = Path(steady).read_bytes()
    (tmp_path / "half.mp4").write_bytes(data[: data.find(b"moov") - 4])
    with pytest.raises(VideoReadError, match="table of contents is missing"):
        read_facts(str(tmp_path / "half.mp4"))


def test_facts_are_refused_in_words_when_there_is_only_sound(tmp_path):
    av = load_av()
    path = tmp_path / "song.mp4"
    make_clip(tmp_path / "film.mp4", even_times(5), sound="aac")
    with av.open(str(tmp_path / "film.mp4")) as film, av.open(str(path), "w") as song:
        track = song.add_stream_from_template(film.streams.audio[0])
        for packet in film.demux(audio=0):
            if packet.size:
                packet.stream = track
                song.mux(packet)
    with pytest.raises(VideoReadError, match="It has no video track"):
        read_facts(str(path))


def test_index_stops_when_cancelled(steady, monkeypatch):
    monkeypatch.setattr("segdesk.core.video._REPORT_EVERY", 10)
    told = []

    def check():
        if len(told) == 2:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        index_video(steady, check=check, report=told.append)
    assert [progress.frames for progress in told] == [10, 20]


def test_thumbnails_show_keyframes_when_time_is_between(steady):
    index = index_video(steady)
    with ThumbnailReader(index, height=48) as thumbnails:
        numbers = [number_of(thumbnails.at(time_s)) for time_s in (2.3, 0.1, 1.0)]

    assert numbers == [48, 0, 24]
    assert list(index.keyframes) == [0, 12, 24, 36, 48]


def test_thumbnails_are_counted_when_packets_carry_no_time(tmp_path):
    index = index_video(make_clip(tmp_path / "raw.h264", even_times(50), gop=10))
    with ThumbnailReader(index, height=48) as thumbnails:
        numbers = [number_of(thumbnails.at(at_s)) for at_s in (0.5, 1.9, 0.9, 0.1)]

    assert not index.timed
    assert numbers == [10, 40, 20, 0]


@pytest.mark.real_data
def test_reader_agrees_with_decoding_all_when_clip_is_real(real_data):
    path = str(real_data / "video" / "wrong_frame_count.mkv")
    index = index_video(path)
    av = load_av()
    with av.open(path) as container:
        greys = [
            frame.to_ndarray(format="gray")[::16, ::16].astype(int)
            for frame in container.decode(video=0)
        ]
    with FrameReader(index) as reader:
        wanted = {number: reader.frame(number) for number in (108, 3, 57)}

    assert (index.facts.header_frames, len(index), len(greys)) == (110, 109, 109)
    for number, pixels in wanted.items():
        grey = pixels[::16, ::16] @ (0.299, 0.587, 0.114)
        gaps = [np.abs(other - grey).mean() for other in greys]
        assert int(np.argmin(gaps)) == number
