"""Curves reduced to what a plot can show."""

import numpy as np
import pytest

from segdesk.app.training.metric_log import (
    decimated,
    mean_line,
    nice_ticks,
    seconds_per_iteration,
)


def test_decimated_keeps_spikes_and_ends_when_there_are_100_000_points():
    x = np.arange(1, 100_001)
    y = np.sin(x / 1000)
    y[70_000] = 9.0
    y[5] = np.nan
    line = decimated(x, y, 500)
    assert len(line) <= 1000
    assert np.nanmax(line.y) == 9.0
    assert not np.isnan(line.y).any()
    assert (line.x[0], line.x[-1]) == (1, 100_000)
    assert (np.diff(line.x) >= 0).all()


def test_decimated_keeps_every_point_when_there_are_few():
    line = decimated(np.array([1, 5, 9]), np.array([1.0, np.nan, 3.0]), 500)
    assert line.x.tolist() == [1, 5, 9]
    assert np.isnan(line.y[1])


def test_mean_line_is_calm_and_skips_gaps():
    x = np.arange(1, 10_001)
    rng = np.random.default_rng(0)
    y = 0.5 + rng.normal(0, 0.2, 10_000)
    y[::7] = np.nan
    line = mean_line(x, y, 400)
    assert len(line) <= 400
    assert line.x[-1] == 10_000
    assert np.abs(line.y[200:] - 0.5).max() < 0.15
    assert len(mean_line(x[:0], y[:0], 400)) == 0


@pytest.mark.parametrize(
    ("low", "high", "ticks", "digits"),
    [
        (0, 1.5, [0, 0.5, 1.0, 1.5], 1),
        (0.21, 0.74, [0.2, 0.4, 0.6, 0.8], 1),
        (0, 8000, [0, 2000, 4000, 6000, 8000], 0),
        (0, 1, [0, 0.25, 0.5, 0.75, 1.0], 2),
    ],
)
def test_nice_ticks_are_round_and_cover(low, high, ticks, digits):
    found, needed = nice_ticks(low, high)
    assert found.tolist() == pytest.approx(ticks)
    assert needed == digits


def test_seconds_per_iteration_is_that_of_now():
    times = np.array([9.0] * 100 + [0.5] * 50)
    assert seconds_per_iteration(times) == 0.5
    assert seconds_per_iteration(times[:0]) is None
