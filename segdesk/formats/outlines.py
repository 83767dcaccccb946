"""From label maps to outlines, exactly: along the borders between pixels.

Filling an outline by the rule of pixel centres gives the very pixels back. Formats
without holes get their regions in painting order, the enclosing before the enclosed.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.geometry import Rect
from segdesk.core.rasterize import polygon_spans
from segdesk.core.shapes import Point, Polygon, Ring

# Right, down, left, up on a screen; a turn to the right adds one.
_STEP_X = np.array([1, 0, -1, 0])
_STEP_Y = np.array([0, 1, 0, -1])
# From the corner where an edge starts to the pixel on its right-hand side.
_INSIDE_X = np.array([0, -1, -1, 0])
_INSIDE_Y = np.array([0, 0, -1, -1])


@dataclass(frozen=True, slots=True)
class Region:
    """Pixels of one label that touch by their sides.

    Parameters
    ----------
    label
        Their label.
    outer
        The line round them and their holes, clockwise.
    holes
        The lines round what they enclose.
    area
        Pixels within `outer`, holes included.
    inside
        (x, y) of one of the pixels.
    """

    label: int
    outer: Ring
    holes: tuple[Ring, ...]
    area: float
    inside: tuple[int, int]

    def polygon(self) -> Polygon:
        """Return it as a shape with holes."""
        return Polygon(class_index=self.label, rings=(self.outer, *self.holes))

    def filled(self) -> Polygon:
        """Return it as a shape without holes."""
        return Polygon(class_index=self.label, rings=(self.outer,))


def regions_of(labels: NDArray[np.uint8]) -> list[Region]:
    """Return all regions of a label map (H, W), the largest first."""
    found: list[Region] = []
    for label in np.flatnonzero(np.bincount(labels.reshape(-1), minlength=256)):
        mask = (labels == label).view(np.uint8)
        found += regions_of_mask(mask, int(label))
    return sorted(found, key=lambda one: -one.area)


def mask_polygons(
    mask: NDArray[np.uint8], label: int, offset: tuple[int, int] = (0, 0)
) -> list[Polygon]:
    """Return the shapes, with holes, of a mask (h, w) of 0 and others.

    Parameters
    ----------
    offset
        (x, y) of its corner in the image.
    """
    whole = np.where(mask, np.uint8(255), np.uint8(0))
    shapes = [one.polygon() for one in regions_of_mask(whole, label)]
    return [one.moved(*offset) for one in shapes]


def painting_order(labels: NDArray[np.uint8], unlabelled: int) -> list[Region]:
    """Return the regions that, filled one after the other, give the label map.

    Parameters
    ----------
    unlabelled
        Label of the ground on which they are painted; its regions are left out where
        nothing covers them.
    """
    height, width = labels.shape
    whole = Rect(0, 0, width, height)
    canvas = np.full(labels.shape, unlabelled, np.uint8)
    found = regions_of(labels)
    grounds = [place for place, one in enumerate(found) if one.label == unlabelled]
    last = grounds[-1] if grounds else -1
    needed = []
    for place, one in enumerate(found):
        x, y = one.inside
        if canvas[y, x] == one.label == unlabelled:
            continue
        if place < last:  # no later region asks what lies under it
            polygon_spans((one.outer,), whole).draw(canvas, whole, one.label)
        needed.append(one)
    return needed


def regions_of_mask(mask: NDArray[np.uint8], label: int) -> list[Region]:
    """Return the regions of a mask (H, W) of 0 and others, in no order.

    Parameters
    ----------
    label
        What they are called.
    """
    cv2 = load_cv2()
    left, top, width, height = cv2.boundingRect(mask)
    if not width:
        return []
    part = np.ascontiguousarray(mask[top : top + height, left : left + width])
    _, numbers = cv2.connectedComponents(part, connectivity=4)
    rings = _rings(part != 0)
    inside_x, inside_y = rings.inside
    which = numbers[inside_y, inside_x].tolist()
    xs, ys = (rings.x + left).tolist(), (rings.y + top).tolist()
    places = zip((inside_x + left).tolist(), (inside_y + top).tolist(), strict=True)
    outers: dict[int, tuple[Ring, float, tuple[int, int]]] = {}
    holes: dict[int, list[Ring]] = {}
    bounds = pairwise([*rings.firsts.tolist(), len(xs)])
    areas = rings.areas().tolist()
    for number, (start, stop), area, place in zip(
        which, bounds, areas, places, strict=True
    ):
        line = tuple(map(Point, xs[start:stop], ys[start:stop]))
        if area > 0:
            outers[number] = line, area, place
        else:
            holes.setdefault(number, []).append(line)
    return [
        Region(label, outer, tuple(holes.get(number, ())), area, place)
        for number, (outer, area, place) in outers.items()
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Rings:
    """Closed lines, one behind the other.

    Parameters
    ----------
    x, y
        (n,) their corners.
    firsts
        (m,) place of the first corner of each.
    inside
        (x, y), (m,) each: a pixel at the inner side of each.
    """

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    firsts: NDArray[np.int64]
    inside: tuple[NDArray[np.int64], NDArray[np.int64]]

    def areas(self) -> NDArray[np.float64]:
        """Return their areas, negative where one runs counter-clockwise on screen."""
        following = np.arange(1, self.x.size + 1)
        following[np.append(self.firsts[1:], self.x.size) - 1] = self.firsts
        twice = self.x * self.y[following] - self.y * self.x[following]
        return np.add.reduceat(twice, self.firsts) / 2


def _rings(mask: NDArray[np.bool_]) -> _Rings:
    """Return the closed lines round a mask, and a pixel inside each.

    Every side between inside and outside is an edge with the inside on its right; at
    a corner where two pixels touch by their tips, lines turn right and part them.
    """
    edges, following, width = _edges(mask)
    turns = (edges & 3) != (edges[following] & 3)
    chain = following.tolist()
    seen = bytearray(len(chain))
    order: list[int] = []
    starts, places = [], []
    for start in range(len(chain)):
        if seen[start]:
            continue
        starts.append(start)
        places.append(len(order))
        place = start
        while not seen[place]:
            seen[place] = 1
            order.append(place)
            place = chain[place]
    walked = np.array(order, np.int64)
    is_turn = turns[walked]
    before = np.cumsum(is_turn) - is_turn
    ends = edges[following[walked[is_turn]]] >> 2
    first, way = edges[starts] >> 2, edges[starts] & 3
    inside = first % width + _INSIDE_X[way], first // width + _INSIDE_Y[way]
    return _Rings(ends % width, ends // width, before[places], inside)


def _edges(
    mask: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return edges as corner · 4 + direction, followers, and the length of a row."""
    around = np.pad(mask, 1)
    up_left, up_right = around[:-1, :-1], around[:-1, 1:]
    low_left, low_right = around[1:, :-1], around[1:, 1:]
    out = np.stack(
        [
            ~up_right & low_right,
            low_left & ~low_right,
            up_left & ~low_left,
            up_right & ~up_left,
        ],
        axis=-1,
    )
    width = out.shape[1]
    edges = np.flatnonzero(out).astype(np.int64)
    way = edges & 3
    end = (edges >> 2) + _STEP_X[way] + _STEP_Y[way] * width
    flat = out.reshape(-1)
    right, straight, left = (
        end * 4 + (way + 1) % 4,
        end * 4 + way,
        end * 4 + (way + 3) % 4,
    )
    target = np.where(flat[right], right, np.where(flat[straight], straight, left))
    return edges, np.searchsorted(edges, target), width
