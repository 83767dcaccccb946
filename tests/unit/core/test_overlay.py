"""The codes and colours of an overlay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdesk.core.classes import IGNORE_INDEX, SAFE_COLOURS, hex_to_rgb
from segdesk.core.geometry import Size, ViewTransform, cover
from segdesk.core.heat import HEAT_HIGH, HEAT_LOW, grey_table, heat_table
from segdesk.core.overlay import (
    Rules,
    Under,
    colour_table,
    draw,
)
from segdesk.core.sampling import nearest

PALETTE = tuple(hex_to_rgb(colour) for colour in SAFE_COLOURS)


def two_regions() -> np.ndarray:
    labels = np.zeros((40, 60), np.uint8)
    labels[10:30, 20:45] = 1
    return labels


def seen(codes, rules, opacity=0.5, palette=PALETTE) -> np.ndarray:
    """Return (h, w, 4): alpha, red, green, blue of each pixel."""
    table = np.array(colour_table(palette, opacity, rules), np.uint32)[codes]
    parts = [(table >> shift) & 255 for shift in (24, 16, 8, 0)]
    return np.stack(parts, axis=-1)


@given(
    st.floats(0.05, 9),
    st.integers(-90, 90),
    st.integers(-90, 90),
    st.integers(0, 2**32 - 1),
)
def test_nearest_equals_picking_one_by_one_when_zoomed(scale, x, y, seed):
    values = np.random.default_rng(seed).integers(0, 255, (37, 53), dtype=np.uint8)
    found = cover(ViewTransform(scale, x, y), Size(53, 37), Size(80, 60))
    if found is not None:
        np.testing.assert_array_equal(
            nearest(values, found), values[found.rows[:, None], found.columns[None, :]]
        )


def test_fill_has_the_colour_and_opacity_of_its_class_when_inside_a_region():
    rules = Rules(2)

    colours = seen(draw(two_regions(), None, rules), rules, opacity=0.3)

    assert tuple(colours[20, 32]) == (round(255 * 0.3), *PALETTE[1])
    assert tuple(colours[2, 2]) == (round(255 * 0.3), *PALETTE[0])


def test_contour_lies_on_borders_only_when_two_classes_meet():
    rules = Rules(2, hidden=frozenset({0}))

    colours = seen(draw(two_regions(), None, rules), rules, opacity=0.0)

    drawn = colours[..., 0] > 0
    region = two_regions() == 1
    assert drawn.any()
    assert not drawn[13:27, 23:42].any(), "inside the region"
    assert not drawn[:9].any(), "away from it"
    line = colours[..., 0] == 255
    assert (line & ~region).sum() == 0, "the contour is inside its class"
    dash = line[10, 20:45]
    assert 0 < dash.sum() < dash.size, "dashed"


def test_contour_spares_the_rim_of_the_picture_when_a_region_touches_it():
    rules = Rules(2)

    colours = seen(draw(np.ones((30, 30), np.uint8), None, rules), rules)

    assert (colours[..., 0] == colours[0, 0, 0]).all()


@pytest.mark.parametrize("fill", [True, False])
@pytest.mark.parametrize("num_classes", [19, 150])
def test_dashes_stay_on_the_picture_when_it_is_panned(num_classes, fill):
    labels = np.random.default_rng(1).integers(0, 3, (8, 8), dtype=np.uint8)
    labels = labels.repeat(12, axis=0).repeat(12, axis=1)
    rules = Rules(num_classes, fill=fill)

    whole = draw(labels, None, rules)
    moved = draw(labels[5:, 9:], None, rules, (9, 5))

    np.testing.assert_array_equal(moved[3:-3, 3:-3], whole[5:, 9:][3:-3, 3:-3])


def test_solo_dims_the_rest_when_one_class_is_chosen():
    rules = Rules(2, hidden=frozenset({1}), solo=1)

    colours = seen(draw(two_regions(), None, rules), rules)

    assert tuple(colours[20, 32]) == (128, *PALETTE[1])
    assert tuple(colours[2, 2]) == (round(255 * 0.45), 0, 0, 0)


def test_contour_alone_leaves_regions_clear_when_solo_dims_the_rest():
    rules = Rules(2, solo=1, fill=False)

    colours = seen(draw(two_regions(), None, rules), rules)

    assert colours[20, 32, 0] == 0
    assert colours[2, 2, 0] == round(255 * 0.45)
    assert (colours[10, 20:45, 0] > 150).any()


def test_low_confidence_is_hidden_when_a_minimum_is_set():
    confidence = np.full((40, 60), 255, np.uint8)
    confidence[:, :32] = 127
    rules = Rules(2, min_confidence=0.5)

    colours = seen(draw(two_regions(), confidence, rules), rules)

    assert not colours[:, :30, 0].any()
    assert colours[20, 36, 0] == 128


def test_ignored_pixels_are_hatched_when_shown_at_any_size():
    labels = np.full((60, 60), IGNORE_INDEX, np.uint8)
    rules = Rules(2)

    colours = seen(draw(labels, None, rules), rules)

    light = colours[..., 1] > 128
    np.testing.assert_array_equal(light[:, 10:], light[:, :-10])
    np.testing.assert_array_equal(light[10:], light[:-10])
    np.testing.assert_array_equal(light[:-1, 1:], light[1:, :-1])
    assert light[0, :10].sum() == 3

    hidden = Rules(2, hidden=frozenset({IGNORE_INDEX}))
    assert not seen(draw(labels, None, hidden), hidden).any()


@pytest.mark.parametrize("num_classes", [1, 82, 83, 150, 251])
def test_each_class_keeps_its_own_colour_when_there_are_many(num_classes):
    palette = tuple((n, 255 - n, n // 2) for n in range(num_classes))
    labels = np.arange(num_classes, dtype=np.uint8).repeat(11)[None].repeat(11, axis=0)
    rules = Rules(num_classes)

    colours = seen(draw(labels, None, rules), rules, palette=palette)

    middles = colours[5, 5::11]
    assert [tuple(colour) for colour in middles] == [(128, *rgb) for rgb in palette]


def test_drawing_leaves_the_labels_alone_when_it_hides_and_hatches():
    labels = two_regions()
    labels[0, 0] = IGNORE_INDEX
    labels.flags.writeable = False

    for fill in (True, False):
        for contour in (True, False):
            draw(labels, None, Rules(2, fill=fill, contour=contour))


def test_heat_is_bright_when_unsure_and_the_picture_dark():
    table = np.array(heat_table(), np.uint32)
    light = sum(((table >> shift) & 255).astype(int) for shift in (16, 8, 0))

    assert (np.diff(light[round(HEAT_LOW * 255) :]) <= 3).all()
    assert light[0] == light[round(HEAT_LOW * 255)] > 600
    assert light[round(HEAT_HIGH * 255)] <= 4
    assert grey_table()[255] & 255 == round(255 * 0.14)


@pytest.mark.parametrize("num_classes", [2, 125])
def test_solid_contour_has_each_classs_colour_inside_it_when_mine(num_classes):
    rules = Rules(num_classes, dashed=False)

    colours = seen(draw(two_regions(), None, rules), rules, opacity=0.45)

    strong, weak = round(255 * 0.9), round(255 * 0.45)
    assert tuple(colours[10, 32]) == (strong, *PALETTE[1])
    assert tuple(colours[9, 32]) == (strong, *PALETTE[0])
    assert tuple(colours[11, 32]) == (weak, *PALETTE[1])
    assert tuple(colours[8, 32]) == (weak, *PALETTE[0])
    assert rules.reach_px == 1


@pytest.mark.parametrize("num_classes", [2, 150])
def test_proposal_is_hollow_or_absent_when_over_the_users_labels(num_classes):
    proposed = two_regions()
    mine = np.full_like(proposed, IGNORE_INDEX)
    mine[:20, :32] = 1
    rules = Rules(num_classes)

    codes = draw(proposed, None, rules, under=Under(mine, IGNORE_INDEX))
    colours = seen(codes, rules, opacity=0.3)

    assert colours[15, 25, 0] == 0, "the user says the same"
    assert colours[3, 5, 0] == 0, "the user says something else: no fill"
    assert tuple(colours[25, 35]) == (round(255 * 0.3), *PALETTE[1]), "proposed"
    assert colours[9:12, 5:32, 0].any(axis=0).sum() > 8, "its contour is there"


@pytest.mark.parametrize("fill", [True, False])
@pytest.mark.parametrize("num_classes", [2, 150])
def test_solo_spares_the_class_in_both_maps_when_over_the_users_labels(
    num_classes, fill
):
    proposed = two_regions()
    mine = np.full_like(proposed, IGNORE_INDEX)
    mine[:20, :32] = 0
    mine[34:, :] = 1
    rules = Rules(num_classes, solo=1, fill=fill, over=True)

    codes = draw(proposed, None, rules, under=Under(mine, IGNORE_INDEX))
    colours = seen(codes, rules, opacity=0.3)

    dim = (round(255 * 0.45), 0, 0, 0)
    proposal = (round(255 * 0.3), *PALETTE[1]) if fill else (0, 0, 0, 0)
    assert tuple(colours[25, 35]) == proposal, "proposed"
    assert colours[37, 30, 0] == 0, "the user's"
    assert colours[15, 26, 0] == 0, "proposed where the user says another"
    assert tuple(colours[3, 5]) == dim, "another class"
    assert tuple(colours[3, 50]) == dim, "nothing"
