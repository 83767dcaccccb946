import numpy as np

from segdesk.core.confusion import EXTRA, HIT, MISSED, RIGHT_OTHER
from segdesk.core.error_codes import SWAPPED, error_codes, error_table

TRUTH = np.array([[0, 0, 1, 1, 2, 2, 255]], np.uint8)
SAID = np.array([[0, 1, 1, 0, 2, 1, 1]], np.uint8)


def test_errors_of_a_class_are_hits_extras_and_misses():
    codes = error_codes(TRUTH, SAID, 1, 0)
    wanted = [RIGHT_OTHER, EXTRA, HIT, MISSED, RIGHT_OTHER, EXTRA, RIGHT_OTHER]
    assert codes.tolist() == [wanted]


def test_errors_of_all_classes_tell_the_background_from_other_classes():
    codes = error_codes(TRUTH, SAID, None, 0)
    assert codes.tolist() == [[0, EXTRA, 0, MISSED, 0, SWAPPED, 0]]
    no_background = error_codes(TRUTH, SAID, None, None)
    assert no_background.tolist() == [[0, SWAPPED, 0, SWAPPED, 0, SWAPPED, 0]]


def test_what_is_right_is_not_covered_when_errors_are_drawn():
    table = error_table()
    assert table[RIGHT_OTHER] == 0
    assert table[HIT] >> 24 < table[MISSED] >> 24
