"""An annotation follows the picture, and is silent where nobody knows."""

import numpy as np
import pytest

from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.cv import load_cv2
from segdesk.core.flow import carry


@pytest.fixture(scope="module")
def ground():
    """Return (300, 400, 3), a picture that looks different everywhere."""
    cv2 = load_cv2()
    noise = np.random.default_rng(3).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    return cv2.normalize(
        cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX
    )


def moved(array, right, down):
    return np.roll(array, (down, right), axis=(0, 1))


def disc(x, y):
    labels = np.zeros((300, 400), np.uint8)
    load_cv2().circle(labels, (x, y), 50, 3, -1)
    return labels


def test_carry_follows_when_picture_moves(ground):
    carried = carry(disc(200, 150), ground, moved(ground, 9, -6))

    wanted, known = disc(209, 144), carried.labels != IGNORE_INDEX
    both = (carried.labels == 3) & (wanted == 3)
    either = ((carried.labels == 3) | (wanted == 3)) & known
    assert carried.known == known.mean() > 0.9
    assert both.sum() / either.sum() > 0.97
    assert (carried.confidence[~known] == 0).all()
    assert (carried.labels[:, :3] == IGNORE_INDEX).mean() > 0.5  # came into view


def test_carry_leaves_open_when_something_new_covers_it(ground):
    cv2 = load_cv2()
    after = ground.copy()
    cv2.rectangle(after, (180, 120), (240, 180), (255, 255, 0), -1)
    carried = carry(disc(200, 150), ground, after)

    assert (carried.labels[130:170, 190:230] == IGNORE_INDEX).mean() > 0.7
    assert (carried.labels[:, :80] == 0).mean() > 0.95


def test_carry_keeps_still_regions_when_flow_finds_no_hold():
    flat = np.full((300, 400, 3), 128, np.uint8)
    carried = carry(disc(200, 150), flat, flat, unknown=0)

    assert np.array_equal(carried.labels, disc(200, 150))


def test_carry_knows_nothing_when_film_is_cut(ground):
    other = np.ascontiguousarray(ground[::-1, ::-1])
    carried = carry(disc(200, 150), ground, other)

    assert carried.known == 0
    assert (carried.labels == IGNORE_INDEX).all()


def test_carry_scales_movement_when_picture_is_large(ground):
    cv2 = load_cv2()
    large = cv2.resize(ground, (1600, 1200))
    labels = cv2.resize(disc(200, 150), (1600, 1200), interpolation=0)
    carried = carry(labels, large, moved(large, 20, 12))

    known = carried.labels != IGNORE_INDEX
    wanted = moved(labels, 20, 12)
    assert known.mean() > 0.9
    assert (carried.labels == wanted)[known].mean() > 0.995


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (16, 16), (3, 769), (500, 20)])
@pytest.mark.parametrize("last", [1, 3])
def test_carry_keeps_still_picture_when_it_is_small_or_thin(size, last):
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 255, (*size, 3), dtype=np.uint8)
    labels = rng.integers(0, last, size, dtype=np.uint8)
    carried = carry(labels, picture, picture)

    known = carried.labels != IGNORE_INDEX
    assert np.array_equal(carried.labels[known], labels[known])
    assert carried.known == 1 or last > 1
