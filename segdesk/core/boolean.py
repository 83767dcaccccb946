"""Union and difference of polygons, with holes, on the grid that rasterising uses.

All edges are cut where they meet. Each piece then has the result on both of its sides,
or on none, or on one: those of the last kind bound the result. What is inside is told
by counting crossings (Sutherland et al., "A characterization of ten hidden-surface
algorithms", 1974). Everything is whole numbers of 1/256 px; a cut that is rounded there
may move by half a step, so cutting is repeated until nothing crosses.
"""

from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.core.rasterize import GRID, Ints, on_grid
from segdesk.core.shapes import Point, Ring

Rings = tuple[Ring, ...]
Bools = NDArray[np.bool_]
_Vertex = tuple[int, int]

MOST_EDGES = 6000
_MOST_ROUNDS = 12
_CHUNK = 1 << 21  # pairs of edges that are looked at together


class Operation(StrEnum):
    """What is made of two areas."""

    UNION = "union"
    DIFFERENCE = "difference"


def combine(a: Rings, b: Rings, operation: Operation) -> tuple[Rings, ...]:
    """Return the union of two areas, or the first without the second.

    Parameters
    ----------
    a, b
        Closed lines; a place is inside when an odd number of them goes round it.

    Returns
    -------
    polygons
        Connected areas, each an outline followed by its holes; outlines run clockwise
        on screen, holes the other way. Corners that are none are left out.

    Raises
    ------
    InputError
        When the areas have too many vertices: the sketch is to be made simpler.
    """
    edges, owners = _edges(a, b)
    if len(edges) > MOST_EDGES:
        raise InputError(
            tr("The shapes were not combined."),
            cause=tr(
                "They have {edges:,} vertices together; the limit is "
                "{most_edges:,}. Both are still as they were.",
                edges=len(edges),
                most_edges=MOST_EDGES,
            ),
            hint=tr("Combine them where they meet with the brush, or simplify them."),
        )
    edges, owners = _cut(edges, owners)
    bounding = _bounding(edges, owners, operation)
    rings = [_straightened(ring) for ring in _chained(bounding)]
    return _nested([ring for ring in rings if len(ring) > 2])


def _edges(a: Rings, b: Rings) -> tuple[Ints, Ints]:
    """Return edges (n, 4), start before end in reading order, and who owns them."""
    parts, owners = [np.empty((0, 4), np.int64)], [np.empty(0, np.int64)]
    for owner, rings in enumerate((a, b)):
        for ring in rings:
            points = on_grid(ring)
            edges = np.hstack([points, np.roll(points, -1, axis=0)])
            parts.append(edges)
            owners.append(np.full(len(edges), owner, np.int64))
    return _ordered(np.concatenate(parts), np.concatenate(owners))


def _ordered(edges: Ints, owners: Ints) -> tuple[Ints, Ints]:
    """Return edges from their upper left end, without those of no length."""
    swap = (edges[:, 1] > edges[:, 3]) | (
        (edges[:, 1] == edges[:, 3]) & (edges[:, 0] > edges[:, 2])
    )
    edges = np.where(swap[:, None], edges[:, [2, 3, 0, 1]], edges)
    used = (edges[:, 0] != edges[:, 2]) | (edges[:, 1] != edges[:, 3])
    return edges[used], owners[used]


def _cut(edges: Ints, owners: Ints) -> tuple[Ints, Ints]:
    """Return the edges in pieces that meet at their ends alone."""
    for _ in range(_MOST_ROUNDS):
        cuts = _meetings(edges)
        if not cuts:
            break
        pieces: list[tuple[int, int, int, int]] = []
        whose: list[int] = []
        for index, (x0, y0, x1, y1) in enumerate(edges.tolist()):
            side = 1 if x0 <= x1 else -1
            inner = sorted(cuts.get(index, ()), key=lambda p: (p[1], side * p[0]))
            line = [(x0, y0), *inner, (x1, y1)]
            pieces += [(*p, *q) for p, q in pairwise(line)]
            whose += [int(owners[index])] * (len(line) - 1)
        edges, owners = _ordered(np.array(pieces), np.array(whose))
    return edges, owners


def _meetings(edges: Ints) -> dict[int, set[_Vertex]]:
    """Return, for each edge, the places between its ends where others meet it."""
    cuts: dict[int, set[_Vertex]] = defaultdict(set)
    for i, j in _near(edges):
        for edge, other in ((i, j), (j, i)):
            _cut_at_ends(edges, edge, other, cuts)
        _cut_at_crossings(edges, i, j, cuts)
    return cuts


