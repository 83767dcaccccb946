"""From shapes to pixels, exactly.

A pixel belongs to a shape when its centre, at +0.5, lies in it. Polygons are scanned in
whole numbers, on a grid of 1/256 px, so that the common border of two neighbours is the
same for both: no gap between them, and no pixel in both.
"""

from functools import reduce
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Rect, Size
from segdesk.core.shapes import Ellipse, Point, Polyline, Ring, Shape, bounds
from segdesk.core.spans import Spans, capsule_spans, ellipse_spans

GRID = 256  # steps of a pixel
_HALF = GRID // 2
_FARTHEST_PX = float(1 << 20)  # products of two differences stay within 63 bits

Ints = NDArray[np.int64]


def on_grid(points: Ring) -> Ints:
    """Return points as whole steps of 1/256 px.

    Returns
    -------
    points
        (n, 2).
    """
    flat = np.fromiter(chain.from_iterable(points), np.float64, 2 * len(points))
    array = np.minimum(np.maximum(flat, -_FARTHEST_PX), _FARTHEST_PX).reshape(-1, 2)
    steps: Ints = np.rint(array * GRID).astype(np.int64)
    return steps


def polygon_spans(rings: tuple[Ring, ...], clip: Rect) -> Spans:
    """Return the pixels that an odd number of rings goes round.

    Scan-line conversion after Foley et al., "Computer Graphics" (1990), 3.6, with whole
    numbers: a pixel whose centre lies on a left or an upper border is inside, on a
    right or a lower one outside.

    Parameters
    ----------
    rings
        Closed lines, the last point joined to the first.
    clip
        Where pixels are wanted.
    """
    edges = np.concatenate([np.empty((0, 4), np.int64), *map(_edges, rings)])
    x0, y0, x1, y1 = edges.T
    first = np.clip(_ceil_div(y0 - _HALF, GRID), clip.y, clip.bottom)
    last = np.clip(_ceil_div(y1 - _HALF, GRID), clip.y, clip.bottom)
    counts = last - first
    which = np.repeat(np.arange(counts.size), counts)
    step = np.arange(which.size) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = first[which] + step
    dx, dy = (x1 - x0)[which], (y1 - y0)[which]
    # First column whose centre is at the crossing or right of it.
    down = rows * GRID + _HALF - y0[which]
    columns = _ceil_div((x0[which] - _HALF) * dy + down * dx, GRID * dy)
    columns = np.clip(columns, clip.x, clip.right) - clip.x
    width = clip.width + 1
    keys = np.sort((rows - clip.y) * width + columns)
    starts, stops = keys[0::2], keys[1::2]
    used = starts < stops
    starts, stops = starts[used], stops[used]
    rows = starts // width
    left = clip.x - rows * width
    return Spans(rows + clip.y, starts + left, stops + left)


def shape_mask(shape: Shape, size: Size) -> tuple[Rect, NDArray[np.uint8]]:
    """Return the pixels of a shape.

    Parameters
    ----------
    size
        Of the image; what lies outside is cut off.

    Returns
    -------
    rect
        Their place; without area when the shape covers no pixel's centre.
    mask
        (h, w), 1 inside.
    """
    clip = bounds(shape).within(size)
    if isinstance(shape, Polyline):
        return _polyline_mask(shape, clip)
    if isinstance(shape, Ellipse):
        radii = (shape.radius_x, shape.radius_y)
        spans = ellipse_spans(shape.centre, radii, shape.angle, clip)
    else:
        spans = polygon_spans(shape.outlines(), clip)
    rect = spans.rect
    return rect, spans.mask(rect)


def _polyline_mask(shape: Polyline, clip: Rect) -> tuple[Rect, NDArray[np.uint8]]:
    radii = (shape.width / 2, shape.width / 2)
    ends = shape.points[1:] or shape.points
    parts = [
        capsule_spans(Point(*a), Point(*b), radii, clip)
        for a, b in zip(shape.points, ends, strict=False)
    ]
    rect = reduce(Rect.joined, (part.rect for part in parts), Rect(0, 0, 0, 0))
    mask = np.zeros((rect.height, rect.width), np.uint8)
    for part in parts:
        part.draw(mask, rect)
    return rect, mask


def _edges(ring: Ring) -> Ints:
    """Return the edges of a ring as (x0, y0, x1, y1), y0 < y1, level ones left out."""
    points = on_grid(ring)
    edges = np.hstack([points, np.roll(points, -1, axis=0)])
    upward = edges[:, 1] > edges[:, 3]
    edges[upward] = edges[upward][:, [2, 3, 0, 1]]
    used: Ints = edges[edges[:, 1] < edges[:, 3]]
    return used


def _ceil_div(a: Ints, b: Ints | int) -> Ints:
    return -(-a // b)
