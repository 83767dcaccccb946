"""Run lengths, packed and by rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from segdesk.core.geometry import Size
from segdesk.formats.rle import (
    decode_coco,
    decode_rows,
    encode_rows,
    runs_of,
    unpack,
)


def pack(runs):
    """Run lengths as the text of COCO's files."""
    letters = []
    for place, run in enumerate(runs):
        value = run - runs[place - 2] if place > 2 else run
        more = True
        while more:
            low, value = value & 31, value >> 5
            more = value != -1 if low & 16 else value != 0
            letters.append(chr(48 + low + 32 * more))
    return "".join(letters)


@settings(max_examples=60, deadline=None)
@given(
    mask=npst.arrays(
        np.uint8,
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
        elements=st.integers(0, 1),
    )
)
def test_runs_give_the_mask_back_when_decoded(mask):
    size = Size(mask.shape[1], mask.shape[0])
    runs = runs_of(np.ascontiguousarray(mask.T).reshape(-1))
    assert np.array_equal(decode_coco(runs, size), mask)
    assert np.array_equal(decode_coco(pack(runs), size), mask)
    assert np.array_equal(decode_rows(encode_rows(mask), size), mask)


@settings(max_examples=60, deadline=None)
@given(runs=st.lists(st.integers(0, 1 << 30), max_size=12))
def test_unpack_gives_numbers_back_when_packed(runs):
    assert unpack(pack(runs)) == runs


def test_decode_goes_by_columns_when_it_is_coco():
    # Two rows, three columns: the second column alone.
    expected = [[0, 1, 0], [0, 1, 0]]
    assert decode_coco([2, 2, 2], Size(3, 2)).tolist() == expected
    assert decode_coco("222", Size(3, 2)).tolist() == expected


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ([2, 35, 3], "2S13"),  # 35 needs a second group of five bits
        ([6, 4, 3, 2], "643N"),  # from the fourth on: the difference, here -2
    ],
)
def test_pack_gives_known_text_when_worked_out_by_hand(runs, text):
    assert pack(runs) == text
    assert unpack(text) == runs


@pytest.mark.parametrize(
    "counts", ["2", "2r", "\u20ac", [1, 2], [-1, 7], {"a": 1}, [2, 2, 3]]
)
def test_decode_refuses_when_runs_do_not_fit(counts):
    with pytest.raises((ValueError, TypeError)):
        decode_coco(counts, Size(3, 2))
