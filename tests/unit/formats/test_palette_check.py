"""Is the index of a palette mask the class, or only its colour?"""

import numpy as np
import pytest

from segdesk.formats.palette_check import MaskFacts, MaskMeaning, judge
from segdesk.formats.raster_file import read_raster

RED, GREEN, BLUE, GREY = (200, 0, 0), (0, 200, 0), (0, 0, 200), (90, 90, 90)


@pytest.fixture
def facts(tmp_path, save_mask):
    def made(*masks):
        found = []
        for place, (values, palette) in enumerate(masks):
            path = save_mask(tmp_path / f"{place}.png", np.uint8(values), palette)
            found.append(MaskFacts.of(read_raster(path)))
        return found

    return made


@pytest.mark.parametrize(
    ("masks", "meaning"),
    [
        ([([[0, 1]], None), ([[1, 2]], None)], MaskMeaning.INDEX),
        ([([[0, 1]], [RED, GREEN]), ([[0, 1]], [RED, GREEN])], MaskMeaning.INDEX),
        # The same colours under other numbers: saved as coloured pictures.
        (
            [([[0, 1, 2]], [RED, GREEN, BLUE]), ([[0, 1, 2]], [BLUE, RED, GREEN])],
            MaskMeaning.COLOUR,
        ),
        # Every file in colours of its own: the numbers alone are common.
        (
            [([[0, 1]], [(0, 0, 0), RED]), ([[0, 1]], [(0, 0, 0), GREEN])],
            MaskMeaning.INDEX,
        ),
        # One file without a palette leaves only the colours.
        ([([[0, 1]], [RED, GREEN]), ([[RED, GREEN]], None)], MaskMeaning.COLOUR),
        # Numbers stored in three equal bands.
        ([([[(0, 0, 0), (2, 2, 2)]], None)], MaskMeaning.INDEX),
        ([([[(0, 0, 0), (255, 255, 255)]], None)], MaskMeaning.COLOUR),
        ([([[0, 1]], None), ([[RED, GREEN]], None)], MaskMeaning.UNCLEAR),
        # Many colours, some of which move: nobody can know.
        (
            [
                ([[0, 1, 2]], [RED, GREEN, BLUE]),
                ([[0, 1, 2]], [GREEN, GREY, (1, 9, 9)]),
                ([[0, 1, 2]], [(7, 7, 200), (9, 80, 3), (50, 4, 70)]),
            ],
            MaskMeaning.UNCLEAR,
        ),
    ],
)
def test_judge_compares_palettes_when_files_differ(facts, masks, meaning):
    assert judge(facts(*masks)).meaning is meaning
