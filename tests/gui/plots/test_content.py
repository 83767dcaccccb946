"""What a plot shows, before it is drawn."""

import numpy as np
import pytest

from segdesk.gui.plots.content import Curve, Look, PlotContent


def curve(*values):
    x = np.arange(len(values), dtype=np.float64)
    return Curve("this run", x, np.array(values, np.float64), Look.DOTS, "accent")


def test_y_range_leaves_room_for_dots_when_they_are_at_its_ends():
    low, high = PlotContent((curve(0.426, 0.434),), low=None).y_range()
    assert low < 0.4259
    assert high > 0.4341
    assert PlotContent((curve(0.0, 0.5),), low=None).y_range()[0] == 0
    assert PlotContent((curve(0.0, 1.0),), high=1.0).y_range() == (0, 1)


@pytest.mark.parametrize("low", [None, 0.0])
def test_y_range_is_that_of_a_share_when_nothing_is_known(low):
    assert PlotContent((curve(),), low=low).y_range() == (0, 1)
