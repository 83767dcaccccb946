"""The pattern of a dashed contour."""

import numpy as np
import pytest

from segdesk.core.dashes import DASH_PX, dashes

DIRECTIONS = {"across": (1, 0), "down": (0, 1), "fall": (1, 1), "rise": (1, -1)}


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_every_straight_line_is_partly_light_when_dashed(direction, ratio):
    length = round(8 * DASH_PX * ratio)
    light = dashes((3 * length, 3 * length), (0, 0), ratio)
    right, down = DIRECTIONS[direction]
    steps = np.arange(length)

    for start in range(length, 2 * length):
        for x, y in ((start, length), (length, start), (start, 2 * length - 1)):
            share = light[y + down * steps, x + right * steps].mean()
            assert 0.25 <= share <= 0.75, (x, y)


def test_lines_of_any_slope_are_partly_light_when_dashed():
    light = dashes((500, 500), (0, 0))
    steps = np.arange(16 * DASH_PX)

    for degrees in range(180):
        angle = np.deg2rad(degrees)
        ahead = np.array((np.cos(angle), np.sin(angle)))
        ahead /= np.abs(ahead).max()
        for start in range(200, 260, 7):
            x, y = (np.rint(start + part * steps).astype(int) for part in ahead)
            assert 0.2 <= light[y, x].mean() <= 0.8, degrees


def test_dashes_stay_on_the_picture_when_it_is_moved():
    whole = dashes((60, 80), (-20, -31))

    np.testing.assert_array_equal(dashes((29, 60), (0, 0)), whole[31:, 20:])
