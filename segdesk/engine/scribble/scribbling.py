"""From a few strokes to the class of every pixel, again with each stroke."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.language import tr
from segdesk.core.pixel_classifier import PixelClassifier, sampled, train
from segdesk.core.scribbles import NONE, Scribble, rastered
from segdesk.core.shapes import Point
from segdesk.engine.scribble.picture import Picture, picture_of, read_pixels
from segdesk.formats.png_mask import write_mask
from segdesk.jobs.arrays import put
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Noted, Progress
from segdesk.jobs.scribble_events import ScribbleApplied, ScribbleDone
from segdesk.jobs.scribble_specs import ScribbleApplySpec, ScribbleSpec, Stroke

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_THREADS = 4
_LEAST_CLASSES = 2


@dataclass(frozen=True, slots=True)
class _Key:
    """An image as it lies on disk now, and how it is read."""

    path: Path
    stamp: tuple[int, int]
    view: object
    most_pixels: int


class Scribbler:
    """Keeps what it worked out of the last image, and what it learned of it."""

    def __init__(self) -> None:
        threads = min(_MOST_THREADS, os.cpu_count() or 1)
        self._pool = ThreadPoolExecutor(threads, "scribble")
        self._key: _Key | None = None
        self._picture: Picture | None = None
        self._learned: PixelClassifier | None = None

    def run(self, spec: ScribbleSpec, context: JobContext) -> ScribbleDone:
        """Say of every pixel which of the strokes' classes it is like.

        Raises
        ------
        ImageReadError
            When the image cannot be read.
        JobCancelledError
            When a stop was asked for.
        """
        clock = _Clock()
        picture = self._of_image(spec, context, clock)
        if not spec.strokes:
            return ScribbleDone(reduced=picture.reduced, seconds=clock.seconds)
        picture.take_deep(spec.deep)
        clock.lap("deep")
        context.check()
        learned = _learned(picture, spec.strokes, self._learned)
        if learned is None:
            return ScribbleDone(reduced=picture.reduced, seconds=clock.seconds)
        self._learned = learned
        clock.lap("train")
        context.check()
        labels, sure = picture.classified(learned, spec.smooth_px, self._pool, context)
        clock.lap("classify")
        return ScribbleDone(
            labels=put(labels, spec.scratch_dir),
            confidence=put(sure, spec.scratch_dir),
            reduced=picture.reduced,
            seconds=clock.seconds,
        )

    def apply(self, spec: ScribbleApplySpec, context: JobContext) -> ScribbleApplied:
        """Label other images by the strokes of one.

        An image that cannot be read is told and does not end it.
        """
        known = self._of_image(spec, context, _Clock())
        known.take_deep(None)  # its numbers mean something in its own image only
        classifier = _learned(known, spec.strokes, None)
        if classifier is None:
            raise InputError(
                tr("The scribbles were not applied."),
                cause=tr("The pixels under them are all of one class."),
                hint=tr("Scribble on a second class too, then apply them again."),
            )
        palette = ClassList.from_names(tuple(str(n) for n in range(NONE)))
        written = []
        for number, (image, mask) in enumerate(spec.targets):
            context.check()
            context.report(Progress(number, len(spec.targets), "images", image.name))
            try:
                pixels, size = read_pixels(image, spec.view, spec.most_pixels)
                picture = picture_of(pixels, size)
                labels, _ = picture.classified(
                    classifier, spec.smooth_px, self._pool, context
                )
                write_mask(mask, labels, palette)
            except SegDeskError as error:
                context.report(Noted("warning", error.message, error.cause, error.hint))
                continue
            written.append(number)
        context.report(Progress(len(spec.targets), len(spec.targets), "images"))
        return ScribbleApplied(written=tuple(written))

    def _of_image(
        self,
        spec: ScribbleSpec | ScribbleApplySpec,
        context: JobContext,
        clock: "_Clock",
    ) -> Picture:
        key = _Key(spec.image, _stamp(spec.image), spec.view, spec.most_pixels)
        if self._picture is not None and key == self._key:
            return self._picture
        self._key = self._picture = self._learned = None
        pixels, image = read_pixels(spec.image, spec.view, spec.most_pixels)
        clock.lap("decode")
        context.check()
        self._picture, self._key = picture_of(pixels, image), key
        clock.lap("features")
        return self._picture


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.seconds[name], self._last = now - self._last, now


def _learned(
    picture: Picture, strokes: Sequence[Stroke], before: PixelClassifier | None
) -> PixelClassifier | None:
    """Return what the strokes teach; None: the pixels under them are of one class."""
    raster = rastered(
        tuple(_scribble(stroke) for stroke in strokes), picture.size, picture.image
    )
    places = sampled(raster, NONE)
    labels: NDArray[np.uint8] = raster.reshape(-1)[places]
    if len(np.unique(labels)) < _LEAST_CLASSES:
        return None
    return train(picture.at(places), labels, before)


def _scribble(stroke: Stroke) -> Scribble:
    xs, ys = stroke.places[::2], stroke.places[1::2]
    points = tuple(Point(x, y) for x, y in zip(xs, ys, strict=True))
    return Scribble(stroke.class_index, stroke.width, points)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:  # reading it says why
        return (0, 0)
    return facts.st_size, facts.st_mtime_ns
