"""The sound of a video on its way into another: copied, or encoded where it must be."""

from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from segdesk.core.video_source import connect, load_av

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av import Packet
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer

# What the container holds as it is; all else becomes AAC.
_COPIED = {
    "mp4": {"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"},
    "mov": {"aac", "mp3", "ac3", "alac", "pcm_s16le", "pcm_s16be", "pcm_s24le"},
}
_MATROSKA = "matroska"
# So far the sound may run ahead of the pictures, for a player to read both in order.
_AHEAD_S = 0.5
_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
_ENCODED: Literal["aac"] = "aac"


class Sound:
    """A part of the first sound track of a video file.

    Parameters
    ----------
    source
        Path of the file.
    zero_s
        Time of the video's first frame in the file's own time.
    start_s, end_s
        The part, from the video's first frame on.
    kind
        Container that it goes into.

    Attributes
    ----------
    how
        "copied" or "encoded".

    Raises
    ------
    VideoReadError
        The file is gone.
    """

    def __init__(
        self, source: str, zero_s: float, start_s: float, end_s: float, kind: str
    ) -> None:
        self._container: InputContainer = connect(source)
        self._stream: AudioStream = self._container.streams.audio[0]
        codec = self._stream.codec_context.name
        copied = kind == _MATROSKA or codec in _COPIED.get(kind, set())
        self.how = "copied" if copied else "encoded"
        self._whole = start_s <= 0
        self._begin_s, self._end_s = zero_s + start_s, zero_s + end_s
        self._packets = self._part()
        self._waiting: Packet[AudioStream] | None = None
        self._out: OutputContainer | None = None
        self._track: AudioStream | None = None

    def attach(self, container: "OutputContainer") -> None:
        """Add the track to a container that is not written to yet."""
        self._out = container
        if self.how == "copied":
            self._track = container.add_stream_from_template(self._stream)
        else:
            context = self._stream.codec_context
            track = container.add_stream(_ENCODED, rate=context.sample_rate)
            # Some containers tell the number of channels alone.
            track.codec_context.layout = _LAYOUTS.get(context.channels, "stereo")
            self._track = track

    def mux_until(self, time_s: float, ahead_s: float = _AHEAD_S) -> None:
        """Write what is heard up to a time and a little more."""
        limit_s = min(self._begin_s + time_s + ahead_s, self._end_s)
        while True:
            packet = self._waiting or next(self._packets, None)
            self._waiting = None
            if packet is None:
                return
            if _time_of(packet) >= limit_s:
                self._waiting = packet
                return
            self._write(packet)

    def finish(self) -> None:
        """Write what an encoder holds back, and close the source."""
        if self.how == "encoded" and self._track is not None and self._out is not None:
            self._out.mux(self._track.encode(None))
        self.close()

    def close(self) -> None:
        """Close the source."""
        self._container.close()

    def _part(self) -> "Iterator[Packet[AudioStream]]":
        av = load_av()
        with suppress(av.FFmpegError, OSError):  # a cut file: what came is kept
            if not self._whole:
                base = self._stream.time_base or Fraction(1, 1)
                stamp = max(0, int((self._begin_s - _AHEAD_S) / base))
                with suppress(av.FFmpegError):
                    self._container.seek(stamp, stream=self._stream)
            for packet in self._container.demux(self._stream):
                if packet.pts is None:
                    continue
                if self._whole or _time_of(packet) >= self._begin_s:
                    yield packet

    def _write(self, packet: "Packet[AudioStream]") -> None:
        assert self._out is not None  # noqa: S101 - attached before
        assert self._track is not None  # noqa: S101
        if self.how == "copied":
            shift = round(self._begin_s / packet.time_base)
            packet.pts = (packet.pts or 0) - shift
            packet.dts = packet.pts
            packet.stream = self._track
            self._out.mux(packet)
            return
        av = load_av()
        with suppress(av.error.InvalidDataError):  # a broken packet is a click
            for frame in packet.decode():
                base = frame.time_base or Fraction(1, frame.sample_rate)
                frame.pts = (frame.pts or 0) - round(self._begin_s / base)
                self._out.mux(self._track.encode(frame))


def _time_of(packet: "Packet[AudioStream]") -> float:
    return float((packet.pts or 0) * packet.time_base)
