"""The frames of a video file: any of them, exactly, or one after the other."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import VideoReadError
from segdesk.core.language import tr
from segdesk.core.video import VideoIndex, turn_of
from segdesk.core.video_source import connect, load_av, named, video_stream

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

CACHE_BYTES = 192 << 20

# HD without a word on its colours is BT.709, as every player takes it.
_HD_ROWS = 720
_UNKNOWN_COLOURS = 2
# So many frames before one that was sought are kept: the way back needs them next.
_KEPT_BEFORE = 12
_FIRST_STEP_BACK_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded frame.

    Parameters
    ----------
    number
        From 0, in the order of presentation.
    time_s
        When it is shown, from the first frame on.
    pixels
        (H, W, 3) uint8, RGB, upright. It may be shared: not to be written to.
    """

    number: int
    time_s: float
    pixels: NDArray[np.uint8]


class FrameReader:
    """Decodes the frames of an indexed video; any thread may ask, one at a time.

    Frames that follow each other are decoded without a seek; every other one is sought
    from the keyframe before it. What a broken place hides is replaced by the frame
    before it and counted in `damaged`.

    Parameters
    ----------
    index
        From `segdesk.core.video.index_video`.
    cache_bytes
        How much of decoded frames is kept.

    Attributes
    ----------
    index
        As given.
    damaged
        Numbers of frames that were asked for and could not be decoded.

    Raises
    ------
    VideoReadError
        The file is gone or is another one by now.
    """

    def __init__(self, index: VideoIndex, *, cache_bytes: int = CACHE_BYTES) -> None:
        self.index = index
        self.damaged: set[int] = set()
        self._cache = _Cache(cache_bytes)
        self._course: _Course | None = _Course(index)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Return the reader."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file and forget the frames; another question opens it again."""
        with self._lock:
            if self._course is not None:
                self._course.close()
            # A closed container that is read ends the process.
            self._course = None
            self._cache.clear()

    def cached(self, number: int) -> NDArray[np.uint8] | None:
        """Return the pixels of a frame if they are at hand; never decodes or waits."""
        return self._cache.get(number)

    def frame(
        self, number: int, check: Callable[[], None] = lambda: None
    ) -> NDArray[np.uint8]:
        """Return the pixels of a frame.

        Parameters
        ----------
        number
            From 0 to `len(index) - 1`.
        check
            Called for each frame that is decoded on the way; raises to give up.

        Returns
        -------
        pixels
            (H, W, 3) uint8, RGB, upright; shared, not to be written to.

        Raises
        ------
        IndexError
            There is no such frame.
        VideoReadError
            Neither it nor one before it can be decoded.
        """
        if not 0 <= number < len(self.index):
            raise IndexError(number)
        with self._lock:
            found = self._cache.get(number)
            if found is None:
                found = self._decoded(number, check)
            return found

    def frames(
        self, numbers: Iterable[int], check: Callable[[], None] = lambda: None
    ) -> Iterator[Frame]:
        """Yield frames in ascending order; what lies between is decoded, not turned."""
        for number in numbers:
            pixels = self.frame(number, check)
            yield Frame(number, float(self.index.times_s[number]), pixels)

    def _decoded(self, number: int, check: Callable[[], None]) -> NDArray[np.uint8]:
        if self._course is None:
            self._course = _Course(self.index)
        course = self._course
        sought = course.prepare(number)
        keep_from = max(number - _KEPT_BEFORE, 0) if sought else number
        last: VideoFrame | None = None
        for at, frame in course.run(number):
            check()
            if at > number:
                break
            last = frame
            if at >= keep_from and at != number:
                self._cache.put(at, rgb(frame, self.index.facts.size))
        if course.place != number:
            self.damaged.add(number)
        if last is None:
            return self._before(number)
        pixels = rgb(last, self.index.facts.size)
        self._cache.put(number, pixels)
        return pixels

    def _before(self, number: int) -> NDArray[np.uint8]:
        """Return the nearest frame before one that cannot be decoded."""
        for earlier in range(number - 1, -1, -1):
            found = self._cache.get(earlier)
            if found is not None:
                self._cache.put(number, found)
                return found
        raise VideoReadError(
            tr("Frame {number:,} was not read.", number=number + 1),
            cause=tr(
                "{named} is broken there, and no frame before it can be decoded.",
                named=named(self.index.facts.source),
            ),
            hint=tr("Choose a later frame, or copy the file again."),
        )


