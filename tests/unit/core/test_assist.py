"""Help that needs no weights: cutting out, snapping to edges, superpixels, refining."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.cutout import LARGEST_BOX_PX, Hint, cut_out
from segdesk.core.cv import load_cv2
from segdesk.core.errors import InputError
from segdesk.core.geometry import Rect, Size
from segdesk.core.refine import Refiner
from segdesk.core.rules import EVERYWHERE, NOT_LOCKED
from segdesk.core.scissors import WINDOW_PX, ways_from
from segdesk.core.shapes import Point, ring
from segdesk.core.superpixels import block_round, superpixels


def scene(height=300, width=400, seed=0):
    """Return green noise with a red disc and a blue one, and the discs' masks."""
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 40, (height, width, 3)).astype(np.uint8)
    image[..., 1] += 120
    y, x = np.mgrid[:height, :width] + 0.5
    red = np.hypot(x - width * 0.3, y - height * 0.5) < height * 0.2
    blue = np.hypot(x - width * 0.75, y - height * 0.5) < height * 0.15
    image[red] = rng.integers((180, 20, 20), (220, 60, 60), (red.sum(), 3))
    image[blue] = rng.integers((20, 20, 180), (60, 60, 220), (blue.sum(), 3))
    return image, red, blue


def whole(patch, shape):
    mask = np.zeros(shape, bool)
    if patch.rect.area:
        mask[patch.rect.slices] = patch.mask > 0
    return mask


def overlap(a, b):
    return np.count_nonzero(a & b) / np.count_nonzero(a | b)


@pytest.mark.parametrize("size", [(120, 160), (600, 800)])
def test_cut_out_finds_the_thing_when_its_box_is_drawn(size):
    image, red, _ = scene(*size)
    image.flags.writeable = False
    height, width = size
    box = Rect.between(width * 0.1, height * 0.2, width * 0.5, height * 0.8)
    found = whole(cut_out(image, box), size)
    assert overlap(found, red) > 0.95
    outside = np.ones(size, bool)
    outside[box.slices] = False
    assert not found[outside].any()
    assert np.array_equal(found, whole(cut_out(image, box), size))


def test_cut_out_obeys_strokes_when_it_was_wrong():
    image, red, blue = scene()
    box = Rect(40, 40, 345, 220)
    both = whole(cut_out(image, box), red.shape)
    assert overlap(both, red | blue) > 0.9
    no = Hint(ring([(270, 150), (330, 150)]), 20, False)
    yes = Hint(ring([(110, 140), (130, 160)]), 10, True)
    found = whole(cut_out(image, box, (yes, no)), red.shape)
    assert overlap(found, red) > 0.9
    assert not found[142:158, 275:325].any()


def test_cut_out_keeps_to_thin_strokes_when_the_box_is_large():
    image, red, _ = scene(750, 1000)
    line = Hint(ring([(310, 350), (350, 380)]), 3, True)
    found = whole(cut_out(image, Rect(100, 150, 400, 450), (line,)), red.shape)
    assert found[365, 330]


@pytest.mark.parametrize(
    ("box", "word"),
    [
        (Rect(10, 10, 5, 100), "5 × 100"),
        (Rect(-500, 0, 503, 100), "3 × 100"),
        (Rect(0, 0, 6000, 6000), "36 MP"),
    ],
)
def test_cut_out_says_why_when_the_box_cannot_be_cut(box, word):
    image = np.broadcast_to(np.zeros(3, np.uint8), (6000, 6000, 3))
    with pytest.raises(InputError) as caught:
        cut_out(image, box)
    assert word in caught.value.cause
    assert box.area < LARGEST_BOX_PX or "20 MP" in caught.value.cause


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_ways_follow_an_edge_when_anchor_and_place_lie_on_it(scale):
    side = int(300 * scale)
    centre, radius = side / 2, 0.35 * side
    y, x = np.mgrid[:side, :side] + 0.5
    image = np.where(np.hypot(x - centre, y - centre) < radius, 220, 30)
    image = np.repeat(image[..., None], 3, -1).astype(np.uint8)
    anchor = Point(centre - radius, centre)
    ways = ways_from(image, anchor, scale)
    place = Point(centre, centre - radius)
    way = np.array(ways.to(place))
    assert tuple(way[-1]) == place
    away = np.abs(np.hypot(*(way - centre).T) - radius)
    assert away.max() < 3 * scale
    assert len(way) > 4


def test_ways_go_straight_on_when_the_place_is_out_of_the_window():
    image, _, _ = scene(900, 1200)
    ways = ways_from(image, Point(-40, 450), 1.0)
    assert ways.window == Rect(0, 210, WINDOW_PX, WINDOW_PX)
    way = ways.to(Point(1100, 450))
    assert way[-1] == (1100, 450)
    assert 470 < way[-2].x < 480
    assert ways.to(ways.anchor)[-1] == ways.anchor


@pytest.mark.parametrize(("side", "size"), [(12, (150, 170)), (60, (700, 640))])
def test_superpixels_tile_the_block_in_whole_pieces_when_found(side, size):
    image, red, blue = scene(*size)
    block = block_round(Point(5, 5), Size(size[1], size[0]), side)
    found = superpixels(image, block, side, 10.0)
    assert found.numbers.shape == (block.height, block.width)
    cv2 = load_cv2()
    numbers = np.unique(found.numbers)
    expected = (block.width / side) * (block.height / side)
    assert 0.5 * expected < numbers.size < 1.5 * expected
    for number in numbers[::7]:
        mask = (found.numbers == number).astype(np.uint8)
        assert cv2.connectedComponents(mask, connectivity=4)[0] == 2
    # Each keeps to one side of a strong edge.
    for disc in (red[block.slices], blue[block.slices]):
        if not disc.any():
            continue
        shares = np.bincount(found.numbers.ravel(), disc.ravel()) / np.maximum(
            np.bincount(found.numbers.ravel()), 1
        )
        mixed = (shares > 0.1) & (shares < 0.9)
        assert mixed.sum() < 0.1 * numbers.size


