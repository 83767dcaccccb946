"""Small pictures along a video's time line, from its keyframes alone."""

import threading
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from segdesk.core.video import VideoIndex
from segdesk.core.video_frames import rgb
from segdesk.core.video_source import connect, reading_errors, video_stream

if TYPE_CHECKING:
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
            if self._container is not None:
                self._container.close()
            self._container = self._stream = None

    def _decoded(self, key: int) -> "VideoFrame | None":
        container, stream = self._opened()
        with reading_errors():
            if self._index.timed:
                container.seek(int(self._index.stamps[key]), stream=stream)
            for packet in container.demux(stream):
                for frame in stream.decode(packet):
                    return frame
        return None

    def _opened(self) -> "tuple[InputContainer, VideoStream]":
        if self._container is not None and self._stream is not None:
            if self._index.timed:
                return self._container, self._stream
            self._container.close()
        source = self._index.facts.source
        self._container = connect(source)
        self._stream = video_stream(self._container, source)
        self._stream.thread_type = "SLICE"  # frames in flight would be a delay
        self._stream.codec_context.skip_frame = "NONKEY"
        return self._container, self._stream
