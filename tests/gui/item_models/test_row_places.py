"""Places of rows and cells."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QFontMetrics

from segdesk.gui import theme
from segdesk.gui.item_models.row_delegate import ink
from segdesk.gui.item_models.row_places import RowPlaces


@settings(deadline=None)
@given(
    st.lists(st.booleans(), min_size=1, max_size=60),
    st.integers(1, 5),
    st.integers(0, 59),
    st.integers(0, 59),
)
def test_rects_are_those_of_each_row_when_a_run_is_asked_for(wide, columns, one, two):
    heights = np.where(wide, 28, 80)
    places = RowPlaces.laid(heights, columns, np.array(wide))
    first, last = sorted((one % len(wide), two % len(wide)))

    run = places.rects(first, last, 272, 13)

    each = [places.rect(row, 272).translated(0, -13) for row in range(first, last + 1)]
    assert run == each


@pytest.mark.parametrize("width", [40, 78, 160])
def test_text_surely_fits_only_when_it_is_no_wider(qapp, width):
    theme.active().apply("dark")
    pen = ink("caption", "text2")
    metrics = QFontMetrics(pen.font)
    for text in ("frame_12345", "AVATAR To. Wave", "illii.il", "WWWWW", "fi", "aé"):
        if pen.surely_fits(text, width):
            assert metrics.horizontalAdvance(text) <= width
    assert pen.surely_fits("1234", width)
