"""Edges, their width and their halo, against a pixel-by-pixel reading of the rule."""

import numpy as np
import pytest

from segdesk.core.edges import edges, haloed, widened

_NOTHING = 255


def _near(y: int, x: int, shape: tuple[int, int]) -> list[tuple[int, int]]:
    places = [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
    return [(v, u) for v, u in places if 0 <= v < shape[0] and 0 <= u < shape[1]]


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (6, 1), (9, 13)])
def test_edges_are_the_pixels_beside_another_value(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    values = rng.choice(np.array([1, 2, _NOTHING], np.uint8), shape)
    expected = np.zeros(shape, np.bool_)
    for y, x in np.ndindex(*shape):
        here = values[y, x]
        beside = any(values[at] != here for at in _near(y, x, shape))
        expected[y, x] = here != _NOTHING and beside
    assert np.array_equal(edges(values, _NOTHING), expected)


def test_widened_stays_in_its_class_when_it_grows() -> None:
    values = np.full((7, 7), _NOTHING, np.uint8)
    values[:, 3:] = 4
    edge = edges(values, _NOTHING)
    wide = widened(edge, values, _NOTHING, 1)
    assert edge[:, 3].all()
    assert not edge[:, 4:].any()
    assert wide[:, 3:5].all()
    assert not wide[:, :3].any()
    assert not wide[:, 5:].any()


def test_haloed_reaches_into_corners_when_asked_for_two_pixels() -> None:
    edge = np.zeros((7, 7), np.bool_)
    edge[3, 3] = True
    halo = haloed(edge, 2)
    assert halo[1:6, 1:6].all()
    assert halo.sum() == 25
