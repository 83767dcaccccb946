"""Where an image lies on the screen: zoom, position, and which pixel is shown where.

Everything here counts in device pixels of the view, from its top left corner, and in
image pixels, whose centres lie at +0.5.
"""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_SCALE = 64.0
ACTUAL_SCALE = 1.0
_SMALLEST_VIEW_PX = 16.0  # the longer side of the image is never shown smaller
_STOPS = (
    *(1 / 64, 1 / 48, 1 / 32, 1 / 24, 1 / 16, 1 / 12, 1 / 8, 1 / 6, 1 / 4),
    *(1 / 3, 1 / 2, 2 / 3, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0),
    *(12.0, 16.0, 24.0, 32.0, 48.0, 64.0),
)
_SAME = 1.001  # scales closer than this factor are one stop


class Size(NamedTuple):
    """Width and height, in pixels."""

    width: int
    height: int


class Area(NamedTuple):
    """A rectangle with fractions: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float


class Rect(NamedTuple):
    """A rectangle of whole pixels: left, top, width, height."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def between(cls, left: float, top: float, right: float, bottom: float) -> "Rect":
        """Return the smallest rectangle of whole pixels round four edges."""
        x, y = math.floor(left), math.floor(top)
        return cls(x, y, math.ceil(right) - x, math.ceil(bottom) - y)

    @property
    def right(self) -> int:
        """First column right of it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row below it."""
        return self.y + self.height

    @property
    def area(self) -> int:
        """Number of its pixels; 0 when it is empty."""
        return max(0, self.width) * max(0, self.height)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index an array `[y, x]`."""
        return slice(self.y, self.bottom), slice(self.x, self.right)

    def grown(self, by: int) -> "Rect":
        """Return it with a margin on every side; a negative one shrinks it."""
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def moved(self, dx: int, dy: int) -> "Rect":
        """Return it at another place."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def within(self, size: Size) -> "Rect":
        """Return the part of it that lies in an image."""
        return self.shared(Rect(0, 0, size.width, size.height))

    def shared(self, other: "Rect") -> "Rect":
        """Return what two rectangles have in common; empty ones have no area."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        width = min(self.right, other.right) - x
        height = min(self.bottom, other.bottom) - y
        return Rect(x, y, max(0, width), max(0, height))

    def joined(self, other: "Rect") -> "Rect":
        """Return the smallest rectangle round two; an empty one adds nothing."""
        if not self.area or not other.area:
            return self if self.area else other
        x, y = min(self.x, other.x), min(self.y, other.y)
        width = max(self.right, other.right) - x
        return Rect(x, y, width, max(self.bottom, other.bottom) - y)

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a place lies in it."""
        return self.x <= x < self.right and self.y <= y < self.bottom


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """Where the image lies in the view.

    Parameters
    ----------
    scale
        Device pixels for one image pixel.
    x, y
        Device pixels from the view's corner to the image's corner.
    """

    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """Return the place on screen of a place in the image."""
        return x * self.scale + self.x, y * self.scale + self.y

    def to_image(self, x: float, y: float) -> tuple[float, float]:
        """Return the place in the image of a place on screen."""
        return (x - self.x) / self.scale, (y - self.y) / self.scale

    def moved(self, dx: float, dy: float) -> "ViewTransform":
        """Return the transform after the image was shifted by device pixels."""
        return replace(self, x=self.x + dx, y=self.y + dy)

    def zoomed(self, scale: float, x: float, y: float) -> "ViewTransform":
        """Return another zoom at which the place on screen (x, y) shows the same."""
        factor = scale / self.scale
        return ViewTransform(
            scale, x - (x - self.x) * factor, y - (y - self.y) * factor
        )

    def snapped(self) -> "ViewTransform":
        """Return the transform as it is drawn: the corner on a whole device pixel.

        Zooming starts from the exact one, or rounding would add up.
        """
        return replace(self, x=float(round(self.x)), y=float(round(self.y)))

    def visible(self, image: Size, view: Size) -> Area:
        """Return the part of the image that is in the view, in image pixels."""
        left, top = self.to_image(0, 0)
        right, bottom = self.to_image(view.width, view.height)
        left, right = max(0.0, left), min(float(image.width), right)
        top, bottom = max(0.0, top), min(float(image.height), bottom)
        return Area(left, top, max(0.0, right - left), max(0.0, bottom - top))


