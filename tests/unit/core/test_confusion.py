import numpy as np

from segdesk.core.confusion import (
    EXTRA,
    HIT,
    MISSED,
    RIGHT_OTHER,
    confusion_counts,
    error_map,
    error_regions,
    region_measures,
)

TRUTH = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 255, 255]], np.uint8)
SAID = np.array([[0, 1, 1, 0], [0, 0, 1, 1], [9, 1, 2, 0]], np.uint8)


def test_confusion_counts_rows_are_truth_when_some_pixels_are_ignored():
    expected = [[3, 1, 0, 0], [1, 3, 0, 0], [0, 1, 0, 1]]

    assert confusion_counts(TRUTH, SAID, 3).tolist() == expected


def test_error_map_tells_hit_extra_missed_when_truth_is_partly_ignored():
    assert error_map(TRUTH, SAID, 1).tolist() == [
        [RIGHT_OTHER, EXTRA, HIT, MISSED],
        [RIGHT_OTHER, RIGHT_OTHER, HIT, HIT],
        [RIGHT_OTHER, EXTRA, RIGHT_OTHER, RIGHT_OTHER],
    ]


def test_error_regions_come_largest_first_when_there_are_several():
    truth = np.zeros((20, 30), np.uint8)
    said = truth.copy()
    said[2:4, 3:5] = 1
    said[10:15, 20:26] = 1

    large, small = error_regions(truth, said, 0, 1)

    assert (large.x, large.y, large.width, large.height, large.area) == (
        20,
        10,
        6,
        5,
        30,
    )
    assert small.area == 4
    assert error_regions(truth, said, 1, 0) == ()


def test_region_measures_give_centre_and_area_when_regions_are_apart():
    labels = np.zeros((10, 12), np.uint8)
    labels[0:2, 0:4] = 1
    labels[6:9, 6:9] = 1
    labels[9, 11] = 2

    first, second, third = region_measures(labels, 3, leave_out=0)

    assert (first.label, first.area, first.centre_x, first.centre_y) == (1, 8, 2.0, 1.0)
    assert (second.x, second.y, second.centre_x) == (6, 6, 7.5)
    assert (third.label, third.area, third.centre_x) == (2, 1, 11.5)
