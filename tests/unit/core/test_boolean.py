"""Union and difference of polygons."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.boolean import MOST_EDGES, Operation, combine
from segdesk.core.errors import InputError
from segdesk.core.geometry import Rect
from segdesk.core.rasterize import polygon_spans
from segdesk.core.shapes import ring

CLIP = Rect(-4, -4, 24, 24)
coarse = st.tuples(st.integers(0, 14), st.integers(0, 14))
fine = st.tuples(st.floats(0, 14), st.floats(0, 14))
rings = st.one_of(
    st.lists(coarse, min_size=3, max_size=8), st.lists(fine, min_size=3, max_size=8)
).map(ring)
areas = st.lists(rings, min_size=1, max_size=2).map(tuple)


def mask(some):
    return polygon_spans(some, CLIP).mask(CLIP).astype(bool)


def near_a_line(some, reach=0.02):
    """Tell which pixel centres lie so near a line that rounding may decide."""
    y, x = np.mgrid[-4:20, -4:20] + 0.5
    near = np.zeros(x.shape, bool)
    for one in some:
        for a, b in zip(one, (*one[1:], one[0]), strict=True):
            dx, dy = b.x - a.x, b.y - a.y
            length = dx * dx + dy * dy
            t = ((x - a.x) * dx + (y - a.y) * dy) / length if length else x * 0
            t = np.clip(t, 0, 1)
            near |= np.hypot(x - a.x - t * dx, y - a.y - t * dy) < reach
    return near


def signed_area(one):
    points = np.array(one)
    following = np.roll(points, -1, 0)
    return (points[:, 0] * following[:, 1] - following[:, 0] * points[:, 1]).sum() / 2


@settings(max_examples=250, deadline=None)
@given(areas, areas, st.sampled_from(Operation))
def test_combine_covers_what_the_masks_say_when_areas_are_random(a, b, operation):
    found = combine(a, b, operation)
    first, second = mask(a), mask(b)
    expected = first | second if operation is Operation.UNION else first & ~second
    clear = ~near_a_line((*a, *b))
    total = np.zeros(expected.shape, int)
    for polygon in found:
        total += mask(polygon)
        assert signed_area(polygon[0]) > 0
        assert all(signed_area(hole) < 0 for hole in polygon[1:])
        for one in polygon:
            assert len(set(one)) == len(one) >= 3
    assert np.array_equal(total[clear], expected[clear])


def box(x, y, width, height):
    return ring([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def test_union_is_one_plain_box_when_two_share_a_border():
    found = combine((box(0, 0, 4, 4),), (box(4, 0, 4, 4),), Operation.UNION)
    assert len(found) == 1
    assert set(found[0][0]) == set(box(0, 0, 8, 4))


def test_difference_makes_a_hole_when_the_second_lies_inside():
    ((outline, hole),) = combine(
        (box(0, 0, 9, 9),), (box(3, 3, 2, 2),), Operation.DIFFERENCE
    )
    assert set(outline) == set(box(0, 0, 9, 9))
    assert set(hole) == set(box(3, 3, 2, 2))
    (filled,) = combine((outline, hole), (box(2, 2, 5, 5),), Operation.UNION)
    assert set(filled[0]) == set(box(0, 0, 9, 9))


def test_difference_falls_apart_when_it_is_cut_through():
    found = combine((box(0, 0, 9, 3),), (box(4, -1, 1, 9),), Operation.DIFFERENCE)
    assert {frozenset(polygon[0]) for polygon in found} == {
        frozenset(box(0, 0, 4, 3)),
        frozenset(box(5, 0, 4, 3)),
    }
    assert combine((box(0, 0, 2, 2),), (box(-1, -1, 9, 9),), Operation.DIFFERENCE) == ()


def test_union_keeps_islands_in_holes_apart_when_nested():
    island, pond, land = box(4, 4, 2, 2), box(2, 2, 6, 6), box(0, 0, 10, 10)
    found = combine((land, pond), (island,), Operation.UNION)
    assert sorted(len(polygon) for polygon in found) == [1, 2]


def test_union_with_nothing_untangles_when_a_ring_crosses_itself():
    found = combine((ring([(0, 0), (4, 4), (4, 0), (0, 4)]),), (), Operation.UNION)
    assert sorted(len(polygon[0]) for polygon in found) == [3, 3]


def test_combine_is_quick_when_outlines_have_a_thousand_points():
    angles = np.linspace(0, 2 * np.pi, 1000, endpoint=False)
    wavy = 300 + 20 * np.sin(angles * 40)
    circle = np.stack([500 + wavy * np.cos(angles), 500 + wavy * np.sin(angles)], 1)
    a, b = ring(circle), ring(circle + np.array([150, 40]))
    for operation, check in (
        (Operation.UNION, np.logical_or),
        (Operation.DIFFERENCE, lambda x, y: x & ~y),
    ):
        clip = Rect(0, 0, 1100, 1000)
        found = combine((a,), (b,), operation)
        total = sum(polygon_spans(p, clip).mask(clip).astype(int) for p in found)
        masks = (polygon_spans((one,), clip).mask(clip) > 0 for one in (a, b))
        assert np.count_nonzero(total != check(*masks)) <= 3


def test_combine_says_why_when_there_are_too_many_vertices():
    points = ring([(n % 97, n % 89) for n in range(MOST_EDGES + 2)])
    with pytest.raises(InputError) as caught:
        combine((points,), (), Operation.UNION)
    assert f"{MOST_EDGES:,}" in caught.value.cause