def fit(image: Size, view: Size, inside: Size | None = None) -> ViewTransform:
    """Return the transform that shows the whole image in the middle of the view.

    Parameters
    ----------
    inside
        Room that it shall keep to; None: the whole view.
    """
    room = inside or view
    scale = min(
        max(1, room.width) / image.width, max(1, room.height) / image.height, MAX_SCALE
    )
    return ViewTransform(
        scale,
        (view.width - image.width * scale) / 2,
        (view.height - image.height * scale) / 2,
    )


def clamped_scale(scale: float, image: Size) -> float:
    """Return the nearest zoom at which the image is neither a dot nor a wall."""
    smallest = min(ACTUAL_SCALE, _SMALLEST_VIEW_PX / max(image))
    return min(MAX_SCALE, max(smallest, scale))


def clamped(transform: ViewTransform, image: Size, view: Size) -> ViewTransform:
    """Return the nearest transform that keeps the image over the view's middle."""
    x = _clamp_axis(transform.x, image.width * transform.scale, view.width)
    y = _clamp_axis(transform.y, image.height * transform.scale, view.height)
    return replace(transform, x=x, y=y)


def _clamp_axis(start: float, length: float, view: float) -> float:
    return min(view / 2, max(view / 2 - length, start))


def next_stop(scale: float, *, closer: bool) -> float:
    """Return the next round zoom: 50%, 66.7%, 80%, 100%, 125% and so on."""
    if closer:
        return next((stop for stop in _STOPS if stop > scale * _SAME), MAX_SCALE)
    return next((stop for stop in reversed(_STOPS) if stop < scale / _SAME), _STOPS[0])


def scaled_past_actual(scale: float, factor: float) -> float:
    """Return `scale * factor`, but stop at 100% on the way past it."""
    wanted = scale * factor
    if (scale - ACTUAL_SCALE) * (wanted - ACTUAL_SCALE) < 0 and not math.isclose(
        scale, ACTUAL_SCALE, rel_tol=_SAME - 1
    ):
        return ACTUAL_SCALE
    return wanted


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """The device pixels of a view that show the image, and what they show.

    Parameters
    ----------
    x, y
        First column and row of the view that show the image.
    columns, rows
        (w,) and (h,): the image's column or row under each of them, nearest neighbour.
    anchor_x, anchor_y
        Device pixels from the image's corner to (x, y); patterns that shall move with
        the picture are anchored there.
    """

    x: int
    y: int
    columns: NDArray[np.intp]
    rows: NDArray[np.intp]
    anchor_x: int
    anchor_y: int

    @property
    def size(self) -> Size:
        """Number of columns and rows."""
        return Size(self.columns.size, self.rows.size)


def cover(transform: ViewTransform, image: Size, view: Size) -> Cover | None:
    """Return which device pixels show the image; None: it is out of view.

    A device pixel shows the image pixel in which its centre lies, so neighbours are
    split where the painter splits them.

    Parameters
    ----------
    transform
        Snapped, as it is drawn.
    """
    x, columns = _axis(transform.x, transform.scale, image.width, view.width)
    y, rows = _axis(transform.y, transform.scale, image.height, view.height)
    if not columns.size or not rows.size:
        return None
    anchor_x, anchor_y = x - round(transform.x), y - round(transform.y)
    return Cover(x, y, columns, rows, anchor_x, anchor_y)


def _axis(
    start: float, scale: float, length: int, view: int
) -> tuple[int, NDArray[np.intp]]:
    first = max(0, math.ceil(start - 0.5))
    last = min(view, math.ceil(start + length * scale - 0.5))
    centres = np.arange(first, max(first, last)) + (0.5 - start)
    return first, np.clip((centres / scale).astype(np.intp), 0, length - 1)


def first_pixels(start: float, scale: float, low: int, high: int) -> NDArray[np.intp]:
    """Return the first device pixel of each of the image's columns `low`..`high`."""
    edges = np.arange(low, high + 1) * scale + (start - 0.5)
    first: NDArray[np.intp] = np.ceil(edges).astype(np.intp)
    return first
