"""A pixel takes what most frames say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdesk.core.label_votes import majority


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.data())
def test_majority_wins_when_counted_one_by_one(seed, count, data):
    rng = np.random.default_rng(seed)
    maps = [rng.integers(0, 4, (5, 7), dtype=np.uint8) for _ in range(count)]
    centre = data.draw(st.integers(0, count - 1))
    found = majority(maps, centre)

    for place in np.ndindex(5, 7):
        votes = [int(labels[place]) for labels in maps]
        most = max(votes.count(vote) for vote in votes)
        assert votes.count(int(found[place])) == most
        if votes.count(votes[centre]) == most:
            assert found[place] == votes[centre]


@pytest.mark.parametrize("shape", [(1, 1), (300, 421)])
def test_majority_drops_a_flicker_when_one_frame_differs(shape):
    calm, flicker = np.full(shape, 2, np.uint8), np.full(shape, 255, np.uint8)

    assert np.array_equal(majority([calm, flicker, calm]), calm)
    assert majority([flicker]) is flicker
