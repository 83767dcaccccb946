"""Which parts of a map are others."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segdesk.core.changes import TILE_PX, changed_parts
from segdesk.core.geometry import Size


@given(st.integers(0, 2**32 - 1), st.integers(1, 400), st.integers(1, 400))
def test_changed_parts_hold_every_difference_when_rectangles_change(seed, wide, high):
    random = np.random.default_rng(seed)
    before = np.zeros((high, wide), np.uint8)
    after = before.copy()
    for _ in range(random.integers(0, 5)):
        y, x = random.integers(0, high), random.integers(0, wide)
        after[y : y + random.integers(1, 90), x : x + random.integers(1, 90)] = 1

    parts = changed_parts(before, after)

    seen = np.zeros_like(before)
    for part in parts:
        assert part.within(Size(wide, high)) == part
        seen[part.slices] += 1
    assert seen.max(initial=0) <= 1, "no pixel twice"
    assert not ((before != after) & (seen == 0)).any()
    assert bool(parts) == bool((before != after).any())


def test_changed_parts_follow_the_edge_when_a_large_disc_moves():
    rows, columns = np.indices((1000, 1600))
    before = ((rows - 500) ** 2 + (columns - 700) ** 2 < 480**2).astype(np.uint8)
    after = ((rows - 500) ** 2 + (columns - 720) ** 2 < 480**2).astype(np.uint8)

    parts = changed_parts(before, after)

    differs = np.argwhere(before != after)
    around = np.prod(np.ptp(differs, axis=0) + 1)
    assert sum(part.area for part in parts) < 0.5 * around
    assert max(part.width for part in parts) <= 8 * TILE_PX
