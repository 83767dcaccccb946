"""What becomes of a predicted frame: a picture in a video, or files in a folder."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.label_map import class_stats, colour_table
from segdesk.core.label_votes import majority
from segdesk.core.render import encode_jpeg, overlay, side_by_side
from segdesk.engine.video.order import Seen
from segdesk.engine.video.plan import picture_size
from segdesk.formats.atomic import write_atomic
from segdesk.formats.classes_file import ModelMark, write_classes
from segdesk.formats.outputs import CLASSES_FILE, output_path
from segdesk.formats.png_mask import encode_mask
from segdesk.formats.video_file import VideoWriter, even, video_file
from segdesk.formats.video_sound import Sound
from segdesk.jobs.video_events import FrameShares
from segdesk.jobs.video_specs import VideoSpec

_DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A frame that is ready to be written.

    Parameters
    ----------
    picture
        (h, w, 3), RGB, as it is shown.
    labels
        (h, w), at the same size; with the kind "side" half as wide.
    shares
        What of it is told.
    shown_s
        When it is shown in the result.
    """

    picture: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    shares: FrameShares
    shown_s: tuple[float, ...]


class Artist:
    """Draws frames as a spec asks for; used by one thread.

    Parameters
    ----------
    spec
        Says what is drawn.
    classes
        Give the colours. A background at index 0 is not painted over a picture.
    size
        Width and height of a frame of the source.

    Attributes
    ----------
    size
        Width and height of what it draws.
    """

    def __init__(
        self, spec: VideoSpec, classes: ClassList, size: tuple[int, int]
    ) -> None:
        self._spec = spec
        self._classes = classes
        background = classes.background_index
        self._hidden = () if background is None else (background,)
        self._table, _ = colour_table(classes)
        self._part = picture_size(spec, size)
        self._resizes = self._part != size
        gap = np.zeros((self._part[1], 1, 3), np.uint8)
        wide = side_by_side(gap, gap).shape[1] - 2 + 2 * self._part[0]
        self.size = (wide if spec.kind == "side" else self._part[0], self._part[1])

    def draw(self, seen: Seen) -> Drawn:
        """Return a frame as it is shown, and what of it is counted."""
        labels = majority(seen.maps, seen.centre)
        stats = class_stats(labels, len(self._classes))
        frame = seen.due.frame
        pixels = frame.pixels
        if self._resizes:
            cv2 = load_cv2()
            how = cv2.INTER_AREA if self._shrinks(pixels) else cv2.INTER_LINEAR
            pixels = cv2.resize(pixels, self._part, interpolation=how)
            labels = cv2.resize(labels, self._part, interpolation=cv2.INTER_NEAREST)
        shares = FrameShares(frame.number, frame.time_s, tuple(stats.shares.tolist()))
        picture = self._picture(pixels, labels)
        return Drawn(picture, labels, shares, seen.due.shown_s)

    def _shrinks(self, pixels: NDArray[np.uint8]) -> bool:
        return self._part[0] < pixels.shape[1]

    def _picture(
        self, pixels: NDArray[np.uint8], labels: NDArray[np.uint8]
    ) -> NDArray[np.uint8]:
        if self._spec.kind == "mask":
            cv2 = load_cv2()
            triple = cv2.cvtColor(labels, cv2.COLOR_GRAY2RGB)
            flat: NDArray[np.uint8] = cv2.LUT(triple, self._table.reshape(1, 256, 3))
            return flat
        painted = overlay(
            pixels, labels, self._classes, self._spec.opacity, self._hidden
        )
        return side_by_side(pixels, painted) if self._spec.kind == "side" else painted


class Sink(Protocol):
    """Takes drawn frames in order.

    Attributes
    ----------
    size
        Width and height of the pictures as they are written.
    encoder, audio
        As in `VideoDone`.
    """

    size: tuple[int, int]
    encoder: str
    audio: str

    def add(self, drawn: Drawn) -> None:
        """Write a frame."""
        ...

    def finish(self, end_s: float) -> None:
        """Make what is written whole; it ends at `end_s`."""
        ...


class _FilmSink:
    def __init__(self, writer: VideoWriter, size: tuple[int, int], audio: str) -> None:
        self._writer = writer
        self.size = (even(size[0]), even(size[1]))
        self.encoder, self.audio = writer.encoder, audio

    def add(self, drawn: Drawn) -> None:
        for time_s in drawn.shown_s:
            self._writer.add(drawn.picture, time_s)

    def finish(self, end_s: float) -> None:
        self._writer.finish(end_s)


class _FolderSink:
    encoder, audio = "png", ""

    def __init__(
        self, spec: VideoSpec, classes: ClassList, size: tuple[int, int]
    ) -> None:
        self._folder, self._classes, self.size = spec.out, classes, size
        mark = ModelMark.of(spec.model.id, spec.model.checkpoint)
        write_classes(spec.out / CLASSES_FILE, classes, mark)

    def add(self, drawn: Drawn) -> None:
        name = f"{drawn.shares.number:0{_DIGITS}d}"
        mask = output_path(self._folder, "mask", name)
        write_atomic(mask, encode_mask(drawn.labels, self._classes))
        picture = output_path(self._folder, "overlay", name)
        write_atomic(picture, encode_jpeg(drawn.picture))

    def finish(self, end_s: float) -> None:
        del end_s  # a folder has no end


@contextmanager
def open_sink(
    spec: VideoSpec,
    classes: ClassList,
    size: tuple[int, int],
    fps: float,
    part: tuple[float, float, float] | None,
) -> Iterator[Sink]:
    """Open where the frames of a spec are written; a film appears when it is whole.

    Parameters
    ----------
    size
        Width and height of what the artist draws.
    fps
        About how many a second.
    part
        Of the source's sound: the video's zero in the file's time, start and end; None
        without any.

    Raises
    ------
    StorageError
        It cannot be written; an earlier film is untouched.
    """
    if spec.kind == "frames":
        yield _FolderSink(spec, classes, size)
        return
    opened: AbstractContextManager[tuple[BinaryIO, str]] = video_file(spec.out)
    with opened as (file, kind):
        sound = Sound(spec.source, *part, kind) if part else None
        writer = VideoWriter(
            file, kind, size, fps=fps, quality=spec.quality, sound=sound
        )
        done = False
        try:
            yield _FilmSink(writer, size, sound.how if sound else "")
            done = True
        finally:
            if not done:
                writer.abandon()
            if sound is not None:
                sound.close()