def test_superpixel_at_is_the_patch_under_the_place_when_asked():
    image, _, _ = scene()
    size = Size(400, 300)
    block = block_round(Point(250, 250), size, 12)
    assert block == Rect(240, 240, 160, 60)
    found = superpixels(image, block, 12, 10.0)
    patch = found.at(Point(250.5, 250.5))
    assert patch.mask[250 - patch.rect.y, 250 - patch.rect.x]
    assert 30 < patch.pixels < 500
    assert found.at(Point(10, 10)).rect.area == 0


def labels_with_blobs(seed=0):
    cv2 = load_cv2()
    coarse = np.random.default_rng(seed).random((12, 15), dtype=np.float32)
    field = cv2.resize(coarse, (150, 120), interpolation=cv2.INTER_CUBIC)
    return (field * 3.99).clip(0, 3).astype(np.uint8)


def done(labels, edit):
    after = labels.copy()
    if edit is not None:
        edit.apply(after)
    return after


def distance_to(mask):
    return load_cv2().distanceTransform((~mask).astype(np.uint8), 2, 0)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 50), st.integers(1, 9), st.sets(st.integers(0, 3), max_size=2))
def test_grow_and_shrink_move_the_border_by_the_radius_when_random(
    seed, radius, locked
):
    labels = labels_with_blobs(seed)
    refiner = Refiner(labels, 0, NOT_LOCKED, locked)
    inside = labels == 1
    grown = done(labels, refiner.grow(1, radius))
    shrunk = done(labels, refiner.shrink(1, radius))
    for index in locked:
        assert np.array_equal(labels == index, grown == index)
        assert np.array_equal(labels == index, shrunk == index)
    if 1 in locked:
        return
    reach = (distance_to(inside) <= radius) & ~np.isin(labels, list(locked))
    assert np.array_equal(grown == 1, inside | reach)
    assert np.array_equal(shrunk == 1, inside & (distance_to(~inside) > radius))
    lost = inside & (shrunk != 1)
    assert np.array_equal(labels[~lost], shrunk[~lost])


def test_shrink_gives_pixels_to_the_nearest_class_when_two_are_beside_it():
    labels = np.zeros((40, 60), np.uint8)
    labels[:, 20:40], labels[:, 40:] = 1, 2
    after = done(labels, Refiner(labels, 0, NOT_LOCKED).shrink(1, 5))
    assert (after[:, :25] == 0).all()
    assert (after[:, 25:35] == 1).all()
    assert (after[:, 35:] == 2).all()
    # Class 2 is locked and takes nothing: what lies beside it goes to class 0.
    after = done(labels, Refiner(labels, 0, NOT_LOCKED, {2}).shrink(1, 5))
    assert (after[:, 35:40] == 1).sum() == 0 == (after[:, 35:40] == 2).sum()
    after = done(labels, Refiner(labels, 0, EVERYWHERE, {2}).shrink(1, 5))
    assert (after[:, 35:40] == 2).all()


def test_smooth_rounds_the_border_off_when_it_is_ragged():
    labels = np.zeros((80, 80), np.uint8)
    labels[40:] = 1
    labels[40, ::3] = 0
    labels[20, 20] = labels[39, 10] = 1
    labels[60, 60] = 3
    after = done(labels, Refiner(labels, 0, NOT_LOCKED).smooth(1, 4))
    expected = np.zeros((80, 80), np.uint8)
    expected[40:] = 1
    assert np.array_equal(after[:40], expected[:40])
    assert np.array_equal(after[41:], expected[41:])


def specks():
    labels = np.full((60, 60), 2, np.uint8)
    labels[:, 30:] = 0
    labels[5:9, 5:9] = 1
    labels[5:8, 40:43] = labels[8, 43] = 1  # joined by a corner: 10 px
    labels[20:40, 20:45] = 1
    labels[50, 50] = 1
    return labels


def test_remove_specks_gives_small_pieces_to_their_surroundings_when_asked():
    labels = specks()
    after = done(labels, Refiner(labels, 0, NOT_LOCKED).remove_specks(1, 11))
    expected = specks()
    expected[5:9, 40:44] = expected[50, 50] = 0
    assert np.array_equal(after, expected)


def test_keep_largest_leaves_one_piece_when_there_are_many():
    labels = specks()
    after = done(labels, Refiner(labels, 0, NOT_LOCKED).keep_largest(1))
    expected = np.full((60, 60), 2, np.uint8)
    expected[:, 30:] = 0
    expected[20:40, 20:45] = 1
    assert np.array_equal(after, expected)
    assert Refiner(after, 0, NOT_LOCKED).keep_largest(1) is None


def test_refiner_plans_nothing_when_the_class_is_absent_or_everywhere():
    for labels in (specks(), np.full((20, 20), 7, np.uint8)):
        refiner = Refiner(labels, 0, NOT_LOCKED)
        for plan in (
            refiner.grow(7, 3),
            refiner.shrink(7, 3),
            refiner.smooth(7, 3),
            refiner.remove_specks(7, 3),
            refiner.keep_largest(7),
        ):
            assert plan is None
    alone = np.full((20, 20), 7, np.uint8)
    alone[0, 0] = 3
    edit = Refiner(alone, 9, NOT_LOCKED, {3}).remove_specks(7, 900)
    assert (done(alone, edit)[1:] == 9).all()
