"""Shapes become exactly the pixels whose centres lie in them."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.geometry import Rect, Size
from segdesk.core.rasterize import polygon_spans, shape_mask
from segdesk.core.shapes import Ellipse, Point, Polygon, Polyline, Rectangle
from segdesk.core.spans import box_spans, capsule_spans

SIZE = Size(12, 10)
WHOLE = Rect(0, 0, *SIZE)
on_grid = st.integers(-3 * 256, 15 * 256).map(lambda n: n / 256)
halves = st.integers(-4, 28).map(lambda n: n / 2)  # centres and corners of pixels
points = st.builds(Point, st.one_of(on_grid, halves), st.one_of(on_grid, halves))
rings = st.lists(points, min_size=3, max_size=7).map(tuple)


def odd_rings_reference(all_rings, size):
    """Count crossings left of every pixel's centre with exact fractions."""
    mask = np.zeros((size.height, size.width), np.uint8)
    for y, x in np.ndindex(mask.shape):
        cx, cy = x + Fraction(1, 2), y + Fraction(1, 2)
        for ring in all_rings:
            for a, b in zip(ring, (*ring[1:], ring[0]), strict=True):
                (x0, y0), (x1, y1) = sorted((a, b), key=lambda p: p.y)
                if y0 <= cy < y1:
                    x0, y0, x1, y1 = map(Fraction, (x0, y0, x1, y1))
                    mask[y, x] ^= x0 + (cy - y0) * (x1 - x0) / (y1 - y0) <= cx
    return mask


def in_image(rect, mask, size=SIZE):
    whole = np.zeros((size.height, size.width), np.uint8)
    whole[rect.slices] = mask
    return whole


@settings(max_examples=150, deadline=None)
@given(st.lists(rings, min_size=1, max_size=3).map(tuple))
def test_polygon_spans_agree_with_exact_fractions_when_random(some):
    spans = polygon_spans(some, WHOLE)
    assert np.array_equal(spans.mask(WHOLE), odd_rings_reference(some, SIZE))
    assert spans.area == spans.mask(WHOLE).sum()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(points, min_size=2, max_size=5).map(tuple),
    st.integers(2, 200).map(lambda n: n / 7),
)
def test_neighbours_leave_no_gap_and_no_overlap_when_they_share_a_border(border, far):
    top, bottom = Point(border[0].x, -far), Point(border[-1].x, 10 + far)
    line = (top, *border, bottom)
    left = (*line, Point(-40, 10 + far), Point(-40, -far))
    right = (Point(60, -far), Point(60, 10 + far), *reversed(line))
    sides = [polygon_spans((side,), WHOLE).mask(WHOLE) for side in (left, right)]
    # Odd rings: the two halves of the plane, however the border runs.
    assert np.array_equal(sides[0] ^ sides[1], np.ones_like(sides[0]))


def test_grid_of_quadrilaterals_covers_each_pixel_once_when_corners_are_anywhere():
    rng = np.random.default_rng(3)
    size = Size(97, 83)
    corners = np.stack(
        np.meshgrid(np.linspace(0, 97, 9), np.linspace(0, 83, 8)), axis=-1
    )
    corners[1:-1, 1:-1] += rng.uniform(-4, 4, (6, 7, 2))
    total = np.zeros((83, 97), np.uint8)
    for y, x in np.ndindex(7, 8):
        ring = [corners[y, x], corners[y, x + 1], corners[y + 1, x + 1]]
        ring = tuple(Point(*p) for p in (*ring, corners[y + 1, x]))
        rect, mask = shape_mask(Polygon(class_index=1, rings=(ring,)), size)
        total[rect.slices] += mask
    assert (total == 1).all()


def test_shape_mask_keeps_a_hole_when_rings_are_nested():
    outer = tuple(Point(*p) for p in ((1, 1), (9, 1), (9, 9), (1, 9)))
    inner = tuple(Point(*p) for p in ((3, 3), (6, 3), (6, 6), (3, 6)))
    rect, mask = shape_mask(Polygon(class_index=1, rings=(outer, inner)), SIZE)
    expected = np.ones((8, 8), np.uint8)
    expected[2:5, 2:5] = 0
    assert rect == Rect(1, 1, 8, 8)
    assert np.array_equal(mask, expected)


@pytest.mark.parametrize(
    "ring", [(), ((1, 1),), ((1, 1), (5, 5)), ((50, 50), (60, 50), (60, 60))]
)
def test_shape_mask_is_empty_when_nothing_is_enclosed_or_seen(ring):
    shape = Polygon(class_index=1, rings=(tuple(Point(*p) for p in ring),))
    rect, mask = shape_mask(shape, SIZE)
    assert (rect.area, mask.size) == (0, 0)


