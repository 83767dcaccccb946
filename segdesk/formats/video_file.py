"""Writing a video: pictures with their times, and sound beside them."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import InputError, StorageError
from segdesk.core.language import joined, tr
from segdesk.core.video_source import load_av
from segdesk.formats.atomic import atomic_writer
from segdesk.formats.video_sound import Sound

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}

# Written in pieces of a second that stand for themselves.
_FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
_GROWING = {
    "matroska": {"cluster_time_limit": "1000", "flush_packets": "1"},
    "mp4": _FRAGMENTS,
    "mov": _FRAGMENTS,
}
_ENCODERS = ("libx264", "mpeg4")
_TICKS = 90_000
_HD_ROWS = 720
# (name for the conversion, number in the file): HD is BT.709, the rest BT.601.
_COLOURS = {True: ("itu709", 1), False: ("itu601", 6)}
_MPEG_RANGE = 1


def best_encoder() -> str:
    """Return the name of the best encoder there is: H.264, else MPEG-4 part 2.

    Raises
    ------
    StorageError
        There is neither.
    """
    av = load_av()
    for name in _ENCODERS:
        with suppress(av.codec.codec.UnknownCodecError):
            av.codec.Codec(name, "w")
            return name
    raise StorageError(
        tr("The video was not written."),
        cause=tr("The installed PyAV can encode neither H.264 nor MPEG-4."),
        hint=tr("Install PyAV from PyPI (pip install av), or write frames."),
    )


def even(side: int) -> int:
    """Return the smallest even number that is not below a side."""
    return side + side % 2


class VideoWriter:
    """Takes pictures of one size in the order of their times.

    Parameters
    ----------
    file
        Binary and seekable; it is not closed.
    kind
        Name of the container, one of `CONTAINERS`.
    size
        Width and height of the pictures. An odd side gets one more line, a copy of the
        last.
    fps
        About how many frames a second come; the times are what counts.
    quality
        Constant rate factor, 0-51.
    sound
        What is heard beside it.

    Attributes
    ----------
    encoder
        Its name.
    frames
        How many were added.
    """

    def __init__(
        self,
        file: BinaryIO,
        kind: str,
        size: tuple[int, int],
        *,
        fps: float,
        quality: int = 20,
        sound: Sound | None = None,
    ) -> None:
        av = load_av()
        self.encoder = best_encoder()
        self.frames = 0
        self._size = (even(size[0]), even(size[1]))
        self._colours, number = _COLOURS[self._size[1] >= _HD_ROWS]
        self._last = -1
        self._container: OutputContainer = av.open(
            file, "w", format=kind, options=self._pieces(kind)
        )
        self._stream: VideoStream = self._container.add_stream(
            self.encoder, rate=Fraction(fps or 25).limit_denominator(1001)
        )
        self._stream.width, self._stream.height = self._size
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = Fraction(1, _TICKS)
        context = self._stream.codec_context
        context.time_base = Fraction(1, _TICKS)
        context.colorspace = context.color_primaries = context.color_trc = number
        context.color_range = _MPEG_RANGE
        context.thread_type = "AUTO"
        if self.encoder == "libx264":
            context.options = {"crf": str(quality), "preset": "veryfast"}
            self._hurry(context, fps)
        else:
            context.time_base = Fraction(1, 60_000)  # it knows no finer unit
            context.bit_rate = self._size[0] * self._size[1] * 8
        self._sound = sound
        if sound is not None:
            sound.attach(self._container)

    def _pieces(self, kind: str) -> dict[str, str]:
        """Return how the container is written; as one piece."""
        del kind
        return {}

    def _hurry(self, context: "VideoCodecContext", fps: float) -> None:
        """Let the encoder hold fewer pictures back; here it may hold back many."""

    def add(self, pixels: NDArray[np.uint8], time_s: float) -> None:
        """Add a picture.

        Parameters
        ----------
        pixels
            (H, W, 3), RGB.
        time_s
            When it is shown, from the start of the video; it grows.

        Raises
        ------
        OSError
            The file does not take it.
        """
        av = load_av()
        width, height = self._size
        below, right = height - pixels.shape[0], width - pixels.shape[1]
        if below or right:
            pixels = np.pad(pixels, ((0, below), (0, right), (0, 0)), mode="edge")
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24")
        frame = frame.reformat(
            format="yuv420p",
            dst_colorspace=self._colours,
            dst_color_range="MPEG",
            threads=1,
        )
        frame.colorspace = self._stream.codec_context.colorspace
        base = self._stream.codec_context.time_base or Fraction(1, _TICKS)
        self._last = max(round(time_s / base), self._last + 1)
        frame.pts, frame.time_base = self._last, base
        self._container.mux(self._stream.encode(frame))
        self.frames += 1
        if self._sound is not None:
            self._sound.mux_until(time_s)

    def finish(self, end_s: float) -> None:
        """Write what the encoder holds back, the sound up to `end_s`, and the index."""
        self._container.mux(self._stream.encode(None))
        if self._sound is not None:
            self._sound.mux_until(end_s, ahead_s=0.0)
            self._sound.finish()
        self._container.close()

    def abandon(self) -> None:
        """Let go of the file without an index; it is of no use."""
        av = load_av()
        with suppress(av.FFmpegError, OSError, ValueError):
            self._container.close()


class GrowingWriter(VideoWriter):
    """Writes a film that plays at any moment, also after a crash.

    About its last second is missing then.
    """

    def _pieces(self, kind: str) -> dict[str, str]:
        return _GROWING[kind]

    def _hurry(self, context: "VideoCodecContext", fps: float) -> None:
        context.options |= {"tune": "zerolatency"}
        context.gop_size = max(1, round(fps or 25))


@contextmanager
def video_file(path: Path) -> Iterator[tuple[BinaryIO, str]]:
    """Open a video file for writing that appears only when the block ends well.

    Yields
    ------
    file, kind
        What `VideoWriter` takes.

    Raises
    ------
    InputError
        The name's ending is none of a container that is written.
    StorageError
        The file cannot be written; an earlier one is untouched.
    """
    kind = container_of(path)
    with atomic_writer(path) as file:
        yield file, kind


def container_of(path: Path) -> str:
    """Return the container that a file's name asks for.

    Raises
    ------
    InputError
        It asks for none that is written.
    """
    kind = CONTAINERS.get(path.suffix.lower())
    if kind is None:
        raise InputError(
            tr("{name} was not written.", name=path.name),
            cause=tr(
                "Videos are written as {formats}.", formats=joined(", ", CONTAINERS)
            ),
            hint=tr("Give the file one of these endings."),
        )
    return kind
