"""One open video: its frames, marks, range, and what was predicted of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.video import VideoIndex
from segdesk.core.video_thumbnails import ThumbnailReader

if TYPE_CHECKING:
    from segdesk.app.files.opened_image import OpenedImage
    from segdesk.core.prediction import Prediction
    from segdesk.core.video_frames import FrameReader

# What was predicted stands for the frames behind it that were dropped, so long.
_HELD_S = 1.5
THUMBNAIL_PX = 46


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A frame as it is on screen.

    Parameters
    ----------
    prediction
        What the model says of it; None: nothing so far.
    shares
        Share of each class, 0-1; empty without a prediction.
    """

    number: int
    time_s: float
    image: "OpenedImage"
    prediction: "Prediction | None" = None
    shares: tuple[float, ...] = ()


class FrameShares:
    """How much of each frame every class covers, as far as it was predicted.

    Parameters
    ----------
    count
        How many frames there are.
    fps
        Average frames a second.
    """

    def __init__(self, count: int, fps: float) -> None:
        self.classes: ClassList | None = None
        self._count = count
        self._held = max(1, round(_HELD_S * (fps or 25.0)))
        self._values = np.zeros((count, 0), np.float32)
        self._known = np.zeros(count, np.bool_)

    @property
    def known(self) -> int:
        """How many frames were predicted."""
        return int(self._known.sum())

    def note(
        self, number: int, shares: tuple[float, ...], classes: ClassList | None
    ) -> None:
        """Keep the shares of a frame; those of another model's classes are dropped."""
        if not 0 <= number < self._count or classes is None:
            return
        if classes != self.classes or self._values.shape[1] != len(shares):
            self.classes = classes
            self._values = np.zeros((self._count, len(shares)), np.float32)
            self._known[:] = False
        self._values[number] = shares
        self._known[number] = True

    def of(self, number: int) -> tuple[float, ...] | None:
        """Return the shares of a frame; None: it was not predicted."""
        if not self._known[number]:
            return None
        return tuple(float(value) for value in self._values[number])

    def at(
        self, numbers: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return the shares of many frames.

        A frame that was dropped has those of the last one before it.

        Returns
        -------
        shares
            (n, classes).
        known
            (n,) bool.
        """
        places = np.where(self._known, np.arange(self._count), -self._count)
        last = np.maximum.accumulate(places)[numbers]
        known = numbers - last <= self._held
        return self._values[np.where(known, last, 0)], known


class Film:
    """A video file that is open.

    Frames and thumbnails are asked for on workers; all else on the window's thread.

    Parameters
    ----------
    index
        From `segdesk.core.video.index_video`.
    cache_bytes
        Room for decoded frames.

    Attributes
    ----------
    mark_in, mark_out
        First and last frame of what is played and exported.
    marks
        Frames that are images of the project: True where a person labelled them.
    """

    def __init__(self, index: VideoIndex, cache_bytes: int = 192_000_000) -> None:
        self.index = index
        self._cache_bytes = cache_bytes
        self.path = Path(index.facts.source)
        self.thumbnails = ThumbnailReader(index, THUMBNAIL_PX)
        self.shares = FrameShares(len(index), index.facts.fps)
        self.mark_in = 0
        self.mark_out = len(index) - 1
        self.marks: dict[int, bool] = {}
        self._reader: FrameReader | None = None

    @property
    def last(self) -> int:
        """Number of the last frame."""
        return len(self.index) - 1

    @property
    def has_range(self) -> bool:
        """Whether only a part of it is chosen."""
        return self.mark_in > 0 or self.mark_out < self.last

    def time_of(self, number: int) -> float:
        """Return when a frame is shown, in seconds."""
        return float(self.index.times_s[number])

    def end_of(self, number: int) -> float:
        """Return when a frame stops being shown, in seconds."""
        if number < self.last:
            return self.time_of(number + 1)
        return max(self.index.duration_s, self.time_of(number))

    def pixels(self, number: int) -> NDArray[np.uint8]:
        """Decode a frame. Slow: call it on a worker.

        Raises
        ------
        VideoReadError
            Neither it nor one before it can be decoded.
        """
        from segdesk.core.video_frames import FrameReader

        reader = self._reader  # `rest` may forget it meanwhile
        if reader is None:
            reader = self._reader = FrameReader(
                self.index, cache_bytes=self._cache_bytes
            )
        return reader.frame(number)

    def picture(self, number: int) -> "OpenedImage":
        """Decode a frame and make its smaller copies. Slow: call it on a worker."""
        from segdesk.app.files.opened_image import OpenedImage
        from segdesk.core.imaging import LoadedImage
        from segdesk.core.pyramid import Pyramid

        pixels = self.pixels(number)
        loaded = LoadedImage(
            self.path, pixels, "video", "RGB", 8, len(self.index), False, ()
        )
        return OpenedImage(loaded, Pyramid(pixels))

    def rest(self) -> None:
        """Close the file and end its decoders; the next frame opens it again."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()
        self.thumbnails.close()
