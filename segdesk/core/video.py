"""What a video is: its facts, and where each of its frames lies in time.

A frame has a number from 0 in the order of presentation. What a header says of count
and rate is not believed: `index_video` reads every packet, without decoding one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import VideoReadError
from segdesk.core.language import tr
from segdesk.core.video_source import (
    file_size,
    is_live,
    named,
    open_video,
    reading_errors,
    video_stream,
)

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

# Matroska rounds to milliseconds: 33, 34, 33 are one rate.
_ROUNDING_S = 0.0015
_EVEN = 0.1
# Pixels that are so nearly squares are taken for squares.
_SQUARE = 0.01
_REPORT_EVERY = 2000


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What is known of a video without reading all of it.

    Parameters
    ----------
    source
        Path, address or "camera:0".
    width, height
        In pixels, upright.
    rotation
        Degrees by which the stored frames are turned clockwise to stand upright: 0, 90,
        180 or 270.
    codec
        Name of the compression: "h264".
    pixel_format, bit_depth
        As stored: "yuv420p10le", 10.
    audio
        Compression of the sound; None without any.
    fps
        Average frames a second, from the header until the video is indexed; 0 where it
        does not say.
    duration_s
        None where the header does not say, and for a live source.
    header_frames
        How many frames there are by the header; it may be wrong. None: it does not say.
    live
        A camera or a stream: it has no end, and frames cannot be chosen.
    """

    source: str
    width: int
    height: int
    rotation: int = 0
    codec: str = ""
    pixel_format: str = ""
    bit_depth: int = 8
    audio: str | None = None
    fps: float = 0.0
    duration_s: float | None = None
    header_frames: int | None = None
    live: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, upright."""
        return self.width, self.height


@dataclass(frozen=True, slots=True, eq=False)
class VideoIndex:
    """Where the frames of a video lie in time.

    Parameters
    ----------
    facts
        Those of the header, with rate and duration as they were found.
    times_s
        (n,) float64, when each frame is shown, ascending from 0.
    stamps
        (n,) int64, the same in the stream's own unit, from its own start.
    keyframes
        (k,) int64, numbers of the frames that can be decoded by themselves.
    base_s
        Seconds of that unit.
    timed
        False: the packets carry no time; a frame is found by counting from the start.
    """

    facts: VideoFacts
    times_s: NDArray[np.float64]
    stamps: NDArray[np.int64]
    keyframes: NDArray[np.int64]
    base_s: float = 0.0
    timed: bool = True

    def __len__(self) -> int:
        """Return how many frames there are."""
        return len(self.times_s)

    @property
    def duration_s(self) -> float:
        """From the first frame to the end of the last one."""
        return self.facts.duration_s or 0.0

    @property
    def zero_s(self) -> float:
        """Time of the first frame in the file's own time: sound is timed by it."""
        return float(self.stamps[0]) * self.base_s if self.timed else 0.0

    @property
    def variable(self) -> bool:
        """Whether the frames are not evenly spaced."""
        gaps = np.diff(self.times_s)
        if len(gaps) < 2:
            return False
        usual = float(np.median(gaps))
        allowed = max(_ROUNDING_S, _EVEN * usual)
        return bool(np.abs(gaps - usual).max() > allowed)

    def at(self, time_s: float) -> int:
        """Return the number of the frame that is shown at a time."""
        # Half a microsecond: times are sums of fractions.
        found = int(np.searchsorted(self.times_s, time_s + 5e-7, side="right")) - 1
        return min(max(found, 0), len(self) - 1)

    def keyframe_before(self, number: int) -> int:
        """Return the last keyframe that is not behind a frame; 0 without any."""
        place = int(np.searchsorted(self.keyframes, number, side="right")) - 1
        return int(self.keyframes[place]) if place >= 0 else 0

    def notes(self) -> tuple[str, ...]:
        """Return sentences on what the header says wrongly."""
        said = self.facts.header_frames
        if said is None or said == len(self):
            return ()
        return (
            tr(
                "The header says {said:,} frames; {count:,} are there.",
                said=said,
                count=len(self),
            ),
        )


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far the reading of packets is.

    Parameters
    ----------
    frames
        Found so far.
    share
        Of the file that is read, 0-1.
    """

    frames: int
    share: float


def read_facts(source: str) -> VideoFacts:
    """Read what a video's header says, and decode one frame to see that it can be.

    Parameters
    ----------
    source
        Path of a file, or an address such as rtsp://…; not a camera.

    Raises
    ------
    VideoReadError
        There is no video, or its compression is not known here.
    """
    with open_video(source) as container:
        return facts_of(container, source)


def facts_of(container: "InputContainer", source: str) -> VideoFacts:
    """Return the facts of an open video; its first frame is decoded and gone.

    Raises
    ------
    VideoReadError
        It has no frame that can be decoded.
    """
    stream = video_stream(container, source)
    frame = _first_frame(container, stream, source)
    turn = turn_of(frame)
    width, height = _square_size(frame, stream)
    if turn % 180:
        width, height = height, width
    live = is_live(source)
    parts = frame.format.components
    sound = next(iter(container.streams.audio), None)
    return VideoFacts(
        source=source,
        width=width,
        height=height,
        rotation=turn,
        codec=stream.codec_context.name,
        pixel_format=frame.format.name,
        bit_depth=max((part.bits for part in parts), default=8),
        audio=sound.codec_context.name if sound is not None else None,
        fps=float(stream.average_rate or stream.guessed_rate or 0),
        duration_s=None if live else _header_duration(container, stream),
        header_frames=None if live else _header_frames(container, stream),
        live=live,
    )


def _square_size(frame: "VideoFrame", stream: "VideoStream") -> tuple[int, int]:
    """Return the size of a frame as it is shown: its pixels may be no squares."""
    ratio = float(stream.sample_aspect_ratio or 1)
    if abs(ratio - 1) < _SQUARE:
        return frame.width, frame.height
    return max(1, round(frame.width * ratio)), frame.height


def turn_of(frame: "VideoFrame") -> int:
    """Return by how many degrees a frame is turned clockwise to stand upright."""
    return round(-frame.rotation / 90) * 90 % 360


def index_video(
    source: str,
    *,
    check: Callable[[], None] = lambda: None,
    report: Callable[[IndexProgress], None] = lambda _progress: None,
) -> VideoIndex:
    """Find every frame of a video file by its packets; nothing is decoded.

    Parameters
    ----------
    source
        Path of a file.
    check
        Called now and then; raises to cancel.
    report
        Told now and then how far it is.

    Raises
    ------
    VideoReadError
        There is no video, or no frame in it.
    """
    facts = read_facts(source)
    found = _Packets()
    size = max(1, file_size(source))
    with open_video(source) as container:
        stream = video_stream(container, source)
        base = float(stream.time_base or 0)
        # What is broken at the end of a cut file ends the index, no more.
        with reading_errors():
            for packet in container.demux(stream):
                if not packet.size:
                    continue
                found.add(packet.pts, packet.is_keyframe, packet.is_discard)
                if found.count % _REPORT_EVERY == 0:
                    check()
                    share = min(1.0, (packet.pos or 0) / size)
                    report(IndexProgress(found.count, share))
    index = found.index(facts, base)
    if index is None:
        raise VideoReadError(
            tr("{named} was not opened.", named=named(source)),
            cause=tr("It has a video track, but no frame in it."),
            hint=tr("Record or copy it again."),
        )
    report(IndexProgress(len(index), 1.0))
    return index


class _Packets:
    """What the packets say, in the order in which they lie in the file."""

    def __init__(self) -> None:
        self.count = 0
        self._stamps: list[int] = []
        self._keys: list[bool] = []
        self._timed = True

    def add(self, stamp: int | None, is_key: bool, is_hidden: bool) -> None:
        self.count += 1
        if is_hidden:
            return
        self._timed &= stamp is not None
        self._stamps.append(stamp if stamp is not None else 0)
        self._keys.append(is_key)

    def index(self, facts: VideoFacts, base: float) -> VideoIndex | None:
        if not self._stamps:
            return None
        keys = np.array(self._keys, np.bool_)
        timed = self._timed and base > 0
        if timed:
            stamps, order = np.unique(
                np.array(self._stamps, np.int64), return_index=True
            )
            keys = keys[order]
            times = (stamps - stamps[0]) * base
        else:
            stamps = np.arange(len(self._stamps), dtype=np.int64)
            times = stamps / (facts.fps or 25.0)
        gaps = np.diff(times)
        usual = float(np.median(gaps)) if len(gaps) else 1 / (facts.fps or 25.0)
        span = float(times[-1])
        return VideoIndex(
            facts=replace(
                facts,
                fps=len(gaps) / span if span > 0 else facts.fps,
                duration_s=span + usual,
            ),
            times_s=times,
            stamps=stamps,
            keyframes=np.flatnonzero(keys).astype(np.int64),
            base_s=base,
            timed=timed,
        )


def _first_frame(
    container: "InputContainer", stream: "VideoStream", source: str
) -> "VideoFrame":
    frame = None
    with reading_errors() as errors:
        frame = next(iter(container.decode(stream)), None)
    if frame is None:
        raise VideoReadError(
            tr("{named} was not opened.", named=named(source)),
            cause=tr(
                "None of its frames can be decoded ({codec}).",
                codec=stream.codec_context.name or tr("unknown compression"),
            ),
            hint=tr("Convert it to H.264 in an .mp4 file, or copy it again."),
            detail=str(errors[0]) if errors else "",
        )
    return frame


def _header_duration(
    container: "InputContainer", stream: "VideoStream"
) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1e6 if container.duration else None


def _header_frames(container: "InputContainer", stream: "VideoStream") -> int | None:
    if stream.frames:
        return stream.frames
    said = stream.metadata.get("NUMBER_OF_FRAMES", "")
    if said.isdecimal():
        return int(said)
    duration = _header_duration(container, stream)
    rate = stream.average_rate
    return round(duration * float(rate)) if duration and rate else None