def _near(edges: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of edges whose bounding boxes touch, each pair once."""
    left, top = np.minimum(edges[:, :2], edges[:, 2:]).T
    right, bottom = np.maximum(edges[:, :2], edges[:, 2:]).T
    rows = max(1, _CHUNK // max(1, len(edges)))
    for start in range(0, len(edges), rows):
        part = slice(start, start + rows)
        touch = left[part, None] <= right
        touch &= right[part, None] >= left
        touch &= top[part, None] <= bottom
        touch &= bottom[part, None] >= top
        i, j = np.nonzero(touch)
        i = i + start
        once = i < j
        yield i[once], j[once]


def _cut_at_ends(
    edges: Ints, edge: Ints, other: Ints, cuts: dict[int, set[_Vertex]]
) -> None:
    """Cut edges where an end of another one lies between their own ends."""
    a, b = edges[edge, :2], edges[edge, 2:]
    for end in (edges[other, :2], edges[other, 2:]):
        along = ((end - a) * (b - a)).sum(-1)
        on = (_cross(b - a, end - a) == 0) & (along > 0)
        on &= along < ((b - a) ** 2).sum(-1)
        for index, x, y in zip(edge[on], *end[on].T, strict=True):
            cuts[int(index)].add((int(x), int(y)))


def _cut_at_crossings(
    edges: Ints, i: Ints, j: Ints, cuts: dict[int, set[_Vertex]]
) -> None:
    """Cut two edges where they cross, at the nearest place of the grid."""
    a, b, c, d = edges[i, :2], edges[i, 2:], edges[j, :2], edges[j, 2:]
    cross = (np.sign(_cross(b - a, c - a)) * np.sign(_cross(b - a, d - a)) < 0) & (
        np.sign(_cross(d - c, a - c)) * np.sign(_cross(d - c, b - c)) < 0
    )
    i, j, a, b, c, d = (values[cross] for values in (i, j, a, b, c, d))
    part = _cross(c - a, d - c) / _cross(b - a, d - c)
    places = np.rint(a + part[:, None] * (b - a)).astype(np.int64)
    for first, second, place, ends_a, ends_c in zip(
        i.tolist(),
        j.tolist(),
        map(tuple, places.tolist()),
        edges[i].tolist(),
        edges[j].tolist(),
        strict=True,
    ):
        for index, ends in ((first, ends_a), (second, ends_c)):
            if place not in (tuple(ends[:2]), tuple(ends[2:])):
                cuts[index].add(place)


def _bounding(edges: Ints, owners: Ints, operation: Operation) -> Ints:
    """Return the pieces with the result on one side, directed so that it is right."""
    unique, which = np.unique(edges, axis=0, return_inverse=True)
    odd = np.zeros((len(unique), 2), np.int64)
    np.add.at(odd, (which.reshape(-1), owners), 1)
    odd &= 1
    level = unique[:, 1] == unique[:, 3]
    # The side that a ray from the middle comes to first: right of a piece that runs
    # down, below one that runs level.
    near = np.where(
        level[:, None],
        _crossings(unique[:, [1, 0, 3, 2]], odd),
        _crossings(unique, odd),
    )
    far = near ^ (odd > 0)
    near_in, far_in = _inside(near, operation), _inside(far, operation)
    # On screen, y down: right of the way down is west, right of the way east is south.
    keep_level = np.where(near_in, 1, -1)
    keep_down = np.where(near_in, -1, 1)
    sign = np.where(level, keep_level, keep_down)
    directed = np.where((sign > 0)[:, None], unique, unique[:, [2, 3, 0, 1]])
    bounding: Ints = directed[near_in != far_in]
    return bounding


def _inside(parity: Bools, operation: Operation) -> Bools:
    a, b = parity[:, 0], parity[:, 1]
    return a | b if operation is Operation.UNION else a & ~b


def _crossings(edges: Ints, odd: Ints) -> Bools:
    """Tell whether rays from the middles, along +x, cross an odd number of pieces.

    Returns
    -------
    odd
        (n, 2), for each owner.
    """
    middle = edges[:, :2] + edges[:, 2:]  # doubled, to stay whole
    doubled = 2 * edges
    upward = doubled[:, 1] > doubled[:, 3]
    doubled[upward] = doubled[upward][:, [2, 3, 0, 1]]
    x0, y0, x1, y1 = doubled.T
    counts = np.zeros((len(edges), 2), np.int64)
    rows = max(1, _CHUNK // max(1, len(edges)))
    for start in range(0, len(edges), rows):
        y = middle[start : start + rows, 1, None]
        ray, piece = np.nonzero((y0 <= y) & (y < y1))
        ray += start
        x, y = middle[ray].T
        over = (x - x0[piece]) * (y1 - y0)[piece] < (y - y0[piece]) * (x1 - x0)[piece]
        for owner in range(2):
            weights = odd[piece[over], owner]
            counts[:, owner] += np.bincount(
                ray[over], weights, minlength=len(edges)
            ).astype(np.int64)
    return counts % 2 > 0


def _chained(edges: Ints) -> list[list[_Vertex]]:
    """Return directed edges as closed lines that touch themselves at no vertex."""
    out: dict[_Vertex, list[_Vertex]] = defaultdict(list)
    for x0, y0, x1, y1 in edges.tolist():
        out[x0, y0].append((x1, y1))
    rings = []
    while out:
        place = next(iter(out))
        came: _Vertex | None = None
        line, seen = [place], {place: 0}
        while place in out:
            ends = out[place]
            came, following = place, ends.pop(_sharpest(came, place, ends))
            if not ends:
                del out[place]
            place = following
            if place in seen:
                # A loop is closed: cut it off, go on with what led to it.
                rings.append(line[seen[place] :])
                for gone in line[seen[place] + 1 :]:
                    del seen[gone]
                del line[seen[place] + 1 :]
            else:
                seen[place] = len(line)
                line.append(place)
    return rings


def _sharpest(before: _Vertex | None, place: _Vertex, ends: list[_Vertex]) -> int:
    """Return which way keeps nearest to the inside, which is on the right."""
    if before is None or len(ends) == 1:
        return 0
    back = np.arctan2(before[1] - place[1], before[0] - place[0])
    turns = [
        (np.arctan2(y - place[1], x - place[0]) - back) % (2 * np.pi) for x, y in ends
    ]
    return int(np.argmax(turns))


def _straightened(ring: list[_Vertex]) -> list[_Vertex]:
    """Return a ring without vertices on a straight way."""
    points = np.array(ring, np.int64)
    bend = _cross(points - np.roll(points, 1, 0), np.roll(points, -1, 0) - points)
    return [place for place, turn in zip(ring, bend, strict=True) if turn]


def _nested(rings: list[list[_Vertex]]) -> tuple[Rings, ...]:
    """Return outlines with the holes that lie in them."""
    areas = [_doubled_area(ring) for ring in rings]
    outlines = [i for i, area in enumerate(areas) if area > 0]
    holes: dict[int, list[int]] = {i: [] for i in outlines}
    for index, area in enumerate(areas):
        if area < 0:
            around = [i for i in outlines if _holds(rings[i], rings[index])]
            if around:
                holes[min(around, key=lambda i: areas[i])].append(index)
    return tuple(
        tuple(_ring(rings[index]) for index in (outline, *holes[outline]))
        for outline in outlines
    )


def _ring(places: list[_Vertex]) -> Ring:
    return tuple(Point(x / GRID, y / GRID) for x, y in places)


def _doubled_area(ring: list[_Vertex]) -> int:
    """Return twice the area, positive when it runs clockwise on screen."""
    points = np.array(ring, np.int64)
    return int(_cross(points, np.roll(points, -1, 0)).sum())


def _holds(outline: list[_Vertex], hole: list[_Vertex]) -> bool:
    """Tell whether a ring goes round another one that it does not cross."""
    points = np.array(outline, np.int64)
    edges = np.hstack([points, np.roll(points, -1, 0)])
    (xa, ya), (xb, yb) = hole[0], hole[1]
    edges, _ = _ordered(edges, np.zeros(len(edges), np.int64))
    x0, y0, x1, y1 = (2 * edges).T
    x, y = xa + xb, ya + yb
    spans = (y0 <= y) & (y < y1)
    left = (x - x0) * (y1 - y0) > (y - y0) * (x1 - x0)
    return bool((spans & left).sum() % 2)


def _cross(a: Ints, b: Ints) -> Ints:
    cross: Ints = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return cross
