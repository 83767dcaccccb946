"""Small pictures along a video's time line, from its keyframes alone."""

import threading
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from segdesk.core.video import VideoIndex
from segdesk.core.video_frames import rgb
from segdesk.core.video_source import connect, reading_errors, video_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream


class ThumbnailReader:
    """Decodes keyframes in small; any thread may ask, one at a time.

    The file is opened with the first question. A thumbnail shows the keyframe before
    the time that is asked for: decoding up to the very frame would cost a hundred times
    as much.

    Parameters
    ----------
    index
        From `segdesk.core.video.index_video`.
    height
        Of the pictures, in pixels.
    """

    def __init__(self, index: VideoIndex, height: int = 72) -> None:
        self._index = index
        self._height = height
        self._made: dict[int, NDArray[np.uint8]] = {}
        self._container: InputContainer | None = None
        self._stream: VideoStream | None = None
        self._passing: Iterator[VideoFrame] | None = None
        self._passed = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Return the reader."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a thumbnail."""
        width, height = self._index.facts.size
        return max(1, round(width * self._height / height)), self._height

    def key_of(self, time_s: float) -> int:
        """Return the number of the keyframe that stands for a time."""
        return self._index.keyframe_before(self._index.at(time_s))

    def at(self, time_s: float) -> NDArray[np.uint8] | None:
        """Return the thumbnail for a time.

        Returns
        -------
        picture
            (height, w, 3) uint8, RGB; None where the video is broken.

        Raises
        ------
        VideoReadError
            The file is gone.
        """
        key = self.key_of(time_s)
        with self._lock:
            if key not in self._made:
                frame = self._decoded(key)
                if frame is None:
                    return None
                self._made[key] = rgb(frame, self._index.facts.size, self._height)
            return self._made[key]

    def close(self) -> None:
        """Close the file; the pictures stay."""
        with self._lock:
            self._close()

    def _decoded(self, key: int) -> "VideoFrame | None":
        if not self._index.timed:
            return self._counted(key)
        container, stream = self._opened()
        with reading_errors():
            container.seek(int(self._index.stamps[key]), stream=stream)
            for packet in container.demux(stream):
                for frame in stream.decode(packet):
                    return frame
        return None

    def _counted(self, key: int) -> "VideoFrame | None":
        """Count keyframes up to one, where packets carry no time.

        What is passed on the way is kept: the next question is about one behind it.
        """
        keys = self._index.keyframes
        wanted = int(np.searchsorted(keys, key))
        if self._passing is None or wanted < self._passed:
            self._close()
            self._passing, self._passed = self._keyframes(), 0
        for frame in self._passing:
            number = int(keys[min(self._passed, len(keys) - 1)])
            self._passed += 1
            if number == key:
                return frame
            self._made[number] = rgb(frame, self._index.facts.size, self._height)
        self._passing = None
        return None

    def _keyframes(self) -> "Iterator[VideoFrame]":
        container, stream = self._opened()
        with reading_errors():
            for packet in container.demux(stream):
                with reading_errors():
                    yield from stream.decode(packet)

    def _opened(self) -> "tuple[InputContainer, VideoStream]":
        if self._container is not None and self._stream is not None:
            return self._container, self._stream
        source = self._index.facts.source
        self._container = connect(source)
        self._stream = video_stream(self._container, source)
        self._stream.thread_type = "SLICE"  # frames in flight would be a delay
        self._stream.codec_context.skip_frame = "NONKEY"
        return self._container, self._stream

    def _close(self) -> None:
        if self._container is not None:
            self._container.close()
        self._container = self._stream = None
        self._passing = None
