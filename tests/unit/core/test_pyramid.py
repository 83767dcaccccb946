"""Pyramid: halvings of a picture, kept or made of the part that is asked for."""

import numpy as np
import pytest

from segdesk.core.cv import load_cv2
from segdesk.core.geometry import Rect, Size
from segdesk.core.pyramid import Pyramid


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (2100, 2601, 3), dtype=np.uint8)


def test_pyramid_ends_near_a_thousand_pixels_when_made(picture: np.ndarray) -> None:
    pyramid = Pyramid(picture)
    sizes = [pyramid.size(level) for level in range(len(pyramid))]
    assert sizes == [(2601, 2100), (1300, 1050), (650, 525)]
    assert pyramid.part(0).base is picture
    assert len(Pyramid(picture[:1000, :1000])) == 1


def test_pyramid_shows_the_same_when_the_picture_is_large(picture: np.ndarray) -> None:
    kept = Pyramid(picture[:, :2600])
    made = Pyramid(picture[:, :2600], large_pixels=1)
    assert [made.size(level) for level in range(len(made))] == [
        kept.size(level) for level in range(len(kept))
    ]
    for level in range(len(kept)):
        part = Rect(101, 57, 211, 90)
        mine, other = (one.part(level, part).astype(int) for one in (made, kept))
        assert np.abs(mine - other).max() <= 1
        assert made.step(level) == kept.step(level)


def test_pyramid_reaches_the_last_column_when_the_width_is_odd(
    picture: np.ndarray,
) -> None:
    pyramid = Pyramid(picture, large_pixels=1)
    assert pyramid.size(1) == Size(1301, 1050)
    last = pyramid.part(1, Rect(1299, 0, 2, 10))
    wanted = picture[:20, -1].astype(float).reshape(10, 2, 3).mean(axis=1)
    assert np.abs(last[:, 1] - wanted).max() <= 1
    assert pyramid.step(1) == (2.0, 2.0)


def test_pyramid_is_the_same_when_its_fourth_is_made_in_strips():
    down = np.linspace(0, 250, 5002)[:, None, None]
    across = np.linspace(1.0, 0.2, 2101)[None, :, None]
    pixels = (down * across * np.array([1.0, 0.5, 0.9])).astype(np.uint8)
    fourth = Pyramid(pixels, large_pixels=1).part(2)
    whole = load_cv2().resize(pixels, (525, 1250), interpolation=load_cv2().INTER_AREA)
    assert fourth.shape == whole.shape
    assert np.abs(fourth.astype(int) - whole).max() <= 2
