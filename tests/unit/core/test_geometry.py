"""Where an image lies on the screen."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from segdesk.core.geometry import (
    MAX_SCALE,
    Size,
    ViewTransform,
    clamped,
    clamped_scale,
    cover,
    first_pixels,
    fit,
    next_stop,
    scaled_past_actual,
)

scales = st.floats(0.02, 64)
places = st.floats(-3000, 3000)


@given(scales, places, places, scales, places, places)
def test_zoomed_keeps_the_point_when_the_scale_changes(scale, x, y, wanted, at_x, at_y):
    before = ViewTransform(scale, x, y)

    after = before.zoomed(wanted, at_x, at_y)

    assert after.scale == wanted
    shown = after.to_screen(*before.to_image(at_x, at_y))
    assert shown == pytest.approx((at_x, at_y), abs=0.01)


def test_fit_centres_the_image_when_the_view_is_wider():
    transform = fit(Size(100, 200), Size(1000, 500), Size(980, 480))

    assert transform.scale == pytest.approx(2.4)
    assert transform.to_screen(50, 100) == pytest.approx((500, 250))


@given(scales, places, places, st.integers(1, 70), st.integers(1, 70))
def test_cover_shows_the_pixel_of_each_centre_when_drawn(scale, x, y, width, height):
    image, view = Size(width, height), Size(61, 47)
    transform = ViewTransform(scale, x, y).snapped()

    found = cover(transform, image, view)

    columns = (np.arange(view.width) + 0.5 - transform.x) / transform.scale
    rows = (np.arange(view.height) + 0.5 - transform.y) / transform.scale
    # A centre that lies on a border to the last digit may go either way.
    centres = np.concatenate((columns, rows))
    assume(np.abs(centres - np.rint(centres)).min() > 1e-9)
    inside_x = np.flatnonzero((columns >= 0) & (columns < width))
    inside_y = np.flatnonzero((rows >= 0) & (rows < height))
    if not inside_x.size or not inside_y.size:
        assert found is None
        return
    assert found is not None
    assert (found.x, found.y) == (inside_x[0], inside_y[0])
    np.testing.assert_array_equal(found.columns, np.floor(columns[inside_x]))
    np.testing.assert_array_equal(found.rows, np.floor(rows[inside_y]))
    assert found.anchor_x == found.x - transform.x


def test_first_pixels_match_the_cover_when_the_zoom_is_odd():
    transform = ViewTransform(8.3, -31.0, 0.0)
    found = cover(transform, Size(40, 40), Size(100, 100))
    assert found is not None

    starts = first_pixels(transform.x, transform.scale, 0, 16)

    changes = np.flatnonzero(np.diff(found.columns)) + 1
    assert set(changes) <= set(starts)


def test_clamped_keeps_the_image_over_the_middle_when_pushed_away():
    view, image = Size(800, 600), Size(100, 100)

    away = clamped(ViewTransform(2.0, 5000.0, -5000.0), image, view)

    assert (away.x, away.y) == (400.0, 100.0)


def test_clamped_scale_has_limits_when_asked_for_more():
    assert clamped_scale(1e6, Size(10, 10)) == MAX_SCALE
    assert clamped_scale(0.0, Size(4000, 3000)) == pytest.approx(16 / 4000)
    assert clamped_scale(0.0, Size(4, 4)) == 1.0


def test_next_stop_moves_on_when_on_a_stop_and_between():
    assert next_stop(1.0, closer=True) == 1.25
    assert next_stop(1.0, closer=False) == 0.8
    assert next_stop(1.1, closer=False) == 1.0
    assert next_stop(64.0, closer=True) == 64.0


def test_scaled_past_actual_rests_at_100_when_it_would_jump_over_it():
    assert scaled_past_actual(0.9, 1.25) == 1.0
    assert scaled_past_actual(1.1, 0.8) == 1.0
    assert scaled_past_actual(1.0, 1.25) == 1.25