class _Course:
    """A place in the file from which decoding goes on."""

    def __init__(self, index: VideoIndex) -> None:
        self._index = index
        self._source = index.facts.source
        self._container: InputContainer = connect(self._source)
        self._stream: VideoStream = video_stream(self._container, self._source)
        self._running: Iterator[tuple[int, VideoFrame]] = self._decode()
        self._counted = 0
        self._ahead: tuple[int, VideoFrame] | None = None
        self.place = -1
        """Number of the last frame that was handed out."""

    def close(self) -> None:
        self._container.close()

    def prepare(self, number: int) -> bool:
        """Go where decoding must start for a frame; tell whether that was a seek."""
        key = self._index.keyframe_before(number) if self._index.timed else 0
        reached = self._ahead[0] if self._ahead else self.place
        if self.place < number and reached <= number and key <= max(self.place, 0) + 1:
            return False
        self._seek(key, number)
        return True

    def run(self, number: int) -> Iterator[tuple[int, "VideoFrame"]]:
        """Yield frames up to the wanted one; one behind it is kept for later."""
        while (found := self._next()) is not None:
            if found[0] > number:
                self._ahead = found
                return
            self.place = found[0]
            yield found
            if self.place == number:
                return

    def _next(self) -> "tuple[int, VideoFrame] | None":
        found, self._ahead = self._ahead, None
        return found if found is not None else next(self._running, None)

    def _seek(self, key: int, number: int) -> None:
        """Start so far before a frame that the first one decoded is not behind it."""
        base = float(self._stream.time_base or 1)
        stamp, step = int(self._index.stamps[key]), _FIRST_STEP_BACK_S
        first = int(self._index.stamps[0])
        while True:
            self._restart(stamp if self._index.timed else None)
            found = next(self._running, None)
            if found is None and stamp > first:
                pass  # nothing can be decoded from there
            elif found is None or found[0] <= number or stamp <= first:
                self._ahead = found
                return
            stamp = max(first, stamp - int(step / base))
            step *= 4

    def _restart(self, stamp: int | None) -> None:
        av = load_av()
        self.place, self._ahead, self._counted = -1, None, 0
        at_start = stamp is None or stamp <= self._index.stamps[0]
        with suppress(av.FFmpegError):
            if stamp is not None and not at_start:
                self._container.seek(stamp, stream=self._stream)
                self._running = self._decode()
                return
        # The start is found in every file, also in one that cannot be sought in.
        self._container.close()
        self._container = connect(self._source)
        self._stream = video_stream(self._container, self._source)
        self._running = self._decode()

    def _decode(self) -> Iterator[tuple[int, "VideoFrame"]]:
        """Yield every frame that can be decoded, with its number."""
        av = load_av()
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.FFmpegError, OSError):
                return
            # A broken packet costs its own frame; the next keyframe mends the rest.
            frames: list[VideoFrame] = []
            with suppress(av.FFmpegError):
                frames = packet.decode()
            for frame in frames:
                number = self._number(frame)
                if number is not None:
                    yield number, frame

    def _number(self, frame: "VideoFrame") -> int | None:
        if not self._index.timed:
            self._counted += 1
            return self._counted - 1
        if frame.pts is None:
            return None
        stamps = self._index.stamps
        place = int(np.searchsorted(stamps, frame.pts, side="right")) - 1
        return place if place >= 0 else None


class _Cache:
    """Frames by number, the least recently used of them thrown out."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._frames: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, number: int) -> NDArray[np.uint8] | None:
        with self._lock:
            found = self._frames.get(number)
            if found is not None:
                self._frames.move_to_end(number)
            return found

    def put(self, number: int, pixels: NDArray[np.uint8]) -> None:
        with self._lock:
            earlier = self._frames.pop(number, None)
            self._bytes += pixels.nbytes - (
                earlier.nbytes if earlier is not None else 0
            )
            self._frames[number] = pixels
            # The newest stays in any case.
            while self._bytes > self._most and len(self._frames) > 1:
                _, dropped = self._frames.popitem(last=False)
                self._bytes -= dropped.nbytes

    def clear(self) -> None:
        with self._lock:
            self._frames.clear()
            self._bytes = 0


def rgb(
    frame: "VideoFrame", size: tuple[int, int], height: int | None = None
) -> NDArray[np.uint8]:
    """Return a decoded frame as (H, W, 3) RGB, upright.

    Parameters
    ----------
    size
        Width and height that it gets, upright; a stream may change its own.
    height
        Make it so high instead, its width to fit.
    """
    if height is not None:
        size = (max(1, round(size[0] * height / size[1])), height)
    turn = turn_of(frame)
    wide, high = size if turn % 180 == 0 else size[::-1]
    colours = frame.colorspace
    assumed = colours == _UNKNOWN_COLOURS and frame.height >= _HD_ROWS
    pixels = frame.to_ndarray(
        format="rgb24",
        width=wide,
        height=high,
        src_colorspace="itu709" if assumed else None,
        interpolation="BILINEAR" if height is None else "AREA",
        threads=1,
    )
    turned = np.ascontiguousarray(np.rot90(pixels, -turn // 90)) if turn else pixels
    return np.asarray(turned, np.uint8)
