"""An image as scribbles see it: numbers for each pixel, kept while one scribbles."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.geometry import Size
from segdesk.core.image_view import ImageView
from segdesk.core.imaging import read_image
from segdesk.core.paths import mapped_images_dir
from segdesk.core.pixel_classifier import PixelClassifier
from segdesk.core.pixel_features import pixel_features
from segdesk.core.pyramid import Pyramid
from segdesk.jobs.array_ref import ArrayRef
from segdesk.jobs.control import JobContext

Pixels = NDArray[np.uint8]

_AT_ONCE = 4096  # pixels: what they need on the way stays in the processor's cache
_BLOCKS = 32  # of them for each piece of work


@dataclass(slots=True, eq=False)
class Picture:
    """What is known of one image.

    Parameters
    ----------
    image
        Size of the image.
    size
        Size of what was worked out: smaller where the image is large.
    planes
        (F, h, w) uint8.
    deep
        (C, h, w) uint8, what a network sees there; None: nobody asked one.
    """

    image: Size
    size: Size
    planes: Pixels
    deep: Pixels | None = None
    deep_from: Path | None = field(default=None, repr=False)

    @property
    def reduced(self) -> float:
        """How many pixels of the image one that was worked out is wide."""
        return self.image.width / self.size.width

    def take_deep(self, ref: ArrayRef | None) -> None:
        """Use what a network sees, or no longer; unchanged, it is not read again."""
        wanted = None if ref is None else ref.path
        if wanted == self.deep_from:
            return
        self.deep, self.deep_from = None, wanted
        if ref is None:
            return
        cv2 = load_cv2()
        found = np.fromfile(ref.path, np.uint8).reshape(ref.shape)
        self.deep = np.empty((len(found), *self.planes.shape[1:]), np.uint8)
        for plane, target in zip(found, self.deep, strict=True):
            cv2.resize(plane, self.size, dst=target, interpolation=cv2.INTER_LINEAR)

    def at(self, places: NDArray[np.int64]) -> Pixels:
        """Return the numbers of some pixels, (N, F), by place in the flat image."""
        parts = [self.planes.reshape(len(self.planes), -1)[:, places]]
        if self.deep is not None:
            parts.append(self.deep.reshape(len(self.deep), -1)[:, places])
        return np.concatenate(parts).T

    def classified(
        self,
        classifier: PixelClassifier,
        smooth_px: float,
        pool: ThreadPoolExecutor,
        context: JobContext,
    ) -> tuple[Pixels, Pixels]:
        """Return class and confidence of each pixel of the image, (H, W).

        Raises
        ------
        JobCancelledError
            When a stop was asked for.
        """
        count = self.size.width * self.size.height
        shares = np.empty((len(classifier.classes), count), np.uint8)

        def work(start: int) -> None:
            for part in _parts(start, count):
                if context.stop.is_set():
                    return
                shares[:, part] = classifier.shares(self._of(part))

        list(pool.map(work, range(0, count, _AT_ONCE * _BLOCKS)))
        context.check()
        planes = shares.reshape(-1, self.size.height, self.size.width)
        labels, sure = classifier.decide(planes, smooth_px)
        return self._full(labels, nearest=True), self._full(sure, nearest=False)

    def _of(self, part: slice) -> Pixels:
        planes = self.planes.reshape(len(self.planes), -1)[:, part]
        if self.deep is None:
            return planes
        deep = self.deep.reshape(len(self.deep), -1)[:, part]
        return np.concatenate((planes, deep))

    def _full(self, found: Pixels, *, nearest: bool) -> Pixels:
        if self.size == self.image:
            return found
        cv2 = load_cv2()
        way = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
        full: Pixels = cv2.resize(found, self.image, interpolation=way)
        return full


def read_pixels(path: Path, view: ImageView, most_pixels: int) -> tuple[Pixels, Size]:
    """Read an image, and make it smaller where it is large.

    Returns
    -------
    pixels
        (h, w, 3) RGB, at most `most_pixels` of them.
    image
        Size of the image.
    """
    loaded = read_image(path, view, mapped_in=mapped_images_dir())
    height, width = loaded.pixels.shape[:2]
    image = Size(width, height)
    if width * height <= most_pixels:
        return loaded.pixels, image
    factor = (most_pixels / (width * height)) ** 0.5
    size = Size(max(1, int(width * factor)), max(1, int(height * factor)))
    pyramid = Pyramid(loaded.pixels)
    level = 0
    while level + 1 < len(pyramid) and pyramid.size(level + 1).width >= size.width:
        level += 1
    cv2 = load_cv2()
    small: Pixels = cv2.resize(pyramid.part(level), size, interpolation=cv2.INTER_AREA)
    return small, image


def picture_of(pixels: Pixels, image: Size) -> Picture:
    """Work out what is to be known of an image."""
    size = Size(pixels.shape[1], pixels.shape[0])
    return Picture(image, size, pixel_features(pixels))


def _parts(start: int, count: int) -> Iterator[slice]:
    end = min(start + _AT_ONCE * _BLOCKS, count)
    for at in range(start, end, _AT_ONCE):
        yield slice(at, min(at + _AT_ONCE, end))