@settings(max_examples=60, deadline=None)
@given(points, st.floats(0.2, 9), st.floats(0.2, 9), st.sampled_from([0, 30, 90, -71]))
def test_ellipse_takes_the_centres_inside_it_when_turned(centre, a, b, angle):
    shape = Ellipse(class_index=1, centre=centre, radius_x=a, radius_y=b, angle=angle)
    mask = in_image(*shape_mask(shape, SIZE))
    x, y = np.meshgrid(np.arange(12) + 0.5, np.arange(10) + 0.5)
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    along = ((x - centre.x) * cos + (y - centre.y) * sin) / a
    across = ((y - centre.y) * cos - (x - centre.x) * sin) / b
    away = along**2 + across**2
    clear = np.abs(away - 1) > 1e-9
    assert np.array_equal(mask[clear], (away <= 1)[clear])


def distance_to_segment(a, b, size):
    x, y = np.meshgrid(np.arange(size.width) + 0.5, np.arange(size.height) + 0.5)
    dx, dy = b.x - a.x, b.y - a.y
    length = dx * dx + dy * dy
    t = ((x - a.x) * dx + (y - a.y) * dy) / length if length else np.zeros_like(x)
    t = np.clip(t, 0, 1)
    return np.hypot(x - a.x - t * dx, y - a.y - t * dy)


@settings(max_examples=80, deadline=None)
@given(points, points, st.floats(0.3, 6))
def test_capsule_takes_the_centres_near_its_line_when_random(a, b, radius):
    mask = capsule_spans(a, b, (radius, radius), WHOLE).mask(WHOLE)
    away = distance_to_segment(a, b, SIZE)
    clear = np.abs(away - radius) > 1e-9
    assert np.array_equal(mask[clear], (away <= radius)[clear])


@settings(max_examples=60, deadline=None)
@given(points, points, st.floats(0.3, 5), st.floats(0.3, 5))
def test_capsule_is_the_hull_of_all_circles_when_it_tapers(a, b, first, last):
    mask = capsule_spans(a, b, (first, last), WHOLE).mask(WHOLE).astype(bool)
    x, y = np.meshgrid(np.arange(12) + 0.5, np.arange(10) + 0.5)
    inside = np.full(mask.shape, np.inf)
    for t in np.linspace(0, 1, 400):
        cx, cy = a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)
        radius = first + t * (last - first)
        inside = np.minimum(inside, np.hypot(x - cx, y - cy) - radius)
    # 400 circles come close to the hull, so pixels at its very edge are left out.
    clear = np.abs(inside) > 0.05
    assert np.array_equal(mask[clear], (inside <= 0)[clear])


@settings(max_examples=60, deadline=None)
@given(points, points, st.integers(1, 7))
def test_box_spans_are_the_square_at_every_place_when_drawn(a, b, side):
    mask = box_spans(a, b, side, WHOLE).mask(WHOLE).astype(bool)
    x, y = np.meshgrid(np.arange(12) + 0.5, np.arange(10) + 0.5)
    outside = np.full(mask.shape, np.inf)
    for t in np.linspace(0, 1, 400):
        cx, cy = a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)
        outside = np.minimum(outside, np.maximum(abs(x - cx), abs(y - cy)) - side / 2)
    clear = np.abs(outside) > 0.05
    assert np.array_equal(mask[clear], (outside <= 0)[clear])


def test_polyline_mask_joins_its_capsules_when_it_turns():
    line = (Point(1, 1), Point(9, 1.5), Point(9, 8))
    rect, mask = shape_mask(Polyline(class_index=1, points=line, width=3), SIZE)
    away = np.minimum(
        distance_to_segment(*line[:2], SIZE), distance_to_segment(*line[1:], SIZE)
    )
    assert np.array_equal(in_image(rect, mask), away <= 1.5)
    dot = Polyline(class_index=1, points=line[:1], width=3)
    assert shape_mask(dot, SIZE)[1].sum() == 4


def test_rectangle_mask_is_cut_off_when_it_sticks_out():
    shape = Rectangle.between(Point(8, 9.5), Point(-2.5, 4.5), 1)
    rect, mask = shape_mask(shape, SIZE)
    assert rect == Rect(0, 4, 8, 5)
    assert mask.all()


@settings(max_examples=60, deadline=None)
@given(points, points, st.floats(0.5, 5), st.floats(0.5, 5), st.booleans())
def test_spans_without_others_are_the_rest_when_a_brush_goes_on(a, b, r, s, square):
    if square:
        whole, done = box_spans(a, b, r * 2, WHOLE), box_spans(a, a, r * 2, WHOLE)
    else:
        whole = capsule_spans(a, b, (r, s), WHOLE)
        done = capsule_spans(a, a, (r, r), WHOLE)
    total = np.zeros((10, 12), np.uint8)
    for part in whole.without(done):
        for band in part.bands(4):
            assert band.rows.size == band.rect.height
            total[band.rect.slices] += band.row_mask()
            assert np.array_equal(band.row_mask(), band.mask())
    expected = whole.mask(WHOLE) > done.mask(WHOLE)
    assert np.array_equal(total, expected)
